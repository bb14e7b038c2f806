import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "../../src/protocols/probe-answer.ts";
import { type AnswerProgress, AnswerReader, maxAnswerBytes } from "../../src/probe/answer-reader.ts";

/** Gives the reader the bytes cut after every offset of `cuts`; its last verdict and what it then has. */
function read(
  text: string,
  cuts: readonly number[] = [],
): { readonly progress: AnswerProgress; readonly answer: HttpAnswer | undefined } {
  const bytes = Buffer.from(text, "latin1");
  const reader = new AnswerReader();
  let progress: AnswerProgress = "reading";
  const edges = [...new Set([0, ...cuts.toSorted((a, b) => a - b), bytes.length])];
  for (let i = 1; i < edges.length && progress === "reading"; i++) {
    progress = reader.take(bytes.subarray(edges[i - 1], edges[i]));
  }
  return { progress, answer: reader.answer() };
}

const answers: readonly (readonly [what: string, text: string, expected: Partial<HttpAnswer>])[] = [
  ["a length and a stray byte", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokX", { status: 200, body: "ok" }],
  [
    "chunks, an extension and a trailer",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n1\r\n \r\n0\r\nt: v\r\n\r\n",
    { status: 200, body: "{} " },
  ],
  ["no body", "HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "" }],
  [
    "interim answers before it",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
    { status: 503, body: "" },
  ],
  [
    "a content type in any case",
    "HTTP/1.1 200 \r\ncontent-TYPE:  Text/HTML \r\ncontent-length: 0\r\n\r\n",
    { status: 200, contentType: "text/html" },
  ],
];

describe("an answer", () => {
  it.each(answers)("with %s is read whole", (_, text, expected) => {
    const { progress, answer } = read(text);
    expect(progress).toBe("done");
    expect(answer).toMatchObject(expected);
  });

  it.each(answers)("with %s is the same whichever way its bytes are cut", (_, text) => {
    const whole = read(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        expect(read(text, cuts)).toEqual(whole);
      }),
    );
  });

  it("that ends with its connection is never done, but its beginning is there", () => {
    expect(read("HTTP/1.0 200 OK\r\n\r\npart")).toMatchObject({ progress: "reading", answer: { body: "part" } });
    expect(read("HTTP/1.1 200 OK\r\ncontent-len")).toEqual({ progress: "reading", answer: undefined });
  });

  it("is read up to a bound", () => {
    const { progress, answer } = read(`HTTP/1.0 200 OK\r\n\r\n${"x".repeat(maxAnswerBytes + 5)}`);
    expect([progress, answer?.body.length]).toEqual(["done", maxAnswerBytes]);
  });

  it.each([
    ["a TLS alert", "\u0015\u0003\u0003\u0000\u0002\u0002\u0032"],
    ["an HTTP/2 preface", "\u0000\u0000\u0012\u0004\u0000\u0000\u0000\u0000\u0000"],
    ["a switch of protocols", "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    ["a bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["an endless head", `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(20_000)}`],
  ])("that is %s is malformed", (_, text) => {
    expect(read(text).progress).toBe("malformed");
  });
});
