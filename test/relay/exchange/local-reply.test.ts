import { describe, expect, it } from "vitest";
import { definitions, protocols } from "../../../src/protocols/list.ts";
import { routingOf } from "../../support/routing-of.ts";
import { wireErrors, type WireErrorCode } from "../../../src/errors/wire-errors.ts";
import type { HeadBuffer } from "../../../src/relay/exchange/body-writer.ts";
import {
  type ReplyFrame,
  writeErrorReply,
  writeLastHopReply,
  writeLocalReply,
} from "../../../src/relay/exchange/local-reply.ts";
import { contextForTest } from "../support/context-for-test.ts";

const frame: ReplyFrame = { isHead: false, close: false, requestId: Buffer.from("id-1"), detail: "", allow: [] };

interface Reply {
  readonly startLine: string;
  readonly lines: readonly string[];
  readonly body: string;
}

function read(head: HeadBuffer): Reply {
  const text = head.view.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [startLine = "", ...lines] = text.slice(0, end).split("\r\n");
  return { startLine, lines, body: text.slice(end + 4) };
}

function replyTo(code: WireErrorCode, over: Partial<ReplyFrame> = {}, context = contextForTest().context): Reply {
  return read(writeErrorReply(context, code, { ...frame, ...over }));
}

const codes = (Object.keys(wireErrors) as WireErrorCode[]).filter((code) => wireErrors[code].status > 0);

describe("an error reply", () => {
  it.each(codes)("%s has its status with a reason, its code and a body of the length it says", (code) => {
    const { startLine, lines, body } = replyTo(code);
    const { status, message, retryable } = wireErrors[code];
    expect(startLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z][A-Za-z ]+$`));
    expect(startLine).not.toBe(`HTTP/1.1 ${status} Error`);
    expect(lines).toEqual([
      "Content-Type: application/json",
      `x-outrider-error: ${code}`,
      ...(retryable && (status === 429 || status === 503) ? ["Retry-After: 1"] : []),
      `Content-Length: ${body.length}`,
      "Date: Mon, 24 Nov 2025 16:16:40 GMT",
      "x-request-id: id-1",
      "x-outrider-request-id: id-1",
    ]);
    expect(JSON.parse(body)).toEqual({ error: message, code });
  });

  it("has Retry-After only where a retry helps", () => {
    const { context } = contextForTest({ retryAfterSeconds: 7 });
    const told = codes.filter((code) => replyTo(code, {}, context).lines.includes("Retry-After: 7"));
    expect(told).toEqual([
      "not_ready",
      "concurrency_exceeded",
      "queue_timeout",
      "connections_exceeded",
      "drain_timeout",
    ]);
  });

  it("names the methods that are open, and how to open the rest", () => {
    const { lines, body } = replyTo("method_denied", { allow: ["GET", "POST"], detail: "use one of these" });
    expect(lines).toContain("Allow: GET, POST");
    expect(JSON.parse(body)).toMatchObject({ error: `${wireErrors.method_denied.message}: use one of these` });
    expect(replyTo("route_denied").lines.join()).not.toContain("Allow");
  });

  it("has no body for HEAD, but the length it would have", () => {
    const full = replyTo("route_denied");
    expect(replyTo("route_denied", { isHead: true })).toEqual({ ...full, body: "" });
  });

  it("closes the connection when that is asked for, and has no identity when there was none", () => {
    const { lines } = replyTo("request_line_malformed", { close: true, requestId: Buffer.alloc(0) });
    expect(lines.at(-1)).toBe("Connection: close");
    expect(lines.join()).not.toContain("request-id");
  });

  it.each(protocols)("has the shape of %s", (protocol) => {
    const { context } = contextForTest();
    context.routing = routingOf(protocol);
    const { status, message } = wireErrors.upstream_reset;
    const expected = definitions[protocol].renderError({ code: "upstream_reset", status, message });
    const { lines, body } = replyTo("upstream_reset", {}, context);
    expect([lines[0], body]).toEqual([`Content-Type: ${expected.contentType}`, expected.body]);
  });

  it("replaces what was written before", () => {
    const { context } = contextForTest();
    context.headBuffer.writer.ascii("half a head");
    expect(replyTo("internal_error", {}, context).startLine).toBe("HTTP/1.1 500 Internal Server Error");
  });
});

describe("a local reply of any kind", () => {
  it("has the lines and the body it is given, counted in bytes", () => {
    const { context } = contextForTest();
    const reply = { ...frame, lines: ["Content-Type: message/http"], body: Buffer.from("\u00e4") };
    const { startLine, lines, body } = read(writeLocalReply(context, 200, reply));
    expect([startLine, lines[0], lines[1], body.length]).toEqual([
      "HTTP/1.1 200 OK",
      "Content-Type: message/http",
      "Content-Length: 2",
      2,
    ]);
  });
});

describe("the reply to a request that ends here", () => {
  it("gives a TRACE its own head back, and OPTIONS nothing", () => {
    const { context } = contextForTest();
    const trace = read(writeLastHopReply(context, frame, Buffer.from("TRACE / HTTP/1.1\r\n\r\n")));
    expect([trace.lines[0], trace.body]).toEqual(["Content-Type: message/http", "TRACE / HTTP/1.1\r\n\r\n"]);
    const options = read(writeLastHopReply(context, frame, undefined));
    expect([options.lines[0], options.body]).toEqual(["Content-Length: 0", ""]);
  });
});
