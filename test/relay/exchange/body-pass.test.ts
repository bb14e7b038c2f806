import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { BodyPass } from "../../../src/relay/exchange/body-pass.ts";
import { Scratch } from "../../../src/relay/scratch.ts";
import { BodyTap, TapBudget } from "../../../src/relay/tap.ts";
import { isPartOf, RecordedSocket } from "../recorded-socket.ts";

const large = 16 * 1024 + 1;

interface Bench {
  readonly scratch: Scratch;
  readonly pass: BodyPass;
  readonly peer: RecordedSocket;
  readonly tap: BodyTap;
}

function bench(head: string): Bench {
  const scratch = new Scratch();
  scratch.writer.ascii(head);
  const budget = new TapBudget({ bodyBytes: 1e6, totalBytes: 1e6 }, new RelayCounters());
  return { scratch, pass: new BodyPass(scratch), peer: new RecordedSocket(), tap: new BodyTap(budget) };
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
function tell(pass: BodyPass, source: Buffer, parts: readonly Part[]): { readonly all: string; readonly body: string } {
  let at = 0;
  let all = "";
  let body = "";
  for (const one of parts) {
    if (one.kind === "held") {
      pass.held(Buffer.from(one.text));
      if (!pass.dropsCoding) all += one.text;
      continue;
    }
    const text = source.toString("latin1", at, at + one.length);
    if (one.kind === "data") {
      pass.data(at, at + one.length);
      body += text;
    } else if (one.kind === "coding") pass.coding(at, at + one.length);
    if (one.kind === "data" || (one.kind === "coding" && !pass.dropsCoding)) all += text;
    at += one.length;
  }
  return { all, body };
}

const lengthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, one) => sum + (one.kind === "held" ? 0 : one.length), 0);

describe("passing a piece of a body on", () => {
  it("writes the head and every part that goes on, in order, and copies the body for the tap", () => {
    const options = fc.record({
      lends: fc.boolean(),
      dropsCoding: fc.boolean(),
      head: fc.constantFrom("", "HEAD\r\n\r\n"),
    });
    fc.assert(
      fc.property(options, fc.array(part, { maxLength: 12 }), ({ lends, dropsCoding, head }, parts) => {
        const { pass, peer, tap } = bench(head);
        const source = sourceOf(lengthOf(parts));
        pass.dropsCoding = dropsCoding;
        pass.begin(source, tap, lends);
        const { all, body } = tell(pass, source, parts);
        expect(pass.bodyBytes).toBe(body.length);
        expect(pass.copy().toString("latin1") === head + all).toBe(true);
        pass.send(peer.socket);
        expect(peer.arrived.toString("latin1") === head + all).toBe(true);
        expect(Buffer.from(tap.bytes).toString("latin1") === body).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    { what: "lends a large body alone", head: "", bytes: large, lends: true, lent: [true] },
    {
      what: "lends a large body behind a copy of the head",
      head: "HEAD",
      bytes: large,
      lends: true,
      lent: [false, true],
    },
    { what: "copies a small body behind the head", head: "HEAD", bytes: large - 1, lends: true, lent: [false] },
    { what: "copies a small body alone", head: "", bytes: 10, lends: true, lent: [false] },
    {
      what: "copies a large body from a buffer that is used again",
      head: "",
      bytes: large,
      lends: false,
      lent: [false],
    },
  ])("$what", ({ head, bytes, lends, lent }) => {
    const { pass, peer, scratch } = bench(head);
    const source = sourceOf(bytes);
    pass.begin(source, undefined, lends);
    pass.data(0, bytes);
    pass.send(peer.socket);
    expect(peer.pieces.map((piece) => isPartOf(piece, source))).toEqual(lent);
    expect(peer.calls).toEqual(lent.length === 2 ? ["cork", "uncork"] : []);
    // Neither the next head nor the next read may reach a peer that still waits for this one.
    if (lent.length === 2) expect(isPartOf(peer.pieces[0]!, scratch.writer.bytes)).toBe(false);
  });

  it("writes nothing when there is nothing", () => {
    const { pass, peer } = bench("");
    pass.begin(sourceOf(10), undefined, true);
    pass.data(4, 4);
    pass.send(peer.socket);
    expect(peer.pieces).toEqual([]);
  });

  it("forgets the piece before", () => {
    const { pass, peer, scratch } = bench("");
    pass.begin(sourceOf(10), undefined, true);
    pass.data(0, 10);
    scratch.writer.clear();
    pass.begin(Buffer.from("abcdef"), undefined, true);
    pass.data(2, 4);
    expect(pass.bodyBytes).toBe(2);
    pass.send(peer.socket);
    expect(peer.arrived.toString()).toBe("cd");
  });

  it.each([1, 9, 10, 255, 4096, large])("wraps %d bytes as one chunk", (bytes) => {
    const { pass, peer } = bench("HEAD");
    const source = sourceOf(bytes + 3);
    pass.begin(source, undefined, true);
    pass.data(3, bytes + 3);
    pass.wrapAsChunk();
    pass.send(peer.socket);
    const expected = `HEAD${bytes.toString(16)}\r\n${source.toString("latin1", 3)}\r\n`;
    expect(peer.arrived.toString("latin1") === expected).toBe(true);
    expect(pass.bodyBytes).toBe(bytes);
  });

  it("does not make an empty piece the last chunk", () => {
    const { pass, peer } = bench("HEAD");
    pass.begin(sourceOf(3), undefined, true);
    pass.data(3, 3);
    pass.wrapAsChunk();
    pass.send(peer.socket);
    expect(peer.arrived.toString()).toBe("HEAD");
  });
});
