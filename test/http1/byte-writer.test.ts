import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../src/http1/byte-writer.ts";
import { bytesOf } from "./support/cuts.ts";

const written = (writer: ByteWriter): string => writer.bytes.toString("latin1", 0, writer.length);

type Step =
  | { readonly kind: "ascii"; readonly text: string }
  | { readonly kind: "all"; readonly text: string }
  | { readonly kind: "slice"; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: "decimal"; readonly value: number };

const text = fc.string({ unit: "binary-ascii", maxLength: 300 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("ascii" as const), text }),
  fc.record({ kind: fc.constant("all" as const), text }),
  fc.record({ kind: fc.constant("slice" as const), text, start: fc.nat(300), end: fc.nat(300) }),
  fc.record({ kind: fc.constant("decimal" as const), value: fc.maxSafeNat() }),
);

function apply(writer: ByteWriter, step: Step): string {
  switch (step.kind) {
    case "ascii":
      writer.ascii(step.text);
      return step.text;
    case "all":
      writer.all(bytesOf(step.text));
      return step.text;
    case "decimal":
      writer.decimal(step.value);
      return step.value.toString(10);
    default: {
      const end = Math.min(step.end, step.text.length);
      writer.slice(bytesOf(step.text), step.start, end);
      return step.start < end ? step.text.slice(step.start, end) : "";
    }
  }
}

describe("byte writer", () => {
  it("holds what was written, in order, however often it had to grow", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 64 }), (steps, size) => {
        const writer = new ByteWriter(Buffer.alloc(size));
        const expected = steps.map((one) => apply(writer, one)).join("");
        expect(written(writer)).toBe(expected);
        expect(writer.bytes.length).toBeGreaterThanOrEqual(writer.length);
      }),
    );
  });

  it("keeps its buffer while there is room and at least doubles it when there is not", () => {
    const first = Buffer.alloc(8);
    const writer = new ByteWriter(first);
    writer.ascii("12345678");
    expect(writer.bytes).toBe(first);
    writer.ascii("9");
    expect(writer.bytes.length).toBe(16);
    writer.reserve(100);
    expect(writer.bytes.length).toBe(109);
    expect(written(writer)).toBe("123456789");
  });

  it("begins anew after a clear, in the same buffer", () => {
    const writer = new ByteWriter(Buffer.alloc(4));
    writer.ascii("something long");
    const { bytes } = writer;
    writer.clear();
    expect(writer.length).toBe(0);
    writer.decimal(0);
    expect(written(writer)).toBe("0");
    expect(writer.bytes).toBe(bytes);
  });
});
