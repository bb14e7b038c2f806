import { describe, expect, it } from "vitest";
import { oneInput, readRequest, reasonOf, rowsOf, v2Reader } from "./read-kserve-v2.ts";
import { encodeV2, type TensorToWrite, v2Body } from "../../payload/tensor/tensor-encoder.ts";

const readRows = (bytes: Uint8Array | string): unknown => rowsOf(readRequest(bytes).features);

describe("bodies that are not read", () => {
  it.each([
    ["a size of 2^53", { shape: [2 ** 53] }],
    ["a size of 1e308", { shape: [1e308] }],
    ["a negative size", { shape: [-2] }],
    ["two negative sizes", { shape: [-1, -2] }],
    ["no sizes", { shape: [] }],
    ["a size of zero", { shape: [0], data: [] }],
    ["a later size of zero", { shape: [2, 0], data: [] }],
    ["half a size", { shape: [0.5, 4] }],
    ["a size in words", { shape: ["2"] }],
    ["a product past 2^53", { shape: [2 ** 27, 2 ** 27] }],
    ["a product that is infinite", { shape: Array.from({ length: 200 }, () => 2 ** 50) }],
    ["too few elements", { data: [1] }],
    ["too many elements", { data: [1, 2, 3] }],
    ["too many nested elements", { data: [[1, 2], [3]] }],
    ["no elements", { data: [] }],
    ["elements that are objects", { data: [{}, {}] }],
    ["an object in place of elements", { data: {}, shape: [1] }],
    ["an unknown datatype", { datatype: "fp32" }],
    ["a negative length of raw bytes", { parameters: { binary_data_size: -1 } }],
    ["a broken length of raw bytes", { parameters: { binary_data_size: 1.5 } }],
    ["a length of raw bytes of 2^63", { parameters: { binary_data_size: 2 ** 63 } }],
    ["raw bytes that never came", { parameters: { binary_data_size: 8 } }],
    ["no raw bytes", { parameters: { binary_data_size: 0 } }],
  ])("is bad_tensor with %s", (_, more) => {
    expect(reasonOf(v2Reader.readRequest(v2Body(oneInput(more))))).toBe("bad_tensor");
  });

  it.each([
    ["no inputs", "{}"],
    ["an empty list", '{"inputs":[]}'],
    ["inputs that are no tensors", '{"inputs":[1,2]}'],
    ["inputs of another protocol", '{"inputs":{"x":[1]}}'],
    ["a tensor without a shape", oneInput({ shape: undefined })],
    ["a tensor without a name", oneInput({ name: undefined })],
    ["a list", "[1,2]"],
    ["a raw request", Buffer.from(Float32Array.of(1, 2).buffer)],
  ])("is unknown_shape with %s", (_, bytes) => {
    expect(reasonOf(v2Reader.readRequest(v2Body(bytes)))).toBe("unknown_shape");
  });

  it.each([
    ["nothing", "", "empty"],
    ["white space", " \n", "empty"],
    ["an object that does not end", '{"inputs":[', "not_json"],
    ["a string that does not end", '{"inputs', "not_json"],
    ["other than JSON in an object", "{inputs}", "not_json"],
    ["lists within lists", oneInput({ data: JSON.parse("[".repeat(40) + "]".repeat(40)) as unknown }), "too_deep"],
    [
      "more rows than are read",
      oneInput({ shape: [1001], data: Array.from({ length: 1001 }, () => 1) }),
      "too_many_rows",
    ],
  ])("says what is wrong with %s", (_, bytes, reason) => {
    expect(reasonOf(v2Reader.readRequest(v2Body(bytes)))).toBe(reason);
  });

  it("refuses lengths of raw bytes that only add up", () => {
    const tensor = (size: number, length: number): object => ({
      name: "x",
      shape: [size],
      datatype: "INT8",
      parameters: { binary_data_size: length },
    });
    const reason = (...inputs: readonly object[]): string =>
      reasonOf(v2Reader.readRequest(v2Body(`${JSON.stringify({ inputs })}abc`)));
    expect(reason(tensor(1, 1), tensor(2, 2))).toBe("read");
    expect(reason(tensor(1, 1.5), tensor(2, 1.5))).toBe("bad_tensor");
    expect(reason(tensor(1, -1), tensor(2, 4))).toBe("bad_tensor");
    expect(reason(tensor(2, 1), tensor(1, 2))).toBe("bad_tensor");
  });

  it("refuses anything but white space between the object and the raw bytes, and bytes behind them", () => {
    const tensor: TensorToWrite = { name: "x", shape: [2], datatype: "INT16", data: [513, 514], isBinary: true };
    const json = encodeV2("inputs", [tensor]).subarray(0, -4);
    const raw = Buffer.of(1, 2, 2, 2);
    const reason = (...pieces: readonly (string | Buffer)[]): string =>
      reasonOf(v2Reader.readRequest(v2Body(Buffer.concat(pieces.map((piece) => Buffer.from(piece))))));
    expect(reason(json, raw)).toBe("read");
    expect(reason(" \r\n\t", json, "\n \t\r\n", raw)).toBe("read");
    expect(reason(json, "x", raw)).toBe("bad_tensor");
    expect(reason(json, raw, "x")).toBe("bad_tensor");
    expect(reason(json, raw.subarray(1))).toBe("bad_tensor");
  });

  it("reads raw bytes that look like lists within lists", () => {
    const bytes = encodeV2("inputs", [
      { name: "a", shape: [100], datatype: "INT8", data: Array.from({ length: 100 }, () => 0x5b), isBinary: true },
      { name: "b", shape: [100], datatype: "INT8", data: Array.from({ length: 100 }, () => 0x7d), isBinary: true },
    ]);
    expect(readRows(bytes)).toMatchObject({ rows: Array.from({ length: 100 }, () => [0x5b, 0x7d]) });
  });

  it("reads raw bytes that look like JSON, brackets and closing braces", () => {
    const texts = ['}}{"', "]".repeat(50), "[".repeat(50), '\\"}', "}"];
    const tensor: TensorToWrite = { name: 'a"}\\', shape: [5], datatype: "BYTES", data: texts, isBinary: true };
    expect(readRows(encodeV2("inputs", [tensor], { parameters: { note: '}"{\\' } }, 3))).toEqual({
      names: ['a"}\\'],
      rows: texts.map((text) => [text]),
    });
  });
});
