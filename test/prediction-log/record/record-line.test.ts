import { aRecord } from "../../support/a-record.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoggedBody, PredictionRecord } from "../../../src/prediction-log/prediction-record.ts";
import { lineOf } from "../../../src/prediction-log/record/record-line.ts";
import { anyText } from "../../support/any-text.ts";

const body = (text: string): LoggedBody => ({ content_type: "text/plain", text });

const full = (size: number): PredictionRecord =>
  aRecord({
    headers: { "x-tenant": "h".repeat(size) },
    features: [{ text: "f".repeat(size) }],
    prediction: ["p".repeat(size)],
    score: [0.5],
    request_body: body("q".repeat(size)),
    response_body: body("r".repeat(size)),
  });

describe("the line of a record", () => {
  it("is the whole record when it fits", () => {
    const { line, bytes, cut } = lineOf(aRecord(), 10_000);
    expect([JSON.parse(line), bytes, cut]).toEqual([aRecord(), Buffer.byteLength(line), []]);
  });

  it.each([
    [5500, ["response_body"]],
    [4500, ["response_body", "request_body"]],
    [3500, ["response_body", "request_body", "headers"]],
    [2500, ["response_body", "request_body", "headers", "features"]],
    [1500, ["response_body", "request_body", "headers", "features", "prediction"]],
  ])("of at most %i bytes is without %j", (maxBytes, cut) => {
    const { line, bytes } = lineOf(full(1000), maxBytes);
    const record = JSON.parse(line) as PredictionRecord;
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    expect(record.cut).toEqual(cut);
    for (const part of cut) expect(record).not.toHaveProperty(part);
    expect("score" in record).toBe(!cut.includes("prediction"));
  });

  it("keeps the earlier entries of `cut`", () => {
    const record = { ...full(1000), cut: ["rows"] as const };
    expect(lineOf(record, 5500).cut).toEqual(["rows", "response_body"]);
  });

  it("is never longer than the bound in bytes, and names exactly the missing parts", () => {
    const text = anyText({ maxLength: 400 });
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1000, max: 4000 }), (feature, header, content, maxBytes) => {
        const record = aRecord({
          features: [{ feature }],
          headers: { header },
          request_body: body(content),
          response_body: body(feature),
        });
        const { line, bytes, cut } = lineOf(record, maxBytes);
        expect(bytes).toBe(Buffer.byteLength(line));
        expect(bytes).toBeLessThanOrEqual(maxBytes);
        const kept = { ...record };
        for (const part of cut) delete (kept as Partial<Record<string, unknown>>)[part];
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(cut.length > 0 ? { ...kept, cut } : kept)));
      }),
    );
  });
});
