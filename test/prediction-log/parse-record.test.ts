import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseRecord, timeOfLine } from "../../src/prediction-log/parse-record.ts";
import { aRecord } from "../support/a-record.ts";

const read = (value: unknown): ReturnType<typeof parseRecord> => parseRecord(JSON.stringify(value));

describe("a line of the log", () => {
  it("reads back a written record with all its fields", () => {
    const record = aRecord({
      label_id: "order-1",
      drift: { state: "warn", features: ["age"] },
      score: [0.5],
      tokens: { prompt: 3, completion: 4, finish_reasons: ["stop"] },
      unread: { response: "not_json" },
      headers: { "x-tenant": "a" },
      request_body: { content_type: "application/json", text: "{}" },
      response_body: { content_type: "image/png", omitted: "not_redactable" },
      cut: ["rows"],
    });
    expect(read(record)).toEqual({ kind: "record", record, isNewer: false });
  });

  it("keeps fields and values that newer programs added", () => {
    const record = { ...aRecord(), outcome: "melted", added: { later: true } };
    expect(read(record)).toEqual({ kind: "record", record, isNewer: false });
  });

  it("keeps a feature named __proto__", () => {
    const line = JSON.stringify(aRecord()).replace('{"age":31}', '{"__proto__":1}');
    const reading = parseRecord(line);
    expect(reading.kind === "record" && Object.entries(reading.record.features?.[0] ?? {})).toEqual([["__proto__", 1]]);
  });

  it.each<[string, string, string]>([
    ["no JSON", '{"schema":1,"time":"2026', "it is not a JSON object"],
    ["a list", "[1]", "it is not a JSON object"],
    ["no schema", '{"a":1}', "`schema` is not a schema number"],
    [
      "a time in milliseconds",
      '{"schema":1,"time":"2026-11-25T12:00:00.123Z"}',
      "`time` is not a time with nine digits",
    ],
    ["a time without the rest", '{"schema":1,"time":"2026-11-25T12:00:00.123000001Z"}', "`request_id` is missing"],
  ])("is malformed as %s", (_, line, problem) => {
    const reading = parseRecord(line);
    expect(reading.kind === "malformed" && reading.problem).toContain(problem);
  });

  it.each<[string, object, string]>([
    ["status", { status: "200" }, "`status` is not a number"],
    ["sampling", { sampling: { reason: "sample", probability: 0 } }, "`sampling` is not a reason with a probability"],
    ["features", { features: [{ age: [1] }] }, "`features` is not a list of rows"],
    ["prediction", { prediction: 1 }, "`prediction` is not a list of values"],
    ["score", { score: [null] }, "`score` is not a list of numbers"],
    ["request_body", { request_body: { content_type: "", text: "a", base64: "b" } }, "`request_body` is not a body"],
  ])("is malformed when %s is something else", (_, over, problem) => {
    const reading = read({ ...aRecord(), ...over });
    expect(reading.kind === "malformed" && reading.problem).toContain(problem);
  });

  it("of a newer schema is read as far as it is known", () => {
    const { latency_ms: _, ...rest } = aRecord();
    const reading = read({ ...rest, schema: 2, status: "two hundred", prediction: { all: [1] }, new_field: 1 });
    expect(reading).toEqual({
      kind: "record",
      isNewer: true,
      record: expect.objectContaining({
        request_id: "3f1c9a52",
        status: 0,
        latency_ms: { total: 0, first_byte: 0, upstream: 0, queue: 0 },
        new_field: 1,
      }),
    });
    expect(reading.kind === "record" && reading.record.prediction).toBe(undefined);
  });

  it("is read without throwing, for any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"schema":1,"a":${json}}`),
        ),
        (line) => {
          expect(["record", "malformed"]).toContain(parseRecord(line).kind);
        },
      ),
    );
  });

  it("is read without throwing when any field has any value", () => {
    const names = Object.keys(aRecord());
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue(), fc.constantFrom(1, 2), (name, value, schema) => {
        const reading = read({ ...aRecord(), schema, [name]: value });
        if (reading.kind === "record") expect(reading.record.time).toMatch(/\.\d{9}Z$/);
      }),
    );
  });
});

describe("the time of a line", () => {
  it("is found without parsing the line", () => {
    expect(timeOfLine(JSON.stringify(aRecord()))).toBe("2026-11-25T12:00:00.123000001Z");
    expect(timeOfLine('{"schema":1,"time":"2026-11-25T12:00:00.123000001Z","torn')).toBe(
      "2026-11-25T12:00:00.123000001Z",
    );
    expect(timeOfLine('{"time":"2026-11-25T12:00:00.123000001Z"}')).toBe(undefined);
    expect(timeOfLine("")).toBe(undefined);
  });
});
