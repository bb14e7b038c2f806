import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../src/http1/byte-writer.ts";
import { Progress } from "../../src/http1/header-section.ts";
import { RequestHead } from "../../src/http1/request-head.ts";
import { createRequestFacts, inspectRequest, type ParsedRequest } from "../../src/http1/request-facts.ts";
import { type RequestAdditions, writeRequestHead } from "../../src/http1/rewrite-request.ts";
import { bytesOf } from "./support/cuts.ts";
import { generatedRequest, requestText } from "./support/generated-requests.ts";
import { wideLimits } from "./support/head-pictures.ts";
import { splitHead, toldApart } from "./support/naive-lines.ts";
import { expectedRequest } from "./support/naive-request.ts";

const naive = {
  clientAddress: "192.0.2.7",
  viaName: "outrider-0123456789ab",
  upstreamHost: "upstream:9000",
  requestId: "fresh-id",
  traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-00`,
};
const requestIdLine = bytesOf(`x-request-id: ${naive.requestId}\r\n`);
const traceparentLine = bytesOf(`traceparent: ${naive.traceparent}\r\n`);
const additions: RequestAdditions = {
  clientAddress: bytesOf(naive.clientAddress),
  viaName: bytesOf(naive.viaName),
  hostLine: bytesOf(`Host: ${naive.upstreamHost}\r\n`),
  hopLines: bytesOf(`X-Forwarded-For: ${naive.clientAddress}\r\nVia: 1.1 ${naive.viaName}\r\n`),
  requestIdLine,
  traceparentLine,
  identityLines: Buffer.concat([requestIdLine, traceparentLine, bytesOf("\r\n")]),
  upgradeProtocols: ["websocket"],
};

const facts = createRequestFacts();
const head = new RequestHead(wideLimits);
const writer = new ByteWriter(Buffer.alloc(16));

function parsed(text: string): ParsedRequest {
  const base = 5;
  const bytes = bytesOf(`xxxxx${text}\r\n\r\nbody`);
  head.reset();
  if (head.read(bytes, base, bytes.length) !== Progress.done) throw new Error(`${head.fault}: ${JSON.stringify(text)}`);
  const request = { head, facts, bytes, base };
  inspectRequest(request, additions);
  return request;
}

function rewritten(text: string): string {
  const request = parsed(text);
  writer.clear();
  writer.ascii("before ");
  writeRequestHead(writer, request, additions);
  const out = writer.bytes.toString("latin1", 0, writer.length);
  expect(out.startsWith("before ")).toBe(true);
  return out.slice("before ".length);
}

const hops = `X-Forwarded-For: ${naive.clientAddress}\r\nVia: 1.1 ${naive.viaName}\r\n`;
const identity = `${requestIdLine.toString()}${traceparentLine.toString()}\r\n`;

describe("a request head for the upstream", () => {
  it("is the client's own but for the lines added at its end", () => {
    const text = "POST /invocations HTTP/1.1\r\nhOST:  a \r\nX-Odd:\ta\t b\u00e4 \r\nContent-Length: 12\r\n\r\n";
    expect(rewritten(text)).toBe(text.slice(0, -2) + hops + identity);
  });

  it.each([
    ["GET http://b:81/c?d HTTP/1.1\r\nHost: a\r\n\r\n", "GET /c?d HTTP/1.1\r\nHost: b:81\r\n"],
    ["GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: b\r\n"],
    ["GET http://b?c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?c HTTP/1.1\r\nHost: b\r\n"],
    ["OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: b\r\n"],
    ["OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n"],
    ["GET /a HTTP/1.8\r\nHost: a\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a\r\n"],
    ["\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a HTTP/1.1\r\nHost: a\r\n"],
  ])("has a start line in origin form and HTTP/1.1: %j", (text, start) => {
    expect(rewritten(text)).toBe(start + hops + identity);
  });

  it("names the upstream for an HTTP/1.0 request without Host, and HTTP/1.0 in Via", () => {
    const via = `Via: 1.0 ${naive.viaName}\r\n`;
    expect(rewritten("GET / HTTP/1.0\r\n\r\n")).toBe(
      `GET / HTTP/1.1\r\nHost: upstream:9000\r\nX-Forwarded-For: ${naive.clientAddress}\r\n${via}${identity}`,
    );
    expect(rewritten("GET / HTTP/1.0\r\nHost: a\r\nVia: 1.1 b\r\n\r\n")).toContain(
      `Via: 1.1 b, 1.0 ${naive.viaName}\r\n`,
    );
  });

  it("keeps the client's own identities when they are sound, and all of it then ends with one empty line", () => {
    const lines = `x-request-id: mine\r\ntraceparent: 00-${"1".repeat(32)}-${"2".repeat(16)}-01\r\ntracestate: a=b\r\n`;
    const text = `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n`;
    expect(rewritten(text)).toBe(`GET / HTTP/1.1\r\nHost: a\r\n${lines}${hops}\r\n`);
  });

  it("is what the table of changes says, for any sound head", () => {
    fc.assert(
      fc.property(generatedRequest, (request) => {
        const expected = expectedRequest(request, naive);
        const { startLine, lines } = splitHead(rewritten(requestText(request)));
        expect(startLine).toBe(expected.startLine);
        const { passed, added } = toldApart(lines, expected.passed);
        expect(passed).toEqual(expected.passed);
        expect(added).toEqual(expected.added);
      }),
      { numRuns: 2000 },
    );
  });

  it("is read again as the same request", () => {
    const again = new RequestHead({ ...wideLimits, headerCount: 200 });
    fc.assert(
      fc.property(generatedRequest, (request) => {
        const out = bytesOf(rewritten(requestText(request)));
        const { framing } = parsed(requestText(request)).head;
        again.reset();
        expect(again.read(out, 0, out.length)).toBe(Progress.done);
        expect(again.length).toBe(out.length);
        expect(again.framing).toEqual(framing);
        expect([again.minor, again.target.kind === "absolute", again.hasHost]).toEqual([1, false, true]);
      }),
      { numRuns: 500 },
    );
  });
});
