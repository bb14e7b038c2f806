import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestHead } from "../../src/http1/request-head.ts";
import { allCuts, bytesOf, someCuts } from "./support/cuts.ts";
import { faultyRequests } from "./support/faulty-heads.ts";
import { damaged } from "./support/generated-heads.ts";
import { generatedRequest, requestText } from "./support/generated-requests.ts";
import { picturedRequest, wideLimits } from "./support/head-pictures.ts";

const origin = (pathStart: number): object => ({ kind: "origin", authorityStart: 0, authorityEnd: 0, pathStart });

/** Heads that are taken, with what is to be seen in them. Offsets are counted by hand. */
const soundHeads = [
  {
    what: "the shortest request",
    text: "G / HTTP/1.1\r\nHost:\r\n\r\n",
    seen: { length: 23, method: [0, 1], target: [2, 3, origin(2)], version: [1, true], hasHost: true },
  },
  {
    what: "an empty line before the request line (RFC 9112 §2.2)",
    text: "\r\nGET /a?b HTTP/1.1\r\nHost: a\r\n\r\n",
    seen: { method: [2, 5], target: [6, 10, origin(6)] },
  },
  {
    what: "HTTP/1.0 without Host",
    text: "GET / HTTP/1.0\r\n\r\n",
    seen: { version: [0, false], hasHost: false, framing: { kind: "none", length: 0 } },
  },
  {
    what: "a later minor version, read as HTTP/1.1",
    text: "GET / HTTP/1.9\r\nHost: a\r\n\r\n",
    seen: { version: [1, false] },
  },
  {
    what: "an absolute target",
    text: "GET HTTP://b:80/c HTTP/1.1\r\nHost: a\r\n\r\n",
    seen: { target: [4, 17, { kind: "absolute", authorityStart: 11, authorityEnd: 15, pathStart: 15 }] },
  },
  {
    what: "an asterisk for OPTIONS",
    text: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    seen: { target: [8, 9, { kind: "asterisk", authorityStart: 0, authorityEnd: 0, pathStart: 8 }] },
  },
  {
    what: "white space around a value",
    text: "G / HTTP/1.1\r\nHost: \t a \t\r\n\r\n",
    seen: { lines: [{ name: [14, 18], value: [22, 23], lineEnd: 27, field: 1 }], length: 29 },
  },
  {
    what: "a length and what the connection says",
    text: "P / HTTP/1.1\r\nHost: a\r\nConnection: close, X-a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n",
    seen: {
      framing: { kind: "length", length: 7 },
      options: { close: true, keepAlive: false, upgrade: false, named: [[42, 45]] },
      expectsContinue: true,
    },
  },
  {
    what: "a method of 64 bytes",
    text: `${"M".repeat(64)} / HTTP/1.1\r\nHost: a\r\n\r\n`,
    seen: { method: [0, 64] },
  },
] as const;

describe("a request head", () => {
  it.each(soundHeads)("is read the same in all pieces: $what", ({ text, seen }) => {
    const message = bytesOf(text);
    const whole = picturedRequest(message, []);
    expect(whole).toMatchObject({ progress: "done", fault: "", length: text.length, ...seen });
    for (const cuts of allCuts(text.length)) expect(picturedRequest(message, cuts)).toEqual(whole);
  });

  it.each(faultyRequests)("is refused in all pieces: $fault, $what", ({ text, fault, bounds }) => {
    for (const cuts of allCuts(text.length)) {
      const head = new RequestHead({ ...wideLimits, ...bounds });
      expect(picturedRequest(bytesOf(text), cuts, head)).toEqual({ progress: "faulty", fault });
    }
  });

  it.each([
    ["head", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", { headBytes: 27 }],
    ["target", "GET /23456789a HTTP/1.1\r\nHost: a\r\n\r\n", { targetBytes: 10 }],
    ["number of lines", "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n", { headerCount: 2 }],
  ])("may just fill the bound of its %s, and not be one longer", (_, text, bounds) => {
    const [[name, limit]] = Object.entries(bounds) as [[string, number]];
    const filling = new RequestHead({ ...wideLimits, ...bounds });
    const short = new RequestHead({ ...wideLimits, [name]: limit - 1 });
    expect(picturedRequest(bytesOf(text), [], filling)).toMatchObject({ progress: "done" });
    expect(picturedRequest(bytesOf(text), [], short)).toMatchObject({ progress: "faulty" });
  });

  it("asks for more as long as it has not ended, and has begun with its first byte", () => {
    const head = new RequestHead(wideLimits);
    const text = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (let end = 0; end < text.length; end++) {
      expect(picturedRequest(bytesOf(text.slice(0, end)), [], head)).toMatchObject({ progress: "needsMore" });
      expect(head.hasBegun).toBe(end >= 2);
    }
  });

  it("gives one verdict, one set of fields and one set of offsets however it is cut, sound or broken", () => {
    const reused = new RequestHead(wideLimits);
    const text = damaged(generatedRequest.map((request) => requestText(request)));
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(text, someCuts(300), fc.string({ unit: "binary-ascii", maxLength: 9 }), (head, cuts, next) => {
        const whole = picturedRequest(bytesOf(head), []);
        expect(picturedRequest(bytesOf(head), cuts, reused)).toEqual(whole);
        expect(
          picturedRequest(
            bytesOf(head),
            Array.from(head, (_, at) => at),
            reused,
          ),
        ).toEqual(whole);
        if ("length" in whole) {
          taken++;
          // What follows belongs to the body or the next request.
          expect(picturedRequest(bytesOf(head.slice(0, Number(whole.length)) + next), cuts, reused)).toEqual(whole);
        } else if ("fault" in whole && whole.fault !== "") refused++;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(30);
  });
});
