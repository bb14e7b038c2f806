import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamTable, type StreamPlan } from "../../src/prediction-log/stream-fields.ts";
import { aRecord } from "../support/a-record.ts";

const plan: StreamPlan = {
  labels: ["variant", "model"],
  staticLabels: [
    { name: "service_name", value: "outrider" },
    { name: "query", value: "a=b" },
  ],
  metadata: ["request_id", "status"],
  maxStreams: 3,
};

const hasOverflowed = (stream: string): boolean => stream.includes("__other__");

describe("the streams of the log", () => {
  it("have labels in sorted order whatever the configured order is", () => {
    expect(new StreamTable(plan).textsOf(aRecord(), 0)).toEqual({
      stream: '{"model":"iris","query":"a=b","service_name":"outrider","variant":"stable"}',
      metadata: '{"request_id":"3f1c9a52","status":"200"}',
    });
  });

  it("leave out empty values", () => {
    const table = new StreamTable({ ...plan, metadata: ["error_code", "digest"] });
    expect(table.textsOf(aRecord({ variant: "" }), 0)).toEqual({
      stream: '{"model":"iris","query":"a=b","service_name":"outrider"}',
      metadata: "",
    });
  });

  it("are bounded in number: further ones share an overflow stream, and are counted", () => {
    const table = new StreamTable(plan);
    const texts = Array.from({ length: 10 }, (_, i) => table.textsOf(aRecord({ model: `m${i}` }), 0).stream);
    expect([new Set(texts).size, table.overflowTotal]).toEqual([4, 7]);
    expect(JSON.parse(texts[9] ?? "")).toMatchObject({ model: "__other__", variant: "__other__" });
    expect(table.textsOf(aRecord({ model: "m0" }), 0).stream).toBe(texts[0]);
  });

  it("that had no records for an hour make room for others", () => {
    const table = new StreamTable(plan);
    const hourMs = 3_600_000;
    const streamOf = (model: string, nowMs: number): string => table.textsOf(aRecord({ model }), nowMs).stream;
    for (const model of ["a", "b", "c"]) streamOf(model, 0);
    streamOf("a", hourMs / 2);
    expect(streamOf("d", hourMs - 1)).toContain("__other__");
    expect(streamOf("d", hourMs + 60_000)).toContain('"d"');
    expect(streamOf("a", hourMs + 60_000)).toContain('"a"');
    expect(table.overflowTotal).toBe(1);
    expect([streamOf("e", hourMs + 60_000), streamOf("f", hourMs + 60_000)].map(hasOverflowed)).toEqual([false, true]);
  });

  it("differ exactly when their labels differ", () => {
    const text = fc.constantFrom("a", "b", "a\u0001b", '"', "__other__", "ü");
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (pairs) => {
        const table = new StreamTable({ ...plan, maxStreams: 100 });
        const streams = new Map<string, string>();
        for (const [model, variant] of pairs) {
          const { stream } = table.textsOf(aRecord({ model, variant }), 0);
          expect(JSON.parse(stream)).toMatchObject({ model, variant });
          expect(streams.get(JSON.stringify([model, variant])) ?? stream).toBe(stream);
          streams.set(JSON.stringify([model, variant]), stream);
        }
        expect(new Set(streams.values()).size).toBe(streams.size);
      }),
    );
  });
});
