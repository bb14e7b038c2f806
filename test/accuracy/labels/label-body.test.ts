import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelBody, maxItemBytes, type BodyItem } from "../../../src/accuracy/labels/label-body.ts";
import type { LabelInput } from "../../../src/accuracy/labels/label-input.ts";

const encoder = new TextEncoder();
const read = (text: string, contentType = "application/json"): readonly BodyItem[] => [
  ...labelBody(encoder.encode(text), contentType),
];
const labelsIn = (items: readonly BodyItem[]): readonly LabelInput[] =>
  items.flatMap((item) => (item.kind === "labels" ? item.labels : []));
const wrongIn = (items: readonly BodyItem[]): readonly string[] =>
  items.flatMap((item) => (item.kind === "wrong" ? [`${item.at}: ${item.reason}`] : []));

const label = (id: string, value: LabelInput["label"], row = 0): LabelInput => ({ id, row, label: value });
const ndjson = "application/x-ndjson";

describe("a body with labels", () => {
  it.each<[string, string, readonly LabelInput[]]>([
    ["one", '{"id":"a","label":"yes"}', [label("a", "yes")]],
    ["one over several lines", '\n {\n "id": "a",\n "label": 1\n}\n', [label("a", 1)]],
    ["one with other keys", '{"labels":"x","id":"a","label":true,"note":{"labels":[1]}}', [label("a", "true")]],
    ["a list", '[{"id":"a","label":1}, {"id":"b","label":"1.50"}]', [label("a", 1), label("b", 1.5)]],
    ["a list under a key", '{"labels":[{"id":"a","label":1}]}', [label("a", 1)]],
    ["a list under a later key", '{"n":[{}],"x":"}","labels" : [{"id":"a","label":1}],"m":1}', [label("a", 1)]],
    ["one a line", '{"id":"a","label":1}\r\n\n{"id":"b","label":2}', [label("a", 1), label("b", 2)]],
    ["a byte order mark", '\ufeff{"id":"a","label":1}', [label("a", 1)]],
    ["a number as identity", '{"id":17,"label":1}', [label("17", 1)]],
    ["a row", '{"id":"a","label":1,"row":3}', [label("a", 1, 3)]],
    ["a label for each row", '{"id":"a","label":["x",null,2]}', [label("a", "x"), label("a", 2, 2)]],
    ["labels from a row on", '{"id":"a","label":["x","y"],"row":5}', [label("a", "x", 5), label("a", "y", 6)]],
    ["a time", '{"id":"a","label":1,"time":5}', [{ ...label("a", 1), timeMs: 5 }]],
    ["no labels", "[]", []],
    ["escapes", '{"id":"\\u0061\\"}{","label":"]\\\\"}', [label('a"}{', "]\\")]],
  ])("is read with %s", (_, text, labels) => {
    expect(read(text)).toEqual(labels.length === 0 ? [] : expect.anything());
    expect(labelsIn(read(text))).toEqual(labels);
    expect(wrongIn(read(text))).toEqual([]);
  });

  it.each<[string, string]>([
    ["", "body: empty"],
    [" \n ", "body: empty"],
    ["null", "body: expected an object"],
    ['{"id":"a"}', "body: label: expected a number, string, true or false"],
    ['{"id":"a","label":null}', "body: label: expected a number, string, true or false"],
    ['{"id":"a","label":{}}', "body: label: expected a number, string, true or false"],
    ['{"id":"a","label":1e999}', "body: label: expected a number, string, true or false"],
    ['{"id":"a","label":[null]}', "body: label: the list has no label"],
    ['{"id":"a","label":[1,[2]]}', "body: label: expected a number, string, true or false"],
    ['{"id":"a","label":NaN}', "body: not JSON"],
    ['{"label":1}', "body: id: expected the identity of a request, as a string"],
    ['{"id":"","label":1}', "body: id: expected the identity of a request, as a string"],
    ['{"id":9007199254740993,"label":1}', "body: id: this number cannot be represented exactly, send it as a string"],
    [`{"id":"${"x".repeat(257)}","label":1}`, "body: id: longer than 256 characters"],
    [`{"id":"a","label":"${"x".repeat(257)}"}`, "body: label: longer than 256 characters"],
    ['{"id":"a","label":1,"row":-1}', "body: row: expected a whole number from 0 to 999999"],
    ['{"id":"a","label":1,"row":"0"}', "body: row: expected a whole number from 0 to 999999"],
    ['{"id":"a","label":1,"time":"now"}', "body: time: expected milliseconds since 1970, as a number"],
    ['{"__proto__":{"id":"a","label":1}}', "body: id: expected the identity of a request, as a string"],
    ['{"id":"a","label":1}}', "body: not JSON"],
    ['[{"a":[}],{"id":"b","label":1}]', "item 0: not JSON"],
    ["[1", "item 0: expected an object|item 1: the body ends before the list does"],
    ['[{"id":"a","label":1} {"id":"b","label":1}]', "item 0: a comma or the end of the list is expected after it"],
  ])("says what is wrong with %s", (text, problem) => {
    expect(wrongIn(read(text)).join("|")).toBe(problem);
  });

  it("loses no good label to the bad ones beside it, and says where those are", () => {
    const list = read('[{"id":"a","label":1},5,{"id":"b"},{"id":"c","label":nope},{"id":"d","label":2}]');
    expect(labelsIn(list)).toEqual([label("a", 1), label("d", 2)]);
    expect(wrongIn(list).map((text) => text.slice(0, 7))).toEqual(["item 1:", "item 2:", "item 3:"]);
    const lines = read('\n{"id":"a","label":1}\n\n{"id":"b"\n{"id":"c","label":2}\n[]\n');
    expect(labelsIn(lines)).toEqual([label("a", 1), label("c", 2)]);
    expect(wrongIn(lines)).toEqual(["line 4: not JSON", "line 6: expected an object"]);
    const bytes = Buffer.concat([
      Buffer.from('[{"id":"a","label":1},{"id":"'),
      Buffer.of(0xff),
      Buffer.from('","label":1}]'),
    ]);
    expect(wrongIn([...labelBody(bytes, "")])).toEqual(["item 1: not JSON"]);
  });

  it("is one line for each label when its type says so", () => {
    expect(labelsIn(read('{"id":"a","label":1}', ndjson))).toEqual([label("a", 1)]);
    expect(wrongIn(read('[{"id":"a","label":1}]', ndjson))).toEqual(["line 1: expected an object"]);
    expect(labelsIn(read('oops\n{"id":"a","label":1}'))).toEqual([label("a", 1)]);
  });

  it("is read as JSON.parse reads it, in each of its forms", () => {
    const anyLabel = fc.record({
      id: fc.string({ minLength: 1, maxLength: 20 }),
      label: fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.boolean()),
      row: fc.nat(100),
      extra: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(anyLabel, { minLength: 1, maxLength: 8 }), fc.constantFrom(0, 1, 2), (items, indent) => {
        const expected = items.map(({ id, row }) => [id, row]);
        const forms = [
          JSON.stringify(items, undefined, indent),
          JSON.stringify({ note: items, labels: items }, undefined, indent),
          items.map((item) => JSON.stringify(item)).join("\n"),
        ];
        for (const form of forms) expect(labelsIn(read(form)).map(({ id, row }) => [id, row])).toEqual(expected);
      }),
    );
  });

  it("never throws and always ends, whatever the bytes", () => {
    const noisy = fc.array(fc.constantFrom(...'{}[]":,\\ \n1', "labels", '"labels"', '"id"'), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          noisy.map((parts) => encoder.encode(parts.join(""))),
        ),
        fc.constantFrom("", ndjson),
        (bytes, contentType) => {
          expect([...labelBody(bytes, contentType)].length).toBeLessThanOrEqual(bytes.length + 2);
        },
      ),
    );
  });

  it.each<[string, string]>([
    ["of brackets", "[".repeat(1_000_000)],
    ["of braces", '{"a":'.repeat(300_000)],
    ["of one long text", `["${"x".repeat(1_000_000)}`],
    ["of keys", `{${'"a":1,'.repeat(200_000)}"b":1}`],
    ["of an item too long", `[{"id":"a","label":1,"x":"${"x".repeat(maxItemBytes)}"},{"id":"b","label":1}]`],
  ])("%s is given up quickly", (_, text) => {
    const items = read(text);
    expect(items).toHaveLength(1);
    expect(wrongIn(items)[0]).toMatch(/longer than 65536 bytes|the body ends/);
  });

  it("of blank lines or of line ends is read in one pass", () => {
    expect(read("\n".repeat(2_000_000))).toHaveLength(1);
    expect(wrongIn(read(`${" \n".repeat(500_000)}x\ny\n`))).toEqual(["line 500001: not JSON", "line 500002: not JSON"]);
  });
});
