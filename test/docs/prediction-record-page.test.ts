import { describe, expect, it } from "vitest";
import { exampleRecord, predictionRecordPage } from "../../scripts/docs/prediction-record-page.ts";
import { RecordBuilder } from "../../src/prediction-log/record/record-builder.ts";
import { lineOf } from "../../src/prediction-log/record/record-line.ts";
import { recordFields, type RecordField, type RecordFieldType } from "../../src/prediction-log/record-fields.ts";
import { aRedactor } from "../redaction/a-redactor.ts";
import { aDraft, aRecord } from "../support/a-record.ts";
import { parsePage } from "./markdown.ts";

const fields = new Map(Object.entries<RecordField>(recordFields));

const isValue = (value: unknown): boolean => value === null || ["string", "number", "boolean"].includes(typeof value);
const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem);
const isObjectOf = (value: unknown, isMember: (member: unknown) => boolean): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isMember);
const isString = (value: unknown): boolean => typeof value === "string";

const typeChecks: Readonly<Record<RecordFieldType, (value: unknown) => boolean>> = {
  string: isString,
  integer: Number.isInteger,
  number: Number.isFinite,
  true: (value) => value === true,
  "list of strings": (value) => isListOf(value, isString),
  "list of numbers": (value) => isListOf(value, Number.isFinite),
  "list of values": (value) => isListOf(value, isValue),
  "list of objects of values": (value) => isListOf(value, (item) => isObjectOf(item, isValue)),
  "object of strings": (value) => isObjectOf(value, isString),
};

/** Leaves of a record by path, as the table has them. */
function leavesOf(value: object, before = ""): readonly (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const path = `${before}${name}`;
    const isLeaf = fields.has(path) || typeof member !== "object" || member === null;
    return isLeaf ? [[path, member] as const] : leavesOf(member, `${path}.`);
  });
}

/** What is wrong with a record as the table has it. */
function faultsOf(record: object): readonly string[] {
  const leaves = new Map(leavesOf(record));
  const missing = [...fields].filter(([path, { present }]) => present === "always" && !leaves.has(path));
  const wrong = [...leaves].filter(([path, value]) => {
    const field = fields.get(path);
    if (field === undefined || !typeChecks[field.type](value)) return true;
    const { values } = field;
    return values !== undefined && ![value].flat().every((item) => values.includes(item as string));
  });
  return [...missing.map(([path]) => `${path} is missing`), ...wrong.map(([path]) => `${path} is wrong`)];
}

describe("the table of a record's fields", () => {
  it("describes the example of the page, read back from its JSON", () => {
    const { blocks } = parsePage("page.md", predictionRecordPage.render());
    const [block] = blocks.filter(({ language }) => language === "json");
    const shown = JSON.parse(block?.lines.join("\n") ?? "") as object;
    expect(shown).toEqual(exampleRecord);
    expect(faultsOf(shown)).toEqual([]);
  });

  it("describes records with all that is not in the example", () => {
    const others = aRecord({
      route: "stream",
      tokens: { prompt: 3, completion: 5, finish_reasons: ["stop"] },
      unread: { request: "not_json", response: "not_captured" },
      request_body: { content_type: "", base64: "AAE=", truncated: true },
      response_body: { content_type: "", text: "", truncated: true },
    });
    expect(faultsOf(others)).toEqual([]);
    const omitted = aRecord({
      request_body: { content_type: "", omitted: "empty" },
      response_body: { content_type: "", base64: "" },
    });
    expect(faultsOf(omitted)).toEqual([]);
    const shown = new Set([exampleRecord, others, omitted].flatMap((record) => leavesOf(record).map(([path]) => path)));
    expect([...fields.keys()].filter((path) => !shown.has(path))).toEqual([]);
  });

  it("describes a line from which all was cut that can be", () => {
    const { line, cut } = lineOf(exampleRecord, 1);
    expect(cut.length).toBe(6);
    expect(faultsOf(JSON.parse(line) as object)).toEqual([]);
  });

  it("describes what is made of an exchange whose bodies were not read", () => {
    const redactor = aRedactor({ patterns: [] });
    const builder = new RecordBuilder({
      redactor,
      instance: "pod-1",
      digest: "",
      maxRows: 3,
      bodyBytes: 10,
      driftOf: () => ({ state: "not_ready", features: [] }),
      formatTime: (ms) => new Date(ms).toISOString(),
    });
    const draft = aDraft({
      labelId: "7",
      headers: { "x-tenant": "garden" },
      outcome: "timeout",
      errorCode: "body_timeout",
    });
    expect(faultsOf(builder.recordOf(draft, undefined, 1))).toEqual([]);
  });

  it("notices a field that is missing, of another type, of an unknown word, or not in the table", () => {
    const { path: _, ...rest } = exampleRecord;
    expect(faultsOf(rest)).toEqual(["path is missing"]);
    expect(faultsOf({ ...exampleRecord, status: "200" })).toEqual(["status is wrong"]);
    expect(faultsOf({ ...exampleRecord, outcome: "fine" })).toEqual(["outcome is wrong"]);
    expect(faultsOf({ ...exampleRecord, sampling: { ...exampleRecord.sampling, byteFactor: 1 } })).toEqual([
      "sampling.byteFactor is wrong",
    ]);
  });

  it("says of every field in one sentence or more what it is", () => {
    for (const [path, { meaning }] of fields) expect(meaning, path).toMatch(/\.$/);
  });
});
