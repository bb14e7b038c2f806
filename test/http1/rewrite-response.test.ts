import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../src/http1/byte-writer.ts";
import { Progress } from "../../src/http1/header-section.ts";
import { ResponseHead } from "../../src/http1/response-head.ts";
import { type ResponseAdditions, writeResponseHead } from "../../src/http1/rewrite-response.ts";
import { bytesOf } from "./support/cuts.ts";
import { generatedResponse, responseText } from "./support/generated-responses.ts";
import { wideLimits } from "./support/head-pictures.ts";
import { splitHead, toldApart } from "./support/naive-lines.ts";
import { expectedResponse } from "./support/naive-response.ts";

const date = "Mon, 23 Nov 2026 10:00:00 GMT";
const requestId = "fresh-id";
const plain: ResponseAdditions = {
  identityLines: bytesOf(`x-request-id: ${requestId}\r\nx-outrider-request-id: ${requestId}\r\n\r\n`),
  dateLine: bytesOf(`Date: ${date}\r\n`),
  close: false,
  framing: "same",
};
const ownLine = bytesOf(`x-outrider-request-id: ${requestId}\r\n\r\n`);
const head = new ResponseHead(wideLimits);
const writer = new ByteWriter(Buffer.alloc(16));

function rewritten(text: string, additions: ResponseAdditions, isHead = false): string {
  const base = 3;
  const bytes = bytesOf(`xxx${text}body`);
  head.reset();
  if (head.read(bytes, base, bytes.length, isHead) !== Progress.done) throw new Error(`${head.fault}: ${text}`);
  writer.clear();
  // Whoever calls it leaves out the x-request-id that the upstream has set.
  const identityLines = head.hasRequestId ? ownLine : additions.identityLines;
  writeResponseHead(writer, { head, bytes, base }, { ...additions, identityLines });
  return writer.bytes.toString("latin1", 0, writer.length);
}

const own = `x-request-id: ${requestId}\r\nx-outrider-request-id: ${requestId}\r\n\r\n`;

describe("a response head for the client", () => {
  it("is the upstream's own but for the lines added at its end", () => {
    const text = "HTTP/1.1 200 Fine \u00e4\r\ndATE: x\r\nX-Odd:\ta\t b \r\ncontent-length: 12\r\n\r\n";
    expect(rewritten(text, plain)).toBe(text.slice(0, -2) + own);
  });

  it.each([
    ["HTTP/1.0 200 OK", "HTTP/1.1 200 OK"],
    ["HTTP/1.7 200 OK", "HTTP/1.1 200 OK"],
    ["HTTP/1.1 404", "HTTP/1.1 404 "],
    ["HTTP/1.0 404", "HTTP/1.1 404 "],
    ["HTTP/1.1 404 ", "HTTP/1.1 404 "],
    ["HTTP/1.1 999 Odd", "HTTP/1.1 999 Odd"],
  ])("has a status line of HTTP/1.1 with all its spaces: %j", (line, expected) => {
    expect(rewritten(`${line}\r\nDate: x\r\n\r\n`, plain)).toBe(`${expected}\r\nDate: x\r\n${own}`);
  });

  it.each([
    ["same", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n"],
    ["close", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.1 200 OK\r\n"],
    ["chunked", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"],
    ["bare", "HTTP/1.1 204 No\r\nContent-Length: 0\r\n", "HTTP/1.1 204 No\r\n"],
    ["same", "HTTP/1.1 200 OK\r\nContent-Length: 007, 007\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n"],
    ["same", "HTTP/1.1 304 No\r\nContent-Length: 7\r\n", "HTTP/1.1 304 No\r\nContent-Length: 7\r\n"],
  ] as const)("frames its body as %s: %j", (framing, text, expected) => {
    expect(rewritten(`${text}\r\n`, { ...plain, framing })).toBe(`${expected}Date: ${date}\r\n${own}`);
  });

  it("has nothing of this instance when it is an interim one", () => {
    expect(rewritten("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", { ...plain, framing: "bare" })).toBe(
      "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
    );
  });

  it("does not lose what the relay counts on when the upstream names it in Connection", () => {
    const text =
      "HTTP/1.1 200 OK\r\nConnection: date, x-request-id, content-length\r\nDate: x\r\nX-Request-Id: y\r\nContent-Length: 1\r\n\r\n";
    expect(rewritten(text, plain)).toBe(
      `HTTP/1.1 200 OK\r\nDate: x\r\nX-Request-Id: y\r\nContent-Length: 1\r\nx-outrider-request-id: ${requestId}\r\n\r\n`,
    );
  });

  it("is what the table of changes says, for any head that is believed", () => {
    const framing = fc.constantFrom<ResponseAdditions["framing"][]>("same", "chunked", "close", "bare");
    fc.assert(
      fc.property(generatedResponse, framing, fc.boolean(), fc.boolean(), (response, framing, close, isHead) => {
        const text = rewritten(responseText(response), { ...plain, framing, close }, isHead);
        const hasBody = !isHead && response.status >= 200 && response.status !== 204 && response.status !== 304;
        const expected = expectedResponse(response, { framing, close, hasBody, date, requestId });
        const { startLine, lines } = splitHead(text);
        expect(startLine).toBe(expected.startLine);
        const { passed, added } = toldApart(lines, expected.passed);
        expect(passed).toEqual(expected.passed);
        expect(added).toEqual(expected.added);
      }),
      { numRuns: 2000 },
    );
  });
});
