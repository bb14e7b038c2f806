import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelInput } from "../../../src/accuracy/labels/label-input.ts";
import {
  LabelJoin,
  labelResults,
  type JoinedLabel,
  type LabelJoinOptions,
} from "../../../src/accuracy/join/label-join.ts";
import type { PredictionBlock } from "../../../src/accuracy/join/prediction-store.ts";
import { aLabel } from "../a-label-monitor.ts";

function joinOf(over: Partial<LabelJoinOptions> = {}): { readonly join: LabelJoin; readonly joined: JoinedLabel[] } {
  const joined: JoinedLabel[] = [];
  const join = new LabelJoin({
    predictions: { capacity: 100, ttlMs: 1000 },
    early: { capacity: 10, ttlMs: 60 },
    onJoined: (one) => void joined.push(one),
    onUnmatched: () => false,
    ...over,
  });
  return { join, joined };
}

const block = (id: string, values: readonly (string | number | undefined)[] = ["a"], atMs = 0): PredictionBlock => ({
  id,
  series: 0,
  atMs,
  rows: values.map((value) => ({ value, score: { kind: "none" } })),
});

const counted = (join: LabelJoin): Record<string, number> =>
  Object.fromEntries(labelResults.filter((name) => join.results[name] > 0).map((name) => [name, join.results[name]]));

describe("a label", () => {
  it("is joined once; sent again it changes nothing", () => {
    const { join, joined } = joinOf();
    join.predicted(block("r", ["a", 2]));
    expect(join.label(aLabel("r", "b"), 10)).toBe("joined");
    for (let i = 0; i < 5; i++) expect(join.label(aLabel("r", "b"), 20)).toBe("duplicate");
    expect(join.label(aLabel("r", 2, 1), 30)).toBe("joined");
    expect(joined.map(({ prediction, label, knownAtMs }) => [prediction.value, label, knownAtMs])).toEqual([
      ["a", "b", 10],
      [2, 2, 30],
    ]);
    expect(counted(join)).toEqual({ joined: 2, duplicate: 5 });
  });

  it("that says something else than the first is a conflict, and the first stays", () => {
    const { join, joined } = joinOf();
    join.predicted(block("r"));
    join.label(aLabel("r", "a"), 0);
    expect(join.label(aLabel("r", "b"), 0)).toBe("conflict");
    expect(join.label(aLabel("r", "a"), 0)).toBe("duplicate");
    expect(joined).toHaveLength(1);
  });

  it("is late when its prediction was there and is forgotten, by time or for want of room", () => {
    const { join } = joinOf({ predictions: { capacity: 2, ttlMs: 1000 } });
    join.predicted(block("old"));
    join.predicted(block("b", ["a"], 500));
    join.predicted(block("c", ["a"], 500));
    expect(join.label(aLabel("old", "a"), 500)).toBe("late");
    expect(join.label(aLabel("b", "a"), 1500)).toBe("late");
    join.expire(1500);
    expect(join.label(aLabel("c", "a"), 1500)).toBe("late");
    expect(join.store.size).toBe(0);
  });

  it("is unknown when its prediction has no such row or says nothing", () => {
    const { join } = joinOf();
    join.predicted(block("r", [undefined]));
    expect(join.label(aLabel("r", "a"), 0)).toBe("unknown");
    expect(join.label(aLabel("r", "a", 1), 0)).toBe("unknown");
    expect(join.waitingLabels).toBe(0);
  });

  it("may come before its prediction, and waits a little", () => {
    const { join, joined } = joinOf();
    expect(join.label(aLabel("r", "b"), 0)).toBe("early");
    expect(join.label(aLabel("r", "b"), 1)).toBe("duplicate");
    expect(join.label(aLabel("r", "c"), 1)).toBe("conflict");
    expect(join.label(aLabel("r", "d", 5), 1)).toBe("early");
    join.predicted(block("r", ["a"], 2));
    expect(joined.map(({ label, knownAtMs }) => [label, knownAtMs])).toEqual([["b", 0]]);
    expect(join.label(aLabel("r", "b"), 3)).toBe("duplicate");
    expect(counted(join)).toEqual({ early: 2, duplicate: 2, conflict: 1, joined: 1, unknown: 1 });
  });

  it("is unknown when it has waited in vain, or when too many wait", () => {
    const { join } = joinOf();
    for (let i = 0; i < 13; i++) join.label(aLabel(`r${i}`, "a"), i);
    expect([join.waitingLabels, join.results.unknown]).toEqual([10, 3]);
    join.expire(63);
    expect([join.waitingLabels, join.results.unknown]).toEqual([9, 4]);
    join.predicted(block("r3"));
    expect(join.results.joined).toBe(0);
    join.predicted(block("r4"));
    expect(join.results.joined).toBe(1);
  });

  it("that others are told of does not count as unknown here, wherever it is joined", () => {
    const told: LabelInput[] = [];
    const { join } = joinOf({ onUnmatched: (input) => told.push(input) > 0 });
    expect(join.label(aLabel("r", "a"), 0)).toBe("forwarded");
    expect(join.label(aLabel("here", "a"), 0)).toBe("forwarded");
    join.predicted(block("here"));
    join.expire(1000);
    expect([told.map(({ id }) => id), counted(join)]).toEqual([["r", "here"], { forwarded: 2, joined: 1 }]);
    const other = joinOf({ onUnmatched: (input) => told.push(input) > 0 }).join;
    expect(other.label(aLabel("x", "a"), 0, true)).toBe("early");
    other.predicted(block("r"));
    expect(other.label(aLabel("r", "a"), 0, true)).toBe("joined");
    other.expire(1000);
    expect([told.length, counted(other)]).toEqual([2, { joined: 1 }]);
  });

  it("gives the same counts in any order with the predictions, however often it is sent", () => {
    const anyId = fc.nat(5).map((n) => `r${n}`);
    // One truth for each row: which of two contradicting labels comes first is for their order to say.
    const anyEvent = fc.oneof(
      anyId.map((id) => ({ kind: "prediction" as const, id })),
      fc
        .tuple(anyId, fc.nat(2))
        .map(([id, row]) => ({ kind: "label" as const, input: aLabel(id, `truth ${id} ${row}`, row) })),
    );
    fc.assert(
      fc.property(
        fc
          .array(anyEvent, { maxLength: 40 })
          .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))),
        ([events, shuffled]) => {
          const outcome = (order: typeof events): unknown => {
            const { join, joined } = joinOf({ early: { capacity: 100, ttlMs: 60 } });
            for (const event of order) {
              if (event.kind === "prediction") join.predicted(block(event.id, ["a", "b"]));
              else join.label(event.input, 0);
            }
            join.expire(60);
            const rows = joined.map(({ prediction, label }) => `${String(prediction.value)} ${label}`).sort();
            return { rows, joined: join.results.joined, conflict: join.results.conflict };
          };
          expect(outcome(shuffled)).toEqual(outcome(events));
        },
      ),
    );
  });

  it("never makes more wait than may", () => {
    const { join } = joinOf({ predictions: { capacity: 7, ttlMs: 1000 } });
    for (let i = 0; i < 500; i++) {
      join.predicted(block(`p${i}`, ["a", "b", "c"], i));
      join.label(aLabel(`q${i}`, "a"), i);
      expect(join.store.size).toBeLessThanOrEqual(7);
      expect(join.waitingLabels).toBeLessThanOrEqual(10);
    }
    join.expire(10_000);
    expect([join.store.size, join.store.awaiting, join.waitingLabels]).toEqual([0, 0, 0]);
    expect(join.store.expired + join.store.evicted).toBe(1500);
  });
});
