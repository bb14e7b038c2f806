import { describe, expect, it } from "vitest";
import type { Exchange } from "../../../src/exchange.ts";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { ExchangeRecord, TapBudget } from "../../../src/relay/exchange/exchange-record.ts";
import { IdentitySource, RequestIdentity } from "../../../src/relay/client/identity.ts";

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
  const record = new ExchangeRecord(new RequestIdentity());
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
  record.upstreamStartedMs = 110;
  record.firstByteAtMs = 150;
  record.requestBodyBytes = 10;
  record.responseBodyBytes = 20;
  record.retries = 1;
  record.hasModelInBody = true;
  source.next();
  record.identity.set(source.id, 0, 32);
  record.identity.beginTrace(source, true);
  record.end(200);
  return record;
}

describe("the record of an exchange", () => {
  it("works out its durations from the times of its phases", () => {
    expect(seen(used())).toMatchObject({ durationMs: 100, firstByteMs: 50, upstreamMs: 90, queueMs: 9 });
  });

  it("has no first byte and no upstream time when those were not reached", () => {
    const record = new ExchangeRecord(new RequestIdentity());
    record.begin(100, 0);
    record.end(130);
    expect(seen(record)).toMatchObject({ durationMs: 30, firstByteMs: 0, upstreamMs: 0 });
    expect(seen(used())).toMatchObject({ startedAtMs: 1_700_000_000_000 });
  });

  it("keeps nothing of the exchange before", () => {
    const record = used();
    record.tapBodies(new TapBudget({ bodyBytes: 64, totalBytes: 1000 }, new RelayCounters()));
    record.begin(0, 0);
    expect(record).toEqual(new ExchangeRecord(record.identity));
  });

  it("names the request and its trace by one identity when both were begun here", () => {
    const record = used();
    expect(record.requestId).toBe(source.id.toString());
    expect(record.traceId).toBe(record.requestId);
  });

  it("has no trace when the request could not be read", () => {
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
    record.requestTap!.contentType = "application/json";
    record.responseTap!.contentEncoding = "gzip";
    expect(record.requestBody).toMatchObject({ complete: true, contentType: "application/json", contentEncoding: "" });
    expect(record.responseBody).toMatchObject({ complete: false, contentType: "", contentEncoding: "gzip" });
    expect(Buffer.from(record.requestBody!.bytes).toString()).toBe("{}");
  });

  it("are gone, and given back, once the taps are released", () => {
    const counters = new RelayCounters();
    const record = new ExchangeRecord(new RequestIdentity());
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
