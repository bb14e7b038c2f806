import { describe, expect, it } from "vitest";
import { definitions, protocols } from "../../../src/protocols/list.ts";
import { routingOf } from "../../support/routing-of.ts";
import { wireErrors, type WireErrorCode } from "../../../src/errors/wire-errors.ts";
import type { RelayContext } from "../../../src/relay/context.ts";
import { type AnswerFrame, composeAnswer, composeError } from "../../../src/relay/exchange/own-answer.ts";
import { contextForTest } from "../context-for-test.ts";

const frame: AnswerFrame = { isHead: false, close: false, requestId: Buffer.from("id-1"), detail: "", allow: [] };

interface Answer {
  readonly startLine: string;
  readonly lines: readonly string[];
  readonly body: string;
}

function composed(context: RelayContext): Answer {
  const text = context.scratch.view.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [startLine = "", ...lines] = text.slice(0, end).split("\r\n");
  return { startLine, lines, body: text.slice(end + 4) };
}

function answerTo(code: WireErrorCode, over: Partial<AnswerFrame> = {}, context = contextForTest().context): Answer {
  expect(composeError(context, code, { ...frame, ...over })).toBe(wireErrors[code].status);
  return composed(context);
}

const codes = (Object.keys(wireErrors) as WireErrorCode[]).filter((code) => wireErrors[code].status > 0);

describe("an error that Outrider answers", () => {
  it.each(codes)("%s has its status with a reason, its code and a body of the length it says", (code) => {
    const { startLine, lines, body } = answerTo(code);
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

  it("tells when to come back only where coming back helps", () => {
    const { context } = contextForTest({ retryAfterSeconds: 7 });
    const told = codes.filter((code) => answerTo(code, {}, context).lines.includes("Retry-After: 7"));
    expect(told).toEqual([
      "not_ready",
      "concurrency_exceeded",
      "queue_timeout",
      "connections_exceeded",
      "drain_timeout",
    ]);
  });

  it("names the methods that are open, and how to open the rest", () => {
    const { lines, body } = answerTo("method_denied", { allow: ["GET", "POST"], detail: "use one of these" });
    expect(lines).toContain("Allow: GET, POST");
    expect(JSON.parse(body)).toMatchObject({ error: `${wireErrors.method_denied.message}: use one of these` });
    expect(answerTo("route_denied").lines.join()).not.toContain("Allow");
  });

  it("has no body for HEAD, but the length it would have", () => {
    const full = answerTo("route_denied");
    expect(answerTo("route_denied", { isHead: true })).toEqual({ ...full, body: "" });
  });

  it("closes the connection when it is told to, and has no identity when there was none", () => {
    const { lines } = answerTo("request_line_malformed", { close: true, requestId: Buffer.alloc(0) });
    expect(lines.at(-1)).toBe("Connection: close");
    expect(lines.join()).not.toContain("request-id");
  });

  it.each(protocols)("has the shape of %s", (protocol) => {
    const { context } = contextForTest();
    context.routing = routingOf(protocol);
    const { status, message } = wireErrors.upstream_reset;
    const expected = definitions[protocol].renderError({ code: "upstream_reset", status, message });
    const { lines, body } = answerTo("upstream_reset", {}, context);
    expect([lines[0], body]).toEqual([`Content-Type: ${expected.contentType}`, expected.body]);
  });

  it("replaces whatever had been composed before", () => {
    const { context } = contextForTest();
    context.scratch.writer.ascii("half a head");
    expect(answerTo("internal_error", {}, context).startLine).toBe("HTTP/1.1 500 Internal Server Error");
  });
});

describe("an answer of any kind", () => {
  it("has the lines and the body it is given, counted in bytes", () => {
    const { context } = contextForTest();
    composeAnswer(context, 200, { ...frame, lines: ["Content-Type: message/http"], body: Buffer.from("\u00e4") });
    const { startLine, lines, body } = composed(context);
    expect([startLine, lines[0], lines[1], body.length]).toEqual([
      "HTTP/1.1 200 OK",
      "Content-Type: message/http",
      "Content-Length: 2",
      2,
    ]);
  });
});
