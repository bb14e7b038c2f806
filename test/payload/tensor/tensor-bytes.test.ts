import { describe, expect, it } from "vitest";
import { alignedBytes, cellsOfBytes } from "../../../src/payload/tensor/tensor-bytes.ts";
import type { Datatype } from "../../../src/payload/tensor/tensor-datatype.ts";

function read(datatype: Datatype, bytes: Uint8Array, count: number): unknown[] {
  const result = cellsOfBytes(datatype, bytes, count);
  if (result.kind !== "cells") throw new Error(result.kind);
  return Array.from(result.cells);
}

/** All 65,536 patterns of two bytes. */
const allHalves = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer);

/** IEEE 754 as its text defines it, for any split of the bits. */
function valueOf(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >>> (exponentBits + fractionBits) === 0 ? 1 : -1;
  const exponent = (bits >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = bits & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

describe("cellsOfBytes", () => {
  it.each([
    ["FP16", 5, 10],
    ["BF16", 8, 7],
  ] as const)(
    "reads every pattern of %s: subnormals, infinities, both zeros, every NaN",
    (datatype, exponent, fraction) => {
      const values = read(datatype, allHalves, 65_536);
      const wrong = values.flatMap((value, bits) =>
        Object.is(value, valueOf(bits, exponent, fraction)) ? [] : [bits],
      );
      expect(wrong).toEqual([]);
    },
  );

  it.each([
    ["FP16", 0x3c00, 1],
    ["FP16", 0x3555, 0.333_251_953_125],
    ["FP16", 0x7bff, 65_504],
    ["FP16", 0x0400, 2 ** -14],
    ["FP16", 0x03ff, 2 ** -14 - 2 ** -24],
    ["FP16", 0x0001, 2 ** -24],
    ["FP16", 0x8000, -0],
    ["FP16", 0xfc00, Number.NEGATIVE_INFINITY],
    ["FP16", 0x7e01, Number.NaN],
    ["BF16", 0x3f80, 1],
    ["BF16", 0x4049, 3.140_625],
    ["BF16", 0x7f7f, 3.389_531_389_251_535_5e38],
    ["BF16", 0x0001, 2 ** -133],
    ["BF16", 0x7f80, Number.POSITIVE_INFINITY],
    ["BF16", 0xffc1, Number.NaN],
  ] as const)("reads %s %# as the standard says", (datatype, bits, value) => {
    expect(read(datatype, Uint8Array.of(bits & 255, bits >> 8), 1)).toEqual([value]);
  });

  it.each([
    ["INT64", "0000000000002000", 2n ** 53n],
    ["INT64", "ffffffffffff1f00", 2 ** 53 - 1],
    ["INT64", "010000000000e0ff", -(2 ** 53 - 1)],
    ["INT64", "000000000000e0ff", -(2n ** 53n)],
    ["INT64", "0000000000000080", -(2n ** 63n)],
    ["INT64", "ffffffffffffff7f", 2n ** 63n - 1n],
    ["INT64", "ffffffffffffffff", -1],
    ["UINT64", "ffffffffffffffff", 2n ** 64n - 1n],
    ["UINT64", "0000000000000080", 2n ** 63n],
    ["UINT64", "ffffffffffff1f00", 2 ** 53 - 1],
    ["UINT64", "ffffffff00000000", 2 ** 32 - 1],
  ] as const)("keeps every digit of %s %s", (datatype, hex, value) => {
    expect(read(datatype, Buffer.from(hex.padEnd(16, "0").slice(0, 16), "hex"), 1)).toEqual([value]);
  });

  it("gives numbers for the small and bigints for the large integers of one tensor", () => {
    const bytes = new Uint8Array(BigInt64Array.of(7n, 2n ** 60n, -3n).buffer);
    expect(read("INT64", bytes, 3)).toEqual([7, 2n ** 60n, -3]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])("reads doubles that begin at offset %i", (offset) => {
    const values = [1.5, -2.25, 1e308, 5e-324];
    const bytes = new Uint8Array(64);
    bytes.set(new Uint8Array(Float64Array.from(values).buffer), offset);
    expect(read("FP64", bytes.subarray(offset, offset + 32), 4)).toEqual(values);
  });

  it("copies nothing when the offset is aligned", () => {
    const bytes = new Uint8Array(64);
    const result = cellsOfBytes("FP32", bytes.subarray(4, 12), 2);
    expect(result.kind === "cells" && result.cells).toBeInstanceOf(Float32Array);
    bytes.set(new Uint8Array(Float32Array.of(7).buffer), 8);
    expect(result.kind === "cells" && result.cells[1]).toBe(7);
  });

  it("reverses the elements where the machine is not little-endian, and leaves the body as it is", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect([...alignedBytes(bytes, 2, false)]).toEqual([2, 1, 4, 3, 6, 5]);
    expect([...alignedBytes(bytes, 3, false)]).toEqual([3, 2, 1, 6, 5, 4]);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ["a byte too few", "FP32", 7, 2],
    ["a byte too many", "FP32", 9, 2],
    ["nothing", "INT8", 0, 1],
    ["far fewer than the shape says", "FP64", 8, 2 ** 53 - 1],
    ["texts that cannot fit", "BYTES", 8, 2 ** 53 - 1],
    ["the length of a text cut off", "BYTES", 3, 1],
    ["bytes after the last text", "BYTES", 9, 2],
  ] as const)("is malformed with %s", (_, datatype, length, count) => {
    expect(cellsOfBytes(datatype, new Uint8Array(length), count)).toEqual({ kind: "malformed" });
  });

  it("is malformed when a text is longer than what is left", () => {
    expect(cellsOfBytes("BYTES", Uint8Array.of(255, 255, 255, 255, 65), 1).kind).toBe("malformed");
    expect(cellsOfBytes("BYTES", Uint8Array.of(2, 0, 0, 0, 65), 1).kind).toBe("malformed");
  });

  it("cuts long text as JSON text is cut, never within a character", () => {
    for (const letter of ["a", "é", "語", "😀"]) {
      for (const lead of ["", "b", "bc", "bcd"]) {
        const text = Buffer.from(lead + letter.repeat(1000));
        const length = Buffer.alloc(4);
        length.writeUInt32LE(text.length);
        const [cell] = read("BYTES", Buffer.concat([length, text]), 1);
        const points = Array.from(lead + letter.repeat(1000));
        let expected = "";
        while (expected.length + points[0]!.length <= 256) expected += points.shift();
        expect(cell).toBe(expected);
      }
    }
  });

  it("reads no text from bytes that are not UTF-8, whatever the other elements are", () => {
    const jpeg = [3, 0, 0, 0, 0xff, 0xd8, 0xff];
    const text = [1, 0, 0, 0, 65];
    expect(cellsOfBytes("BYTES", Uint8Array.from([...text, ...jpeg]), 2)).toEqual({ kind: "opaque" });
    expect(cellsOfBytes("BYTES", Uint8Array.from([...jpeg, ...text]), 2)).toEqual({ kind: "opaque" });
    expect(cellsOfBytes("BYTES", Uint8Array.from([...jpeg, ...text, 0]), 2)).toEqual({ kind: "malformed" });
  });
});
