import { describe, expect, it } from "vitest";
import { oneInput, readRequest, reasonOf, rowsOf, v2Reader } from "./read-kserve-v2.ts";
import { encodeV2, v2Body } from "../../payload/tensor/tensor-encoder.ts";

const readRows = (bytes: Uint8Array | string): unknown => rowsOf(readRequest(bytes).features);

describe("bodies from the servers' documents", () => {
  it("reads the request of the specification", () => {
    const request = {
      id: "42",
      inputs: [
        { name: "input0", shape: [2, 2], datatype: "UINT32", data: [1, 2, 3, 4] },
        { name: "input1", shape: [3], datatype: "BOOL", data: [true] },
      ],
    };
    // Its second input holds fewer elements than its shape says.
    expect(reasonOf(v2Reader.readRequest(v2Body(JSON.stringify(request))))).toBe("bad_tensor");
    request.inputs[1] = { name: "input1", shape: [2], datatype: "BOOL", data: [true, false] };
    const reading = readRequest(JSON.stringify(request));
    expect(reading).toMatchObject({ model: "", version: "", ids: [], droppedColumns: 0 });
    expect(rowsOf(reading.features)).toEqual({
      names: ["input0[0]", "input0[1]", "input1"],
      rows: [
        [1, 2, true],
        [3, 4, false],
      ],
    });
  });

  it("reads a data frame of MLServer's pandas codec, a tensor a column", () => {
    const request = {
      parameters: { content_type: "pd" },
      inputs: [
        {
          name: "First Name",
          datatype: "BYTES",
          parameters: { content_type: "str" },
          shape: [2],
          data: ["Joanne", "Michael"],
        },
        { name: "Age", datatype: "INT32", shape: [2, 1], data: [34, 22] },
      ],
    };
    const reading = readRequest(JSON.stringify(request));
    expect(reading.features?.columns.isPositional).toBe(false);
    expect(rowsOf(reading.features)).toEqual({
      names: ["First Name", "Age"],
      rows: [
        ["Joanne", 34],
        ["Michael", 22],
      ],
    });
  });

  it("reads a batch of images of TorchServe's and KServe's examples as rows of numbers by position", () => {
    const data = [
      [
        [
          [0.1, 0.2],
          [0.3, 0.4],
        ],
      ],
    ];
    const reading = readRequest(
      JSON.stringify({ inputs: [{ name: "input-0", shape: [1, 1, 2, 2], datatype: "FP32", data }] }),
    );
    expect(reading.features?.columns.isPositional).toBe(true);
    expect(rowsOf(reading.features)).toEqual({
      names: ["input-0[0]", "input-0[1]", "input-0[2]", "input-0[3]"],
      rows: [[0.1, 0.2, 0.3, 0.4].map(Math.fround)],
    });
  });

  it("reads the request of Triton's binary extension, with a tensor in JSON between two raw ones", () => {
    const json = JSON.stringify({
      model_name: "mymodel",
      inputs: [
        { name: "input0", shape: [2, 2], datatype: "UINT32", parameters: { binary_data_size: 16 } },
        { name: "input2", shape: [2], datatype: "FP32", data: [0.5, 1.5] },
        { name: "input1", shape: [2], datatype: "BOOL", parameters: { binary_data_size: 2 } },
      ],
      outputs: [{ name: "output0", parameters: { binary_data: true } }],
    });
    const raw = Buffer.concat([Buffer.from(Uint32Array.of(1, 2, 3, 4).buffer), Buffer.of(1, 0)]);
    const reading = readRequest(Buffer.concat([Buffer.from(json), raw]));
    expect(reading.model).toBe("mymodel");
    expect(rowsOf(reading.features)).toEqual({
      names: ["input0[0]", "input0[1]", "input2", "input1"],
      rows: [
        [1, 2, 0.5, true],
        [3, 4, 1.5, false],
      ],
    });
  });

  it("reads a text that MLServer's clients write without a list", () => {
    const codec = { shape: [1], datatype: "BYTES", data: "hello", parameters: { content_type: "str" } };
    expect(readRows(oneInput(codec))).toEqual({ names: ["x"], rows: [["hello"]] });
  });

  it("finds no features in what is generated", () => {
    const body = v2Body('{"text_input":"hi","parameters":{"stream":false}}', "/v2/models/m/generate");
    expect(v2Reader.readRequest(body)).toEqual({
      kind: "read",
      value: { model: "", version: "", ids: [], droppedColumns: 0 },
    });
    const answer = v2Body('{"model_name":"m","model_version":"1","text_output":"ho"}', "/v2/models/m/generate?x");
    expect(v2Reader.readResponse(answer)).toEqual({ kind: "read", value: { model: "m", version: "1", ids: [] } });
    expect(reasonOf(v2Reader.readRequest({ ...body, target: "/v2/models/m/infer" }))).toBe("unknown_shape");
  });
});

describe("names", () => {
  it("makes model and version short, and takes no identity that no path names, and fit for labels", () => {
    const long = "x".repeat(1000);
    const names = { model_name: "a\nb", model_version: long, id: long };
    const output = { name: "y", shape: [1], datatype: "FP32", data: [1] };
    const result = v2Reader.readResponse(v2Body(JSON.stringify({ ...names, outputs: [output] })));
    expect(result).toMatchObject({ value: { model: "a_b", version: "x".repeat(256), ids: [] } });
    const numbers = { model_name: 5, model_version: 1, id: 7, outputs: [output] };
    expect(v2Reader.readResponse(v2Body(JSON.stringify(numbers)))).toMatchObject({
      value: { model: "", version: "", ids: [] },
    });
  });
});

describe("tables", () => {
  it("gives the same columns again for the same inputs", () => {
    const first = readRequest(oneInput({ shape: [1, 2] })).features?.columns;
    expect(readRequest(oneInput({ shape: [1, 2], data: [3, 4] })).features?.columns).toBe(first);
    const two = encodeV2("inputs", [
      { name: "a", shape: [1], datatype: "FP32", data: [1] },
      { name: "b", shape: [1, 3], datatype: "FP32", data: [1, 2, 3] },
    ]);
    expect(readRequest(two).features?.columns).toBe(readRequest(two).features?.columns);
  });

  it("keeps the inputs with as many rows as the first one and counts the columns of the others", () => {
    const bytes = encodeV2("inputs", [
      { name: "a", shape: [2], datatype: "FP32", data: [1, 2] },
      { name: "limit", shape: [1, 3], datatype: "INT32", data: [7, 8, 9] },
      { name: "b", shape: [2, 1], datatype: "BYTES", data: ["x", "y"] },
    ]);
    const { features, droppedColumns } = readRequest(bytes);
    expect(rowsOf(features)).toEqual({
      names: ["a", "b"],
      rows: [
        [1, "x"],
        [2, "y"],
      ],
    });
    expect(droppedColumns).toBe(3);
  });

  it.each([false, true])("keeps the first columns and counts the others (binary: %s)", (isBinary) => {
    const wide = Array.from({ length: 2 * 130 }, (_, index) => index);
    const { features, droppedColumns } = readRequest(
      encodeV2("inputs", [
        { name: "a", shape: [2], datatype: "INT32", data: [-1, -2], isBinary },
        { name: "x", shape: [2, 130], datatype: "INT32", data: wide, isBinary },
        { name: "z", shape: [2], datatype: "INT32", data: [5, 6], isBinary },
      ]),
    );
    expect(features?.columns.names).toHaveLength(100);
    expect(features?.columns.names[99]).toBe("x[98]");
    expect(features?.cells[99]).toBe(98);
    expect(features?.cells[101]).toBe(130);
    expect(droppedColumns).toBe(32);
  });

  it("keeps the first columns of an only input by position", () => {
    const data = Array.from({ length: 2 * 130 }, (_, index) => index);
    const { features, droppedColumns } = readRequest(
      encodeV2("inputs", [{ name: "x", shape: [2, 130], datatype: "FP32", data }]),
    );
    expect(features?.columns.isPositional).toBe(true);
    expect([features?.cells[99], features?.cells[100], features?.cells.length]).toEqual([99, 130, 200]);
    expect(droppedColumns).toBe(30);
  });

  it("leaves out what is base64, no text, or in shared memory", () => {
    const jpeg = Buffer.from([4, 0, 0, 0, 0xff, 0xd8, 0xff, 0xe0]);
    const json = JSON.stringify({
      inputs: [
        { name: "image", shape: [1], datatype: "BYTES", parameters: { binary_data_size: 8 } },
        { name: "b64", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" }, data: ["AAAA"] },
        { name: "far", shape: [9, 9], datatype: "FP32", parameters: { shared_memory_region: "r" } },
        { name: "age", shape: [1], datatype: "INT32", data: [30] },
      ],
    });
    const reading = readRequest(Buffer.concat([Buffer.from(json), jpeg]));
    expect(rowsOf(reading.features)).toEqual({ names: ["age"], rows: [[30]] });
    expect(reading.droppedColumns).toBe(0);
    expect(readRows(oneInput({ parameters: { content_type: "base64" } }))).toBeUndefined();
  });

  it("takes what JSON holds as the server would", () => {
    expect(readRows(oneInput({ datatype: "BOOL", data: [0, 1] }))).toMatchObject({ rows: [[false], [true]] });
    expect(readRows(oneInput({ datatype: "FP32", data: [null, 1] }))).toMatchObject({ rows: [[Number.NaN], [1]] });
    expect(readRows('{"inputs":[{"name":"x","shape":[3],"datatype":"FP64","data":[NaN,Infinity,-0]}]}')).toMatchObject({
      rows: [[Number.NaN], [Number.POSITIVE_INFINITY], [-0]],
    });
  });

  it("keeps every digit of 64-bit integers and no more than a float has", () => {
    const text = (datatype: string): string =>
      `{"inputs":[{"name":"x","shape":[2],"datatype":"${datatype}","data":[9007199254740993,1]},{"name":"y","shape":[2],"datatype":"FP64","data":[9223372036854775808,1e308]}]}`;
    expect(readRows(text("INT64"))).toMatchObject({
      rows: [
        [9_007_199_254_740_993n, 2 ** 63],
        [1, 1e308],
      ],
    });
    expect(readRows(text("FP32"))).toMatchObject({
      rows: [
        [9_007_199_254_740_992, 2 ** 63],
        [1, 1e308],
      ],
    });
  });

  it("counts positions in the only input alone", () => {
    const image = { name: "i", shape: [1], datatype: "BYTES", parameters: { content_type: "base64" }, data: ["AA=="] };
    const table = { name: "x", shape: [1, 2], datatype: "FP32", data: [1, 2] };
    const columns = readRequest(JSON.stringify({ inputs: [table, image] })).features?.columns;
    expect(columns).toEqual({ names: ["x[0]", "x[1]"], isPositional: false });
    expect(readRequest(JSON.stringify({ inputs: [{ ...table, name: "" }] })).features?.columns).toEqual({
      names: ["0", "1"],
      isPositional: true,
    });
  });

  it("gives a name like an inherited property no other meaning", () => {
    for (const name of ["__proto__", "constructor", "toString", ""]) {
      expect(readRows(oneInput({ name, data: [1, 2] }))).toEqual({ names: [name], rows: [[1], [2]] });
    }
    expect(reasonOf(v2Reader.readRequest(v2Body(oneInput({ datatype: "__proto__" }))))).toBe("bad_tensor");
    expect(reasonOf(v2Reader.readRequest(v2Body(oneInput({ datatype: "toString" }))))).toBe("bad_tensor");
    expect(reasonOf(v2Reader.readRequest(v2Body('{"__proto__":{"inputs":[]}}')))).toBe("unknown_shape");
  });
});
