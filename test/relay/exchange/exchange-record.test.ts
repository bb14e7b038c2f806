import { describe, expect, it } from "vitest";
import type { Exchange } from "../../../src/exchange.ts";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { ExchangeRecord, unmatchedRoute } from "../../../src/relay/exchange/exchange-record.ts";
import { IdentitySource } from "../../../src/relay/client/identity.ts";
import { TapBudget } from "../../../src/relay/tap.ts";

const fields: readonly (keyof Exchange)[] = [
  "route",
  "model",
  "variant",
  "method",
  "target",
  "requestId",
  "traceId",
  "outcome",
  "errorCode",
  "status",
  "isStreaming",
  "startedAtMs",
  "durationMs",
  "firstByteMs",
  "upstreamMs",
  "queueMs",
  "requestBodyBytes",
  "responseBodyBytes",
  "retries",
  "requestBody",
  "responseBody",
];

/** All that an observer can see. */
const seen = (record: ExchangeRecord): object => Object.fromEntries(fields.map((field) => [field, record[field]]));

const source = new IdentitySource({
  fill: (target) => target.fill(7),
});

function used(): ExchangeRecord {
  const record = new ExchangeRecord();
  record.begin(100, 1_700_000_000_000);
  record.route = { kind: "inference", model: "iris", version: "2" };
  record.variant = "stable";
  record.method = "POST";
  record.target = "/x";
  record.outcome = "timeout";
  record.errorCode = "total_timeout";
  record.status = 504;
  record.isStreaming = true;
  record.queuedAtMs = 101;
  record.queueMs = 9;
  record.handedOverMs = 110;
  record.firstByteAtMs = 150;
  record.requestBodyBytes = 10;
  record.responseBodyBytes = 20;
  record.retries = 1;
  record.hasModelInBody = true;
  source.next();
  record.identity.set(source.id, 0, 32);
  record.beginTrace(source, true);
  record.end(200);
  return record;
}

describe("the record of an exchange", () => {
  it("works out its durations from the times of its phases", () => {
    expect(seen(used())).toMatchObject({ durationMs: 100, firstByteMs: 50, upstreamMs: 90, queueMs: 9 });
  });

  it("has no first byte and no upstream time when those were not reached", () => {
    const record = new ExchangeRecord();
    record.begin(100, 0);
    record.end(130);
    expect(seen(record)).toMatchObject({ durationMs: 30, firstByteMs: 0, upstreamMs: 0 });
    expect(seen(used())).toMatchObject({ startedAtMs: 1_700_000_000_000 });
  });

  it("leaves nothing of an exchange to the next on the same connection", () => {
    const fresh = new ExchangeRecord();
    fresh.begin(500, 1_700_000_000_400);
    fresh.end(510);
    const record = used();
    record.identity.clear();
    record.begin(500, 1_700_000_000_400);
    record.end(510);
    expect(seen(record)).toEqual(seen(fresh));
    expect(record.route).toBe(unmatchedRoute);
  });

  it("names the request and its trace by one identity when both were begun here", () => {
    const record = used();
    expect(record.requestId).toBe(source.id.toString());
    expect(record.traceId).toBe(record.requestId);
  });

  it("keeps the identities that came with the request, whatever happens to the bytes they came in", () => {
    const record = used();
    const bytes = Buffer.from(`my-id ${"b".repeat(32)}`);
    record.identity.set(bytes, 0, 5);
    record.setTraceId(bytes, 6);
    bytes.fill("?");
    expect([record.requestId, record.traceId]).toEqual(["my-id", "b".repeat(32)]);
    // A new trace for a request that had its own identity.
    source.next();
    const begun = source.id.toString();
    record.beginTrace(source, false);
    source.next();
    expect([record.requestId, record.traceId]).toEqual(["my-id", begun]);
  });

  it("has no trace when the request was never understood", () => {
    const record = used();
    record.identity.clear();
    expect([record.requestId, record.traceId]).toEqual(["", ""]);
  });
});

describe("bodies in the record", () => {
  const tapped = (request: string, response: string): ExchangeRecord => {
    const record = used();
    record.tapBodies(new TapBudget({ bodyBytes: 64, totalBytes: 1000 }, new RelayCounters()));
    record.requestTap!.add(Buffer.from(request), 0, request.length);
    record.responseTap!.add(Buffer.from(response), 0, response.length);
    return record;
  };

  it("are what the taps kept, with their types", () => {
    const record = tapped("{}", "x".repeat(65));
    record.requestType.contentType = "application/json";
    record.responseType.contentEncoding = "gzip";
    expect(record.requestBody).toMatchObject({ complete: true, contentType: "application/json", contentEncoding: "" });
    expect(record.responseBody).toMatchObject({ complete: false, contentType: "", contentEncoding: "gzip" });
    expect(Buffer.from(record.requestBody!.bytes).toString()).toBe("{}");
  });

  it("are gone, and given back, once the taps are released", () => {
    const counters = new RelayCounters();
    const record = new ExchangeRecord();
    record.tapBodies(new TapBudget({ bodyBytes: 64, totalBytes: 1000 }, counters));
    record.requestTap!.add(Buffer.from("abc"), 0, 3);
    expect(counters.tapBytesHeld).toBeGreaterThan(0);
    record.releaseTaps();
    expect([counters.tapBytesHeld, record.requestBody, record.responseBody]).toEqual([0, undefined, undefined]);
    record.releaseTaps();
    expect(counters.tapBytesHeld).toBe(0);
  });

  it.each([
    ["of the request first", '{"model":"a"}', '{"model":"b"}', "a"],
    ["of the response otherwise", "{}", '{"model":"b"}', "b"],
    ["of the route when neither has one", "{}", "{}", "iris"],
  ])("name the model: that %s", (_, request, response, model) => {
    expect(tapped(request, response).model).toBe(model);
  });

  it("do not name the model unless the protocol puts it there", () => {
    const record = tapped('{"model":"a"}', "");
    record.hasModelInBody = false;
    expect(record.model).toBe("iris");
  });
});
