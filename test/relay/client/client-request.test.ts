import { describe, expect, it } from "vitest";
import { Progress } from "../../../src/http1/header-section.ts";
import type { Protocol } from "../../../src/protocols/protocol.ts";
import { createRouteTable } from "../../../src/protocols/route-table.ts";
import { ClientRequest } from "../../../src/relay/client/client-request.ts";
import type { RelayContext } from "../../../src/relay/context.ts";
import { ExchangeRecord } from "../../../src/relay/exchange/exchange-record.ts";
import type { Address } from "../../../src/text/address.ts";
import type { RelayOverrides } from "../../support/start-relay.ts";
import { contextForTest } from "../context-for-test.ts";

interface Bench {
  readonly context: RelayContext;
  readonly request: ClientRequest;
  readonly record: ExchangeRecord;
  /** Reads a head; the error code, if any. */
  readonly read: (text: string) => string;
  /** The head that goes to the upstream, after {@link read}. */
  readonly composed: () => string;
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
  const table = createRouteTable({ protocol, allow: [], deny: [], modelName: "", modelVersion: "" });
  context.routing = { table, protocol };
  const request = new ClientRequest(context, address);
  const record = new ExchangeRecord();
  const head = context.takeRequestHead();
  const base = 4;
  let bytes = Buffer.alloc(0);
  return {
    context,
    request,
    record,
    read: (text) => {
      bytes = Buffer.from(`xxxx${text}\r\n`, "latin1");
      head.reset();
      if (head.read(bytes, base, bytes.length) !== Progress.done) throw new Error(`${head.fault}: ${text}`);
      record.begin(0, 0);
      return request.read(head, bytes, base, record);
    },
    composed: () => {
      context.scratch.writer.clear();
      request.compose(context.scratch.writer, head, bytes, base);
      return context.scratch.view.toString("latin1");
    },
    described: () => request.describe(head, bytes, base).toString("latin1"),
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
    const { read, record } = bench({ protocol: "kserve-v2" });
    expect(read(line("POST /v2/models/iris/infer?x=1 HTTP/1.1"))).toBe("");
    expect(record).toMatchObject({ method: "POST", target: "/v2/models/iris/infer?x=1", isStreaming: false });
    expect(record.route).toMatchObject({ kind: "inference", model: "iris" });
    expect(read(line("POST /v2/models/iris/generate_stream HTTP/1.1"))).toBe("");
    expect(record).toMatchObject({ isStreaming: true, route: { kind: "stream" } });
  });

  it("is denied with the reason and the methods that are open", () => {
    const { read, request, record } = bench({ protocol: "kserve-v2" });
    expect(read(line("DELETE /v2/models/iris/infer HTTP/1.1"))).toBe("method_denied");
    expect(request.allow).toEqual(["POST", "OPTIONS"]);
    expect(request.detail).not.toBe("");
    expect(record).toMatchObject({ method: "DELETE", route: { model: "" } });
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
    const { read, record, composed } = bench();
    const seen = new Set<string>();
    for (const [lines, id, traceId] of [
      ["", undefined, undefined],
      ["x-request-id: mine\r\n", "mine", undefined],
      [parent, undefined, trace],
      [`x-request-id: mine\r\n${parent}`, "mine", trace],
    ] as const) {
      expect(read(start + lines)).toBe("");
      const out = composed();
      expect(out).toContain(`\r\nx-request-id: ${record.requestId}\r\n`);
      expect(out).toContain(`\r\ntraceparent: 00-${record.traceId}-`);
      if (id === undefined) seen.add(record.requestId);
      else expect(record.requestId).toBe(id);
      if (traceId !== undefined) expect(record.traceId).toBe(traceId);
    }
    expect(seen.size).toBe(2);
  });
});

describe("what is added to a request", () => {
  it.each([
    ["192.0.2.9", "192.0.2.9"],
    ["::ffff:192.0.2.9", "192.0.2.9"],
    ["2001:db8::9", "2001:db8::9"],
  ])("is the client's address in its own form: %s", (address, written) => {
    const { read, composed } = bench({ address });
    read(line("GET / HTTP/1.1"));
    expect(composed()).toContain(`\r\nX-Forwarded-For: ${written}\r\n`);
    read(`${line("GET / HTTP/1.1")}X-Forwarded-For: 10.0.0.1\r\n`);
    expect(composed()).toContain(`\r\nX-Forwarded-For: 10.0.0.1, ${written}\r\n`);
  });

  it.each([
    [{ kind: "tcp", host: "model", port: 81 }, "model:81"],
    [{ kind: "tcp", host: "::1", port: 81 }, "[::1]:81"],
    [{ kind: "unix", path: "/run/model.sock" }, "localhost"],
  ] as const)("is a Host for HTTP/1.0: %j", (upstream, host) => {
    const { read, composed } = bench({ upstream });
    read("GET / HTTP/1.0\r\n");
    expect(composed()).toContain(`\r\nHost: ${host}\r\n`);
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
    const { read, record } = bench({ overrides: { tap, observers: [observer] } });
    read(head);
    expect(record.requestBody).toMatchObject({ contentType: "text/plain", contentEncoding: "gzip" });
    record.releaseTaps();
    read(line("POST / HTTP/1.1"));
    expect(record.requestBody).toMatchObject({ contentType: "", contentEncoding: "" });
  });

  it.each([
    ["nobody reads them", { tap, observers: [{ observe: ignore }] }],
    ["none may be kept", { tap: { ...tap, bodyBytes: 0 }, observers: [observer] }],
  ])("are not kept when %s", (_, overrides) => {
    const { read, record } = bench({ overrides });
    read(head);
    expect([record.requestBody, record.responseBody]).toEqual([undefined, undefined]);
  });

  it("come with the identity that labels name, from the first header of that name", () => {
    const overrides = { tap: { ...tap, idHeader: "x-order" }, observers: [observer] };
    const { read, record } = bench({ overrides });
    read(`${line("POST / HTTP/1.1")}X-ORDER: 17\r\nx-order: 18\r\n`);
    expect(record.labelId).toBe("17");
    record.begin(0, 0);
    read(`${line("POST / HTTP/1.1")}x-order: ${"9".repeat(300)}\r\n`);
    expect(record.labelId).toBe("9".repeat(256));
    record.begin(0, 0);
    read(line("POST / HTTP/1.1"));
    expect(record.labelId).toBe("");
  });

  it("come with the headers that the log names: the first of each, none too long, none of the request before", () => {
    const overrides = { tap: { ...tap, headers: ["x-tenant", "x-user"] }, observers: [observer] };
    const { read, record } = bench({ overrides });
    const long = `x-user: ${"9".repeat(1025)}`;
    read(`${line("POST / HTTP/1.1")}X-Tenant: a\r\nx-tenant: b\r\nx-other: c\r\n${long}\r\n`);
    expect(record.requestHeaders).toEqual({ "x-tenant": "a" });
    record.begin(0, 0);
    read(line("POST / HTTP/1.1"));
    expect(record.requestHeaders).toEqual({});
  });

  it("are kept for the model's name alone where the protocol puts it there", () => {
    const { read, record } = bench({ protocol: "openai", overrides: { tap } });
    expect(read(line("POST /v1/chat/completions HTTP/1.1"))).toBe("");
    expect([record.hasModelInBody, record.requestBody !== undefined]).toEqual([true, true]);
  });
});
