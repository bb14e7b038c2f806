import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseHead } from "../../src/http1/response-head.ts";
import { allCuts, bytesOf, someCuts } from "./support/cuts.ts";
import { faultyResponses } from "./support/faulty-heads.ts";
import { damaged } from "./support/generated-heads.ts";
import { generatedResponse, responseText } from "./support/generated-responses.ts";
import { picturedResponse, wideLimits } from "./support/head-pictures.ts";

const none = { kind: "none", length: 0 };
const close = { kind: "close", length: 0 };

const soundHeads = [
  { what: "a plain answer", text: "HTTP/1.1 200 OK\r\n\r\n", seen: { status: 200, lineEnd: 15, version: [1, true] } },
  { what: "an empty reason", text: "HTTP/1.1 404 \r\n\r\n", seen: { status: 404, lineEnd: 13, framing: close } },
  { what: "no space before a missing reason", text: "HTTP/1.1 404\r\n\r\n", seen: { status: 404, lineEnd: 12 } },
  { what: "HTTP/1.0", text: "HTTP/1.0 200 OK\r\n\r\n", seen: { version: [0, false], framing: close } },
  { what: "a later minor version", text: "HTTP/1.5 200 OK\r\n\r\n", seen: { version: [1, false] } },
  { what: "the greatest status", text: "HTTP/1.1 999 ?\r\n\r\n", seen: { status: 999 } },
  { what: "an interim answer", text: "HTTP/1.1 100 Continue\r\n\r\n", seen: { status: 100, framing: none } },
  { what: "a reason in UTF-8", text: "HTTP/1.1 200 \u00c3\u00a4\r\n\r\n", seen: { status: 200 } },
  {
    what: "no content with a length that is checked all the same",
    text: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
    seen: { framing: none },
  },
  { what: "not modified", text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", seen: { framing: none } },
  {
    what: "a length and the lines that the relay looks for",
    text: "HTTP/1.1 200 OK\r\nDate: x\r\nX-Request-ID: y\r\nContent-Type: text/event-stream\r\nContent-Encoding: br\r\nUpgrade: a\r\nContent-Length: 3\r\n\r\n",
    seen: { framing: { kind: "length", length: 3 }, facts: [true, true, true], known: [2, 3, 4] },
  },
  {
    what: "the last of two content types",
    text: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Type: text/plain\r\n\r\n",
    seen: { facts: [false, false, false], known: [1, -1, -1] },
  },
  {
    what: "chunked coding",
    text: "HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n",
    seen: { framing: { kind: "chunked", length: 0 } },
  },
] as const;

describe("a response head", () => {
  it.each(soundHeads)("is read the same in all pieces: $what", ({ text, seen }) => {
    const message = bytesOf(text);
    const whole = picturedResponse(message, [], false);
    expect(whole).toMatchObject({ progress: "done", fault: "", length: text.length, ...seen });
    for (const cuts of allCuts(text.length)) expect(picturedResponse(message, cuts, false)).toEqual(whole);
  });

  it.each(faultyResponses)("is not believed in any pieces: $fault, $what", ({ text, fault, bounds }) => {
    for (const cuts of allCuts(text.length)) {
      const head = new ResponseHead({ ...wideLimits, ...bounds });
      expect(picturedResponse(bytesOf(text), cuts, false, head)).toEqual({ progress: "faulty", fault });
    }
  });

  it("announces no body for HEAD, whatever it says", () => {
    for (const lines of ["", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"]) {
      const message = bytesOf(`HTTP/1.1 200 OK\r\n${lines}\r\n`);
      expect(picturedResponse(message, [], true)).toMatchObject({ framing: none });
      expect(picturedResponse(message, [], false)).not.toMatchObject({ framing: none });
    }
  });

  it("forgets what an earlier head said", () => {
    const head = new ResponseHead(wideLimits);
    const full =
      "HTTP/1.0 500 No\r\nDate: x\r\nX-Request-ID: y\r\nUpgrade: a\r\nContent-Type: text/event-stream\r\nConnection: close, b\r\n\r\n";
    const plain = bytesOf("HTTP/1.1 200 OK\r\n\r\n");
    picturedResponse(bytesOf(full), [], false, head);
    expect(picturedResponse(plain, [], false, head)).toEqual(picturedResponse(plain, [], false));
  });

  it("gives one verdict, one set of fields and one set of offsets however it is cut, sound or broken", () => {
    const reused = new ResponseHead(wideLimits);
    const text = damaged(generatedResponse.map(responseText));
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(text, someCuts(300), fc.boolean(), (head, cuts, isHead) => {
        const whole = picturedResponse(bytesOf(head), [], isHead);
        expect(picturedResponse(bytesOf(head), cuts, isHead, reused)).toEqual(whole);
        expect(
          picturedResponse(
            bytesOf(head),
            Array.from(head, (_, at) => at),
            isHead,
            reused,
          ),
        ).toEqual(whole);
        if ("length" in whole) taken++;
        else if ("fault" in whole && whole.fault !== "") refused++;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(30);
  });
});
