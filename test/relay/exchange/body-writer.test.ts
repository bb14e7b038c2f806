import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { BodyWriter, HeadBuffer } from "../../../src/relay/exchange/body-writer.ts";
import { BodyTap, TapBudget } from "../../../src/relay/exchange/exchange-record.ts";
import { isPartOf, RecordedSocket } from "../support/recorded-socket.ts";

const large = 16 * 1024 + 1;

interface Bench {
  readonly head: HeadBuffer;
  readonly writer: BodyWriter;
  readonly peer: RecordedSocket;
  readonly tap: BodyTap;
}

function bench(text: string): Bench {
  const head = new HeadBuffer();
  head.writer.ascii(text);
  const budget = new TapBudget({ bodyBytes: 1e6, totalBytes: 1e6 }, new RelayCounters());
  return { head, writer: new BodyWriter(), peer: new RecordedSocket(), tap: new BodyTap(budget) };
}

type Part =
  | { readonly kind: "coding" | "data" | "skipped"; readonly length: number }
  | { readonly kind: "held"; readonly text: string };

const length = fc.oneof(
  { weight: 8, arbitrary: fc.nat(20) },
  { weight: 1, arbitrary: fc.constantFrom(large - 1, large) },
);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constantFrom("coding" as const, "data" as const, "data" as const, "skipped" as const), length }),
  fc.record({ kind: fc.constant("held" as const), text: fc.string({ unit: fc.constantFrom("(", ")"), maxLength: 5 }) }),
);

/** A source whose every byte tells its place, as far as that goes. */
const sourceOf = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, i) => 33 + ((i * 7) % 90)));

/** Tells `pass` the parts, one after the other; what should come out, and what of it is body. */
function give(
  writer: BodyWriter,
  source: Buffer,
  parts: readonly Part[],
): { readonly all: string; readonly body: string } {
  let at = 0;
  let all = "";
  let body = "";
  for (const one of parts) {
    if (one.kind === "held") {
      writer.held(Buffer.from(one.text));
      if (!writer.dropsCoding) all += one.text;
      continue;
    }
    const text = source.toString("latin1", at, at + one.length);
    if (one.kind === "data") {
      writer.data(at, at + one.length);
      body += text;
    } else if (one.kind === "coding") writer.coding(at, at + one.length);
    if (one.kind === "data" || (one.kind === "coding" && !writer.dropsCoding)) all += text;
    at += one.length;
  }
  return { all, body };
}

const lengthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, one) => sum + (one.kind === "held" ? 0 : one.length), 0);

describe("passing a piece of a body on", () => {
  it("writes the head and every part that goes on, in order, and copies the body for the tap", () => {
    const options = fc.record({
      isStable: fc.boolean(),
      dropsCoding: fc.boolean(),
      head: fc.constantFrom("", "HEAD\r\n\r\n"),
    });
    fc.assert(
      fc.property(options, fc.array(part, { maxLength: 12 }), ({ isStable, dropsCoding, head: text }, parts) => {
        const { head, writer, peer, tap } = bench(text);
        const source = sourceOf(lengthOf(parts));
        writer.dropsCoding = dropsCoding;
        writer.begin(head, source, tap, isStable);
        const { all, body } = give(writer, source, parts);
        expect(writer.bodyBytes).toBe(body.length);
        expect(writer.copy().toString("latin1") === text + all).toBe(true);
        writer.send(peer.socket);
        expect(peer.arrived.toString("latin1") === text + all).toBe(true);
        expect(Buffer.from(tap.bytes).toString("latin1") === body).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    { what: "lends a large body alone", head: "", bytes: large, isStable: true, lent: [true] },
    {
      what: "lends a large body behind a copy of the head",
      head: "HEAD",
      bytes: large,
      isStable: true,
      lent: [false, true],
    },
    { what: "copies a small body behind the head", head: "HEAD", bytes: large - 1, isStable: true, lent: [false] },
    { what: "copies a small body alone", head: "", bytes: 10, isStable: true, lent: [false] },
    {
      what: "copies a large body from a buffer that is used again",
      head: "",
      bytes: large,
      isStable: false,
      lent: [false],
    },
  ])("$what", ({ head: text, bytes, isStable, lent }) => {
    const { head, writer, peer } = bench(text);
    const source = sourceOf(bytes);
    writer.begin(head, source, undefined, isStable);
    writer.data(0, bytes);
    writer.send(peer.socket);
    expect(peer.pieces.map((piece) => isPartOf(piece, source))).toEqual(lent);
    expect(peer.calls).toEqual(lent.length === 2 ? ["cork", "uncork"] : []);
    // Neither the next head nor the next read may reach a peer that still waits for this one.
    if (lent.length === 2) expect(isPartOf(peer.pieces[0]!, head.writer.bytes)).toBe(false);
  });

  it("writes nothing when there is nothing", () => {
    const { head, writer, peer } = bench("");
    writer.begin(head, sourceOf(10), undefined, true);
    writer.data(4, 4);
    writer.send(peer.socket);
    expect(peer.pieces).toEqual([]);
  });

  it("forgets the piece before", () => {
    const { head, writer, peer } = bench("");
    writer.begin(head, sourceOf(10), undefined, true);
    writer.data(0, 10);
    writer.begin(head.start(), Buffer.from("abcdef"), undefined, true);
    writer.data(2, 4);
    expect(writer.bodyBytes).toBe(2);
    writer.send(peer.socket);
    expect(peer.arrived.toString()).toBe("cd");
  });

  it.each([1, 9, 10, 255, 4096, large])("wraps %d bytes as one chunk", (bytes) => {
    const { head, writer, peer } = bench("HEAD");
    const source = sourceOf(bytes + 3);
    writer.begin(head, source, undefined, true);
    writer.data(3, bytes + 3);
    writer.wrapAsChunk();
    writer.send(peer.socket);
    const expected = `HEAD${bytes.toString(16)}\r\n${source.toString("latin1", 3)}\r\n`;
    expect(peer.arrived.toString("latin1") === expected).toBe(true);
    expect(writer.bodyBytes).toBe(bytes);
  });

  it("does not make an empty piece the last chunk", () => {
    const { head, writer, peer } = bench("HEAD");
    writer.begin(head, sourceOf(3), undefined, true);
    writer.data(3, 3);
    writer.wrapAsChunk();
    writer.send(peer.socket);
    expect(peer.arrived.toString()).toBe("HEAD");
  });
});
