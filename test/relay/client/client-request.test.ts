import { describe, expect, it } from "vitest";
import { Progress } from "../../../src/http1/header-section.ts";
import type { Protocol } from "../../../src/protocols/list.ts";
import { routingOf } from "../../support/routing-of.ts";
import type { ParsedRequest } from "../../../src/http1/request-facts.ts";
import { ClientRequest } from "../../../src/relay/client/client-request.ts";
import { RequestIdentity } from "../../../src/relay/client/identity.ts";
import type { RelayContext } from "../../../src/relay/context.ts";
import { ExchangeRecord } from "../../../src/relay/exchange/exchange-record.ts";
import type { Address } from "../../../src/text/address.ts";
import type { RelayOverrides } from "../../support/start-relay.ts";
import { contextForTest } from "../support/context-for-test.ts";

interface Bench {
  readonly context: RelayContext;
  readonly request: ClientRequest;
  readonly record: ExchangeRecord;
  /** Reads a head; the error code, if any. */
  readonly read: (text: string) => string;
  /** The head that goes to the upstream, after {@link read}. */
  readonly written: () => string;
  readonly described: () => string;
}

interface Setting {
  readonly protocol?: Protocol;
  readonly overrides?: RelayOverrides;
  readonly upstream?: Address;
  readonly address?: string;
}

function bench({ protocol = "generic", overrides = {}, upstream, address = "192.0.2.9" }: Setting = {}): Bench {
  const { context } = contextForTest(overrides, upstream);
  context.routing = routingOf(protocol);
  const request = new ClientRequest(context, address);
  const identity = new RequestIdentity();
  const head = context.takeRequestHead();
  const base = 4;
  let bytes = Buffer.alloc(0);
  const record = new ExchangeRecord(identity);
  const parsed = (): ParsedRequest => ({ head, facts: request.facts, bytes, base });
  return {
    context,
    request,
    record,
    read: (text) => {
      bytes = Buffer.from(`xxxx${text}\r\n`, "latin1");
      head.reset();
      if (head.read(bytes, base, bytes.length) !== Progress.done) throw new Error(`${head.fault}: ${text}`);
      record.begin(0, 0);
      request.inspect(parsed());
      return request.identify(parsed(), record) || request.route(parsed(), record);
    },
    written: () => request.writeHead(parsed()).view.toString("latin1"),
    described: () => request.describe(parsed()).toString("latin1"),
  };
}

const line = (text: string): string => `${text}\r\nHost: a\r\n`;
const plain = {
  isHead: false,
  isIdempotent: false,
  minor: 1,
  wantsClose: false,
  expectsContinue: false,
  wantsUpgrade: false,
  isLastHop: false,
};

describe("what a request asks of the relay", () => {
  it.each([
    ["POST", line("POST / HTTP/1.1"), {}],
    ["GET", line("GET / HTTP/1.1"), { isIdempotent: true }],
    ["HEAD", line("HEAD / HTTP/1.1"), { isHead: true, isIdempotent: true }],
    ["PUT", line("PUT / HTTP/1.1"), { isIdempotent: true }],
    ["PATCH", line("PATCH / HTTP/1.1"), {}],
    ["a method that only looks like HEAD", line("HEAT / HTTP/1.1"), {}],
    ["head in lower case, which is another method", line("head / HTTP/1.1"), {}],
    ["HTTP/1.0", line("POST / HTTP/1.0"), { minor: 0, wantsClose: true }],
    ["an end of the connection", `${line("POST / HTTP/1.1")}Connection: close\r\n`, { wantsClose: true }],
    ["a word before the body", `${line("POST / HTTP/1.1")}Expect: 100-continue\r\n`, { expectsContinue: true }],
    [
      "a word before the body in HTTP/1.0",
      `${line("POST / HTTP/1.0")}Expect: 100-continue\r\n`,
      { minor: 0, wantsClose: true },
    ],
    ["an upgrade", `${line("POST / HTTP/1.1")}Connection: upgrade\r\nUpgrade: websocket\r\n`, { wantsUpgrade: true }],
    ["an upgrade that is not passed on", `${line("POST / HTTP/1.1")}Connection: upgrade\r\nUpgrade: h2c\r\n`, {}],
    ["TRACE for this hop", `${line("TRACE / HTTP/1.1")}Max-Forwards: 0\r\n`, { isIdempotent: true, isLastHop: true }],
    ["TRACE for the next hop", `${line("TRACE / HTTP/1.1")}Max-Forwards: 1\r\n`, { isIdempotent: true }],
    ["GET with a count of hops", `${line("GET / HTTP/1.1")}Max-Forwards: 0\r\n`, { isIdempotent: true }],
  ])("is seen: %s", (_, text, expected) => {
    const { read, request } = bench();
    // Whatever the request before was like.
    read(`${line("HEAD / HTTP/1.0")}Max-Forwards: 0\r\n`);
    expect(read(text)).toBe("");
    expect(request).toMatchObject({ ...plain, ...expected });
  });

  it("goes to where the route table says, with method and target as they were sent", () => {
    const test = bench({ protocol: "kserve-v2" });
    const { read } = test;
    expect(read(line("POST /v2/models/iris/infer?x=1 HTTP/1.1"))).toBe("");
    expect(test.record).toMatchObject({ method: "POST", target: "/v2/models/iris/infer?x=1", isStreaming: false });
    expect(test.record.route).toMatchObject({ kind: "inference", model: "iris" });
    expect(read(line("POST /v2/models/iris/generate_stream HTTP/1.1"))).toBe("");
    expect(test.record).toMatchObject({ isStreaming: true, route: { kind: "stream" } });
  });

  it("is denied with the reason and the methods that are open", () => {
    const test = bench({ protocol: "kserve-v2" });
    const { read, request } = test;
    expect(read(line("DELETE /v2/models/iris/infer HTTP/1.1"))).toBe("method_denied");
    expect(request.allow).toEqual(["POST", "OPTIONS"]);
    expect(request.detail).not.toBe("");
    expect(test.record).toMatchObject({ method: "DELETE", route: { model: "" } });
    expect(read(line("POST /v2/repository/index HTTP/1.1"))).toBe("route_denied");
    expect(request.allow).toEqual([]);
    expect(read(line("POST /v2/models/iris/infer HTTP/1.1"))).toBe("");
    expect(request.detail).toBe("");
  });

  it("comes too early while the protocol is not known", () => {
    const { context, read } = bench();
    context.routing = undefined;
    expect(read(line("GET / HTTP/1.1"))).toBe("not_ready");
  });

  it("is a loop when it has passed this very instance", () => {
    const { context, read } = bench();
    expect(read(`${line("GET / HTTP/1.1")}Via: 1.1 ${context.viaName.toString()}\r\n`)).toBe("loop_detected");
    expect(read(`${line("GET / HTTP/1.1")}Via: 1.1 outrider-000000000000\r\n`)).toBe("");
  });
});

describe("the identity of a request", () => {
  const trace = "a".repeat(32);
  const parent = `traceparent: 00-${trace}-${"b".repeat(16)}-01\r\n`;
  const start = line("GET / HTTP/1.1");

  it("is the same in the record and in the head for the upstream", () => {
    const test = bench();
    const { read, written } = test;
    const seen = new Set<string>();
    for (const [lines, id, traceId] of [
      ["", undefined, undefined],
      ["x-request-id: mine\r\n", "mine", undefined],
      [parent, undefined, trace],
      [`x-request-id: mine\r\n${parent}`, "mine", trace],
    ] as const) {
      expect(read(start + lines)).toBe("");
      const out = written();
      expect(out).toContain(`\r\nx-request-id: ${test.record.requestId}\r\n`);
      expect(out).toContain(`\r\ntraceparent: 00-${test.record.traceId}-`);
      if (id === undefined) seen.add(test.record.requestId);
      else expect(test.record.requestId).toBe(id);
      if (traceId !== undefined) expect(test.record.traceId).toBe(traceId);
    }
    expect(seen.size).toBe(2);
  });
});

describe("what is added to a request", () => {
  it.each([
    ["192.0.2.9", "192.0.2.9"],
    ["::ffff:192.0.2.9", "192.0.2.9"],
    ["2001:db8::9", "2001:db8::9"],
  ])("is the client's address in its own form: %s", (address, own) => {
    const { read, written } = bench({ address });
    read(line("GET / HTTP/1.1"));
    expect(written()).toContain(`\r\nX-Forwarded-For: ${own}\r\n`);
    read(`${line("GET / HTTP/1.1")}X-Forwarded-For: 10.0.0.1\r\n`);
    expect(written()).toContain(`\r\nX-Forwarded-For: 10.0.0.1, ${own}\r\n`);
  });

  it.each([
    [{ kind: "tcp", host: "model", port: 81 }, "model:81"],
    [{ kind: "tcp", host: "::1", port: 81 }, "[::1]:81"],
    [{ kind: "unix", path: "/run/model.sock" }, "localhost"],
  ] as const)("is a Host for HTTP/1.0: %j", (upstream, host) => {
    const { read, written } = bench({ upstream });
    read("GET / HTTP/1.0\r\n");
    expect(written()).toContain(`\r\nHost: ${host}\r\n`);
  });
});

describe("a request that ends here", () => {
  it("is described as it came, but for credentials", () => {
    const { read, described } = bench();
    const secrets = "Cookie: a\r\nAuthorization: b\r\nProxy-Authorization: c\r\n";
    read(`\r\n${line("TRACE /x HTTP/1.1")}${secrets}X-Odd:  d \r\nMax-Forwards: 0\r\n`);
    expect(described()).toBe("TRACE /x HTTP/1.1\r\nHost: a\r\nX-Odd:  d \r\nMax-Forwards: 0\r\n\r\n");
  });
});

describe("the bodies of a request", () => {
  const ignore = (): void => undefined;
  const observer = { wantsBodies: true, observe: ignore };
  const tap = { bodyBytes: 10, totalBytes: 100, idHeader: "", headers: [] };
  const head = `${line("POST / HTTP/1.1")}Content-Type: text/plain\r\nContent-Encoding: gzip\r\n`;

  it("are kept, with their type, when an observer reads them", () => {
    const test = bench({ overrides: { tap, observers: [observer] } });
    const { read } = test;
    read(head);
    expect(test.record.requestBody).toMatchObject({ contentType: "text/plain", contentEncoding: "gzip" });
    test.record.releaseTaps();
    read(line("POST / HTTP/1.1"));
    expect(test.record.requestBody).toMatchObject({ contentType: "", contentEncoding: "" });
  });

  it.each([
    ["no observer reads them", { tap, observers: [{ observe: ignore }] }],
    ["none may be kept", { tap: { ...tap, bodyBytes: 0 }, observers: [observer] }],
  ])("are not kept when %s", (_, overrides) => {
    const test = bench({ overrides });
    const { read } = test;
    read(head);
    expect([test.record.requestBody, test.record.responseBody]).toEqual([undefined, undefined]);
  });

  it("come with the identity that labels name, from the first header of that name", () => {
    const overrides = { tap: { ...tap, idHeader: "x-order" }, observers: [observer] };
    const test = bench({ overrides });
    const { read } = test;
    read(`${line("POST / HTTP/1.1")}X-ORDER: 17\r\nx-order: 18\r\n`);
    expect(test.record.labelId).toBe("17");
    read(`${line("POST / HTTP/1.1")}x-order: ${"9".repeat(300)}\r\n`);
    expect(test.record.labelId).toBe("9".repeat(256));
    read(line("POST / HTTP/1.1"));
    expect(test.record.labelId).toBe("");
  });

  it("come with the headers that the log names: the first of each, none too long, none of the request before", () => {
    const overrides = { tap: { ...tap, headers: ["x-tenant", "x-user"] }, observers: [observer] };
    const test = bench({ overrides });
    const { read } = test;
    const long = `x-user: ${"9".repeat(1025)}`;
    read(`${line("POST / HTTP/1.1")}X-Tenant: a\r\nx-tenant: b\r\nx-other: c\r\n${long}\r\n`);
    expect(test.record.requestHeaders).toEqual({ "x-tenant": "a" });
    read(line("POST / HTTP/1.1"));
    expect(test.record.requestHeaders).toEqual({});
  });

  it("are kept for the model's name alone where the protocol puts it there", () => {
    const test = bench({ protocol: "openai", overrides: { tap } });
    const { read } = test;
    expect(read(line("POST /v1/chat/completions HTTP/1.1"))).toBe("");
    expect([test.record.hasModelInBody, test.record.requestBody !== undefined]).toEqual([true, true]);
  });
});
