import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Datatype } from "../../../src/payload/tensor/tensor-datatype.ts";
import { readRequest, reasonOf, rowsOf, v2Reader } from "./read-kserve-v2.ts";
import { encodeV2, type TensorToWrite, v2Body } from "../../payload/tensor/tensor-encoder.ts";
import { anyText } from "../../support/any-text.ts";

describe("laws", () => {
  const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
    INT8: [-128n, 127n],
    UINT8: [0n, 255n],
    INT16: [-(2n ** 15n), 2n ** 15n - 1n],
    UINT16: [0n, 2n ** 16n - 1n],
    INT32: [-(2n ** 31n), 2n ** 31n - 1n],
    UINT32: [0n, 2n ** 32n - 1n],
    INT64: [-(2n ** 63n), 2n ** 63n - 1n],
    UINT64: [0n, 2n ** 64n - 1n],
  };
  const safe = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

  function elementOf(datatype: Datatype): fc.Arbitrary<number | bigint | boolean | string> {
    const range = ranges[datatype];
    if (range !== undefined) return fc.bigInt({ min: range[0], max: range[1] }).map(safe);
    if (datatype === "BOOL") return fc.boolean();
    if (datatype === "BYTES") return anyText({ maxLength: 12 });
    return datatype === "FP64"
      ? fc.double({ noNaN: true, noDefaultInfinity: true })
      : fc.float({ noNaN: true, noDefaultInfinity: true });
  }

  const datatypes = [...Object.keys(ranges), "FP32", "FP64", "BOOL", "BYTES"] as readonly Datatype[];
  const tensors = fc.integer({ min: 1, max: 4 }).chain((rows) =>
    fc.array(
      fc
        .tuple(fc.constantFrom(...datatypes), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }))
        .chain(([datatype, second, third]) =>
          fc.record({
            name: fc.string({ minLength: 1, maxLength: 8 }),
            shape: fc.constant([rows, second, third]),
            datatype: fc.constant(datatype),
            data: fc.array(elementOf(datatype), { minLength: rows * second * third, maxLength: rows * second * third }),
            isBinary: fc.boolean(),
            isNested: fc.boolean(),
          }),
        ),
      { minLength: 1, maxLength: 5 },
    ),
  );

  it("reads back what was written, in every datatype, in JSON and in bytes at any offset", () => {
    fc.assert(
      fc.property(tensors, fc.nat(9), fc.nat(7), (written, padding, offset) => {
        const encoded = encodeV2(
          "inputs",
          written,
          { id: "i" },
          written.some(({ isBinary }) => isBinary) ? padding : 0,
        );
        const shifted = new Uint8Array(encoded.length + offset);
        shifted.set(encoded, offset);
        const { features } = readRequest(shifted.subarray(offset));
        const rows = written[0]?.shape[0] ?? 0;
        const names = written.flatMap(({ name, shape }) => {
          const width = (shape[1] ?? 0) * (shape[2] ?? 0);
          return width === 1 ? [name] : Array.from({ length: width }, (_, index) => `${name}[${index}]`);
        });
        const table = Array.from({ length: rows }, (_, row) =>
          written.flatMap(({ data }) => data.slice((row * data.length) / rows, ((row + 1) * data.length) / rows)),
        );
        expect(rowsOf(features)).toEqual({ names, rows: table });
      }),
      { numRuns: 300 },
    );
  });

  it("never throws for a body that ends anywhere, and reads none of them", () => {
    const written: readonly TensorToWrite[] = [
      { name: "a", shape: [2, 2], datatype: "FP32", data: [1, 2, 3, 4], isBinary: true },
      { name: "b", shape: [2], datatype: "BYTES", data: ["x", "yz"], isBinary: true },
      { name: "c", shape: [2], datatype: "INT64", data: [1, 2n ** 60n] },
      { name: "d", shape: [2], datatype: "BOOL", data: [true, false], isBinary: true },
    ];
    const whole = encodeV2("inputs", written);
    for (let length = 0; length < whole.length; length++) {
      expect(reasonOf(v2Reader.readRequest(v2Body(whole.subarray(0, length))))).not.toBe("read");
      expect(reasonOf(v2Reader.readResponse(v2Body(whole.subarray(0, length))))).not.toBe("read");
    }
    expect(reasonOf(v2Reader.readRequest(v2Body(whole)))).toBe("read");
  });

  it("has an answer for every body, whatever a byte is changed to", () => {
    const whole = encodeV2("inputs", [
      { name: "a", shape: [2, 2], datatype: "FP16", data: [1, 2, 3, 4], isBinary: true },
      { name: "b", shape: [2], datatype: "BYTES", data: ["x", "yz"], isBinary: true },
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          expect(["read", "unread"]).toContain(v2Reader.readRequest(v2Body(bytes)).kind);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("reads a hundred thousand inputs in bounded time, and keeps the first hundred", () => {
    const one = '{"name":"a","shape":[1],"datatype":"INT8","data":[1]}';
    const reading = readRequest(`{"inputs":[${Array.from({ length: 100_000 }, () => one).join(",")}]}`);
    expect(reading.features?.columns.names).toHaveLength(100);
    expect(reading.droppedColumns).toBe(99_900);
  });

  it("looks for the end of an object in linear time", () => {
    for (const text of [
      '{"'.repeat(500_000),
      "{".repeat(1_000_000),
      `{"${"\\".repeat(1_000_000)}`,
      '{""'.repeat(300_000),
    ]) {
      expect(["too_deep", "not_json"]).toContain(reasonOf(v2Reader.readRequest(v2Body(text))));
    }
  });
});
