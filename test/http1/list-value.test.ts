import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, isListed, isMediaType, listsMember, listsTrailers } from "../../src/http1/list-value.ts";
import { bytesOf } from "./support/cuts.ts";

/** Calls `look` on `value` between bytes that must not be read. */
const on = <T>(value: string, look: (bytes: Uint8Array, start: number, end: number) => T): T =>
  look(bytesOf(`ab${value}ab`), 2, 2 + value.length);

const listParts = [
  "trailers",
  "Trailers",
  "TRAILERS",
  "trailer",
  "deflate",
  ",",
  ", ",
  " ,\t",
  ";q=0.5",
  " ; q=1",
  " ",
  "",
];
const list = fc.array(fc.constantFrom(...listParts), { maxLength: 7 }).map((parts) => parts.join(""));

describe("a list of members", () => {
  it.each([
    ["trailers", true],
    ["TRAILERS", true],
    ["deflate, trailers", true],
    ["trailers;q=0.5", true],
    ["gzip;q=1 ,\ttrailers", true],
    [",,trailers", true],
    ["trailersx", false],
    ["x-trailers", false],
    ["gzip;trailers", false],
    ["", false],
    [",", false],
  ])("%j lists trailers: %s", (value, lists) => {
    expect(on(value, listsTrailers)).toBe(lists);
  });

  it("is split as a plain split would do", () => {
    fc.assert(
      fc.property(list, (value) => {
        const members = value.split(",").map((member) => /^[ \t]*([^; \t]*)/.exec(member)?.[1]?.toLowerCase());
        expect(on(value, (bytes, start, end) => listsMember(bytes, start, end, "trailers"))).toBe(
          members.includes("trailers"),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a part of a value", () => {
  it("is found wherever it stands, and only inside the value", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(short, fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 }), (value, part) => {
        expect(on(value, (bytes, start, end) => contains(bytes, start, end, bytesOf(part)))).toBe(value.includes(part));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("one of several tokens", () => {
  it.each([
    ["websocket", true],
    ["WebSocket", true],
    ["h2c", false],
    ["websocket, h2c", false],
    ["web", false],
    ["", false],
  ])("%j is listed: %s", (value, listed) => {
    expect(on(value, (bytes, start, end) => isListed(bytes, start, end, ["tls/1.2", "websocket"]))).toBe(listed);
  });
});

describe("a media type", () => {
  it.each([
    ["text/event-stream", true],
    ["Text/Event-Stream; charset=utf-8", true],
    ["text/event-stream;charset=utf-8", true],
    ["text/event-stream ;x", true],
    ["text/event-streams", false],
    ["text/event", false],
    ["application/json", false],
    ["", false],
  ])("%j is an event stream: %s", (value, is) => {
    expect(on(value, (bytes, start, end) => isMediaType(bytes, start, end, "text/event-stream"))).toBe(is);
  });
});
