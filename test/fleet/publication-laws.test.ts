import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "./support/memory-store.ts";
import type { Publication, StateStore } from "../../src/fleet/store.ts";
import { manualClock } from "../support/manual-time.ts";
import { aWindow, valueOf } from "./support/store-trial.ts";

/**
 * A network and a process that do what can go wrong: a write may arrive and its answer be lost, arrive later, arrive
 * again, or never; a process may die and a new one take its place with a new id and counts from zero.
 */
type Step =
  | { readonly kind: "count"; readonly replica: number; readonly cell: number; readonly by: number }
  | { readonly kind: "publish"; readonly replica: number; readonly fate: "arrives" | "is lost" | "is late" }
  | { readonly kind: "redeliver"; readonly pick: number }
  | { readonly kind: "restart"; readonly replica: number }
  | { readonly kind: "wipe" };

const replicaCount = 3;
const cellCount = 4;
const replica = fc.nat(replicaCount - 1);
const count = fc.record({
  kind: fc.constant("count" as const),
  replica,
  cell: fc.nat(cellCount - 1),
  by: fc.integer({ min: 1, max: 1000 }),
});
const publish = fc.record({
  kind: fc.constant("publish" as const),
  replica,
  fate: fc.constantFrom("arrives" as const, "is lost" as const, "is late" as const),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: count },
  { weight: 5, arbitrary: publish },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("redeliver" as const), pick: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const), replica }) },
  { weight: 1, arbitrary: fc.constant({ kind: "wipe" as const }) },
);

/** A replica as the model sees it. */
class Process {
  readonly id: string;
  readonly counts = new Float64Array(cellCount);
  sequence = 0;
  constructor(id: string) {
    this.id = id;
  }
  publication(): Publication {
    const counts = new Float64Array(this.counts);
    const contributions = [{ key: "k", ...aWindow, counts }];
    return { replicaId: this.id, sequence: ++this.sequence, writtenAtMs: 1, contributions };
  }
}

/** Runs the steps; gives the store, the living, and for each id the newest counts that ever arrived. */
async function run(steps: readonly Step[]) {
  const clock = manualClock();
  let store: StateStore = createMemoryStore(clock);
  let starts = 0;
  const living = Array.from({ length: replicaCount }, () => new Process(`p${starts++}`));
  const sent: Publication[] = [];
  let arrived = new Map<string, Publication>();
  const deliver = async (publication: Publication): Promise<void> => {
    valueOf(await store.publish(publication));
    const before = arrived.get(publication.replicaId);
    if (before === undefined || before.sequence < publication.sequence) arrived.set(publication.replicaId, publication);
  };
  for (const step of steps) {
    if (step.kind === "count") living[step.replica]!.counts[step.cell]! += step.by;
    if (step.kind === "publish") {
      const publication = living[step.replica]!.publication();
      if (step.fate !== "is lost") sent.push(publication);
      if (step.fate === "arrives") await deliver(publication);
    }
    // Any write that was ever sent may arrive again, or at last: a retry, a buffer that is worked off.
    if (step.kind === "redeliver" && sent.length > 0) await deliver(sent[step.pick % sent.length]!);
    if (step.kind === "restart") living[step.replica] = new Process(`p${starts++}`);
    if (step.kind === "wipe") {
      store = createMemoryStore(clock);
      arrived = new Map();
    }
  }
  return { store: () => store, living, arrived, deliver };
}

const sumOf = (counts: Iterable<Float64Array>): readonly number[] => {
  const sum = Array.from({ length: cellCount }, () => 0);
  for (const one of counts) for (const [cell, value] of one.entries()) sum[cell]! += value;
  return sum;
};

const countsIn = (publication: Publication): Float64Array => [...publication.contributions][0]?.counts as Float64Array;

const stored = async (store: StateStore): Promise<readonly number[]> => {
  const { counts } = valueOf(await store.read("k", aWindow));
  return counts instanceof Float64Array ? [...counts] : sumOf([]);
};

describe("counts of replicas", () => {
  it("are the sum of the newest that arrived from each, for any loss, delay, repetition or restart", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { store, arrived } = await run(steps);
        expect(await stored(store())).toEqual(sumOf([...arrived.values()].map(countsIn)));
      }),
      { numRuns: 200 },
    );
  });

  it("are complete for all live replicas as soon as each has published once more", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { store, living, arrived, deliver } = await run(steps);
        for (const process of living) await deliver(process.publication());
        const ids = new Set(living.map(({ id }) => id));
        const gone = [...arrived.values()].filter(({ replicaId }) => !ids.has(replicaId));
        const expected = sumOf([...living.map(({ counts }) => counts), ...gone.map(countsIn)]);
        expect(await stored(store())).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("do not depend on the order in which replicas write", async () => {
    const fractions = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fractions, async (values) => {
        const forwards = createMemoryStore(manualClock());
        const backwards = createMemoryStore(manualClock());
        const writes = values.map((value, index): Publication => {
          const contributions = [{ key: "k", ...aWindow, counts: new Float64Array([value]) }];
          return { replicaId: `r${index}`, sequence: 1, writtenAtMs: 1, contributions };
        });
        for (const write of writes) await forwards.publish(write);
        for (const write of writes.toReversed()) await backwards.publish(write);
        expect(await stored(forwards)).toEqual(await stored(backwards));
      }),
    );
  });
});
