import { deflateSync } from "node:zlib";
import * as fc from "fast-check";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import knownAnswers from "../../fixtures/hdr-known-answers.data.json" with { type: "json" };
import { encodeHdr, hdrCompressedCookie, hdrCookie } from "../../../src/metrics/requests/hdr-encoding.ts";
import { createLatencyHdr, maxUs, recordLatency, type LatencyHdr } from "../../../src/metrics/requests/latency-hdr.ts";

const recorded = (values: readonly number[]): LatencyHdr => {
  const hdr = createLatencyHdr();
  for (const value of values) recordLatency(hdr, value);
  return hdr;
};

const decodedPayload = (payload: Uint8Array): LatencyHdr => {
  const body = deflateSync(payload);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(hdrCompressedCookie);
  head.writeUInt32BE(body.length, 4);
  return decodeFromCompressedBase64(Buffer.concat([head, body]).toString("base64"), 64) as LatencyHdr;
};

const decoded = (hdr: LatencyHdr): LatencyHdr => decodedPayload(encodeHdr(hdr));

const counts = (hdr: LatencyHdr): readonly number[] =>
  Array.from({ length: hdr.countsArrayLength }, (_, index) => hdr.getCountAtIndex(index));

describe("HdrHistogram V2 encoding", () => {
  it("is read back by hdr-histogram-js with every count in its cell", () => {
    const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: maxUs })));
    fc.assert(
      fc.property(values, (us) => {
        const hdr = recorded(us);
        expect(counts(decoded(hdr))).toEqual(counts(hdr));
      }),
      { numRuns: 50 },
    );
  });

  it("holds counts far beyond 32 bits", () => {
    const hdr = recorded([5]);
    for (const [index, count] of [2 ** 31, 2 ** 40 + 1, 2 ** 47 + 3, 127, 128].entries())
      hdr.setCountAtIndex(index, count);
    expect(counts(decoded(hdr)).slice(0, 6)).toEqual([2 ** 31, 2 ** 40 + 1, 2 ** 47 + 3, 127, 128, 1]);
  });

  it("has the header fields that other implementations insist on", () => {
    const bytes = encodeHdr(recorded([200_000]));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(view.getUint32(0)).toBe(hdrCookie);
    expect(view.getUint32(4)).toBe(bytes.length - 40);
    expect(view.getUint32(8), "normalizing index offset").toBe(0);
    expect(view.getUint32(12), "significant digits").toBe(2);
    expect(view.getBigUint64(16), "lowest value").toBe(1n);
    expect(view.getBigUint64(24), "highest value").toBe(BigInt(maxUs));
    expect(view.getFloat64(32), "conversion ratio").toBe(1);
  });

  it("encodes an empty histogram as its header alone", () => {
    expect(encodeHdr(createLatencyHdr())).toHaveLength(40);
    expect(decoded(createLatencyHdr()).totalCount).toBe(0);
  });
});

describe("HdrHistogram V2 encoding, beside the Python library's", () => {
  const headerOf = (payload: Uint8Array) =>
    Buffer.concat([payload.subarray(0, 4), payload.subarray(8, 40)]).toString("hex");

  it.each(Object.entries(knownAnswers))(
    "has the same header and the same counts for %s",
    (_, { values, payloadHex }) => {
      const theirs = Buffer.from(payloadHex, "hex");
      const ours = encodeHdr(recorded(values));
      expect(headerOf(ours)).toBe(headerOf(theirs));
      expect(counts(decodedPayload(ours))).toEqual(counts(decodedPayload(theirs)));
    },
  );
});
