import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { threadMs } from "../thread-ms.ts";
import type { RedactionAction } from "../../../src/redaction/redaction-rule.ts";
import { aRedactor, harmlessJson, rules, testHash, writeJson, writingChoices } from "../a-redactor.ts";

const actions = ["drop", "mask", "hash"] as const;

/** The body after rules alone. */
function after(action: RedactionAction, rule: string, body: unknown): unknown {
  const redactor = aRedactor({ patterns: [], [action]: rules(rule) });
  return JSON.parse(redactor.json(typeof body === "string" ? body : JSON.stringify(body)) ?? "");
}

describe("a feature in a body", () => {
  const h = (value: unknown): string => `hash:${testHash(String(value))}`;

  it.each<[string, unknown, Readonly<Record<RedactionAction, unknown>>]>([
    [
      "rows that are dictionaries",
      { dataframe_records: [{ ssn: 1, age: 2 }, { age: 3 }] },
      {
        drop: { dataframe_records: [{ age: 2 }, { age: 3 }] },
        mask: { dataframe_records: [{ ssn: "***", age: 2 }, { age: 3 }] },
        hash: { dataframe_records: [{ ssn: h(1), age: 2 }, { age: 3 }] },
      },
    ],
    [
      "columns",
      { inputs: { ssn: [1, [2, "x"]], age: [3, 4] } },
      {
        drop: { inputs: { age: [3, 4] } },
        mask: { inputs: { ssn: ["***", ["***", "***"]], age: [3, 4] } },
        hash: { inputs: { ssn: [h(1), [h(2), h("x")]], age: [3, 4] } },
      },
    ],
    [
      "rows beside the names of columns",
      { dataframe_split: { index: [0, 1], columns: ["age", "ssn"], data: [[1, 2], [3, null], [4]] } },
      {
        drop: { dataframe_split: { index: [0, 1], columns: ["age", "ssn"], data: [[1, null], [3, null], [4]] } },
        mask: { dataframe_split: { index: [0, 1], columns: ["age", "ssn"], data: [[1, "***"], [3, "***"], [4]] } },
        hash: { dataframe_split: { index: [0, 1], columns: ["age", "ssn"], data: [[1, h(2)], [3, h(null)], [4]] } },
      },
    ],
    [
      "a single column whose rows are not lists",
      { columns: ["ssn"], data: ["x", "y"] },
      {
        drop: { columns: ["ssn"], data: [null, null] },
        mask: { columns: ["ssn"], data: ["***", "***"] },
        hash: { columns: ["ssn"], data: [h("x"), h("y")] },
      },
    ],
    [
      "columns with names of several levels",
      { columns: [["ssn", "first"], ["age"]], data: [[1, 2]] },
      {
        drop: { columns: [["ssn", "first"], ["age"]], data: [[null, 2]] },
        mask: { columns: [["ssn", "first"], ["age"]], data: [["***", 2]] },
        hash: { columns: [["ssn", "first"], ["age"]], data: [[h(1), 2]] },
      },
    ],
    [
      "tensors",
      {
        inputs: [
          { name: "ssn", shape: [2], data: [1, 2], parameters: { a: 1 } },
          { name: "age", data: [3] },
        ],
      },
      {
        drop: {
          inputs: [
            { name: "ssn", shape: [2] },
            { name: "age", data: [3] },
          ],
        },
        mask: {
          inputs: [
            { name: "ssn", shape: [2], data: ["***", "***"], parameters: "***" },
            { name: "age", data: [3] },
          ],
        },
        hash: {
          inputs: [
            { name: "ssn", shape: [2], data: [h(1), h(2)], parameters: h('{"a":1}') },
            { name: "age", data: [3] },
          ],
        },
      },
    ],
    [
      "a tensor as gRPC writes it",
      { name: "ssn", contents: { bytes_contents: ["eA=="] } },
      {
        drop: { name: "ssn" },
        mask: { name: "ssn", contents: "***" },
        hash: { name: "ssn", contents: h('{"bytes_contents":["eA=="]}') },
      },
    ],
    [
      "JSON in a text",
      { arguments: '{"ssn": {"a": 1}, "age": 1.0}' },
      {
        drop: { arguments: '{"age":1.0}' },
        mask: { arguments: '{"ssn":"***","age":1.0}' },
        hash: { arguments: `{"ssn":"${h('{"a":1}')}","age":1.0}` },
      },
    ],
  ])("is found in %s", (_, body, expected) => {
    for (const action of actions) expect(after(action, "feature:ssn", body)).toEqual(expected[action]);
  });

  it("is found by its path through nested values", () => {
    const body = { instances: [{ a: { b: 1, c: [2, 3] }, b: 4 }] };
    expect(after("mask", "feature:a.b", body)).toEqual({ instances: [{ a: { b: "***", c: [2, 3] }, b: 4 }] });
    expect(after("mask", "feature:a.c[1]", body)).toEqual({ instances: [{ a: { b: 1, c: [2, "***"] }, b: 4 }] });
    expect(after("mask", "feature:c[0]", body)).toEqual({ instances: [{ a: { b: 1, c: ["***", 3] }, b: 4 }] });
    expect(after("mask", "feature:a", body)).toEqual({ instances: [{ a: "***", b: 4 }] });
    expect(after("mask", "feature:a.street", { "a.street": 1, "a.streets": 2 })).toEqual({
      "a.street": "***",
      "a.streets": 2,
    });
    expect(after("mask", "feature:x[3]", { name: "x", data: [1, 2] })).toEqual({ name: "x", data: ["***", "***"] });
  });

  it("is found under repeated and escaped keys, and with any name", () => {
    const redactor = aRedactor({ mask: rules("feature:__proto__", "feature:ssn") });
    expect(redactor.json('{"__proto__":1,"constructor":2}')).toBe('{"__proto__":"***","constructor":2}');
    expect(redactor.json('{"s\\u0073n":1,"ssn":2}')).toBe('{"s\\u0073n":"***","ssn":"***"}');
  });
});

describe("a pointer", () => {
  it.each<[string, unknown, unknown, unknown]>([
    ["/a/0", { a: [1, 2] }, { a: [null, 2] }, { a: ["***", 2] }],
    ["/a/*", { a: [1, [2]] }, { a: [null, null] }, { a: ["***", "***"] }],
    ["/*/b", [{ b: 1 }, { c: 2 }, 3], [{}, { c: 2 }, 3], [{ b: "***" }, { c: 2 }, 3]],
    [
      "/a/*/b",
      { a: { x: { b: 1 }, y: { b: [2] } } },
      { a: { x: {}, y: {} } },
      { a: { x: { b: "***" }, y: { b: "***" } } },
    ],
    ["/a", [1], [1], [1]],
    ["/00", [1], [1], [1]],
    ["/a~1b", { "a/b": 1 }, {}, { "a/b": "***" }],
    ["/a", { a: '{"a":1}', b: '{"a":1}' }, { b: '{"a":1}' }, { a: "***", b: '{"a":1}' }],
  ])("%j in %j drops and masks all that it names", (pointer, body, dropped, masked) => {
    expect(after("drop", `pointer:${pointer}`, body)).toEqual(dropped);
    expect(after("mask", `pointer:${pointer}`, body)).toEqual(masked);
  });

  it("finds all members with its key", () => {
    expect(aRedactor({ drop: rules("pointer:/a") }).json('{"a":1,"b":2,"a":3}')).toBe('{"b":2}');
  });

  it("yields to a stricter rule, and keeps rules inside it", () => {
    const redactor = aRedactor({ drop: rules("pointer:/a/1"), mask: rules("feature:a"), hash: rules("pointer:/a/0") });
    expect(redactor.json('{"a":[1,2,3]}')).toBe('{"a":["***",null,"***"]}');
  });
});

describe("patterns in a body", () => {
  it("find keys, and number those that become equal", () => {
    expect(aRedactor().json('{"a@b.cc":1,"d@e.ff":2,"***":3,"a@b.cc":4}')).toBe(
      '{"***#2":1,"***#3":2,"***":3,"***#4":4}',
    );
    expect(aRedactor({ patternAction: "drop" }).json('{"a@b.cc":1,"d@e.ff":2}')).toBe('{"":1,"#2":2}');
  });

  it("find numbers in any notation, and drop them as null", () => {
    const numbers = "[4111111111111111,-4111111111111111,4111111111111111.0,4.111111111111111e15,6304000000000000000]";
    expect(aRedactor().json(numbers)).toBe('["***","***","***","***","***"]');
    expect(aRedactor({ patternAction: "drop" }).json(numbers)).toBe("[null,null,null,null,null]");
  });
});

describe("what is not redacted", () => {
  it("keeps its notation exactly", () => {
    const redactor = aRedactor({ drop: rules("feature:SSN", "pointer:/A"), patternAction: "hash" });
    fc.assert(
      fc.property(harmlessJson, writingChoices, (value, choices) => {
        const text = writeJson(value, choices);
        expect(redactor.json(text)).toBe(text);
      }),
    );
  });

  it.each([
    ['{"2":1,"1":2,"2":3}'],
    ["[1.0,1e5,-0,0.10,12345678901234567890,NaN,-Infinity,Infinity]"],
    ['"\\ud800"'],
    [" {} "],
    ["1"],
  ])("stays although JSON.parse would lose a part of it: %s", (text) => {
    expect(aRedactor().json(text)).toBe(text);
  });

  it("stays beside what is", () => {
    const text = '{"b": {"x" : 1.0}, "ssn":1, "a":[ 1e5 ]}';
    expect(aRedactor({ mask: rules("feature:ssn") }).json(text)).toBe('{"b":{"x" : 1.0},"ssn":"***","a":[ 1e5 ]}');
  });
});

describe("a body", () => {
  it.each([
    [""],
    ["{"],
    ["[1,]"],
    ['{"a"}'],
    ["01"],
    ["'a'"],
    ["1 2"],
    ['"\n"'],
    ['"a'],
    ['"\\x"'],
    ["nul"],
    ["{1:2}"],
  ])("that is not JSON is not redacted: %j", (text) => {
    expect(aRedactor().json(text)).toBeUndefined();
  });

  it("is parsed as by JSON.parse", () => {
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "a", "\\", "0", "1", "-", ".", "e", " ") }),
    );
    fc.assert(
      fc.property(text, (source) => {
        let isJson = true;
        try {
          JSON.parse(source);
        } catch {
          isJson = false;
        }
        expect(aRedactor({ patterns: [] }).json(source)).toBe(isJson ? source : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it("may nest 512 deep, JSON in its strings included, and no deeper", () => {
    const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    const redactor = aRedactor({ hash: rules("feature:a", "feature:a.b", "pointer:/a/*") });
    expect(redactor.json(nested(512))).toBe(nested(512));
    expect(redactor.json(nested(513))).toBeUndefined();
    expect(redactor.json(nested(1e6))).toBeUndefined();
    expect(redactor.json(`{"x":`.repeat(1e6))).toBeUndefined();
    let text = "joe@example.com";
    for (let level = 0; level < 12; level++) text = `[`.repeat(60) + JSON.stringify(text) + `]`.repeat(60);
    expect(redactor.text(text)).not.toContain("joe@example.com");
    const within = (text: string): string => `${"[".repeat(400)}${JSON.stringify(text)}${"]".repeat(400)}`;
    const shallow = `${"[".repeat(100)}"joe\\u0040example.com"${"]".repeat(100)}`;
    expect(redactor.json(within(shallow))).toBe(within(`${"[".repeat(100)}"***"${"]".repeat(100)}`));
    expect(redactor.json(within(`${"[".repeat(20)}${shallow}${"]".repeat(20)}`))).toBe(within("***"));
  });

  it("is the same after redacting it twice", () => {
    const key = fc.constantFrom("a", "b", "c", "name", "data", "columns", "joe@example.com", "4111 1111 1111 1111");
    const leaf = fc.oneof(
      key,
      fc.constantFrom(1, 4111111111111111, null, "Bearer x", "joe%40example.com", '{"a":"x@y.zz"}'),
    );
    const body = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 5 }),
      ),
    })).value;
    const action = fc.constantFrom(...actions);
    fc.assert(
      fc.property(body, action, action, action, (value, forName, forPlace, patternAction) => {
        const redactor = aRedactor({ patternAction, [forPlace]: rules("pointer:/*/b") });
        const both = aRedactor({ patternAction, [forName]: rules("feature:a", "feature:c") });
        for (const each of [redactor, both]) {
          const once = each.json(JSON.stringify(value));
          expect(each.json(once ?? "")).toBe(once);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("members with equal keys", () => {
  it("count all of them, the strongest rule for each value", () => {
    const redactor = aRedactor({ patterns: [], drop: rules("feature:b"), mask: rules("feature:a") });
    const columns = '{"columns":["a","c"],"columns":["b"],"data":[[1,2]],"data":[3]}';
    expect(redactor.json(columns)).toBe('{"columns":["a","c"],"columns":["b"],"data":[[null,2]],"data":[null]}');
    expect(redactor.json('{"name":"a","name":"c","data":[1],"data":[2]}')).toBe(
      '{"name":"a","name":"c","data":["***"],"data":["***"]}',
    );
  });

  it("take linear time", () => {
    const redactor = aRedactor({ patterns: [], mask: rules("feature:a") });
    const redactMs = (count: number, ...members: readonly string[]): number => {
      const source = `{${members.map((one) => one.repeat(count)).join("")}"z":1}`;
      return threadMs(() => redactor.json(source));
    };
    for (const members of [
      ['"name":"a",', '"data":[1],'],
      ['"columns":["a"],', '"data":[[1]],'],
    ]) {
      redactMs(1000, ...members);
      // Eight times the members: quadratic work takes 64 times as long.
      expect(redactMs(8000, ...members)).toBeLessThan(Math.max(redactMs(1000, ...members), 5) * 40);
    }
  });
});
