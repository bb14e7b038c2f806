import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashIdentity, type IdentityHash } from "../../../src/accuracy/join/identity-index.ts";
import { PredictionStore } from "../../../src/accuracy/join/prediction-store.ts";
import type { Score, ScoredPrediction } from "../../../src/accuracy/scoring.ts";

const noScore: Score = { kind: "none" };
const row = (value: string | number | undefined, score: Score = noScore): ScoredPrediction => ({ value, score });

function storeOf(
  capacity: number,
  ttlMs = 1000,
): { readonly store: PredictionStore; readonly dropped: IdentityHash[] } {
  const dropped: IdentityHash[] = [];
  return { store: new PredictionStore({ capacity, ttlMs }, (id) => void dropped.push(id)), dropped };
}

describe("predictions that wait", () => {
  it("are found with all that was said, row by row", () => {
    const { store } = storeOf(10);
    const scores: readonly Score[] = [
      noScore,
      { kind: "confidence", probability: 0.25 },
      { kind: "positive", probability: 0.75, positive: "yes" },
    ];
    store.add({
      id: "a",
      series: 3,
      atMs: 5,
      rows: [row(1.5, scores[0]), row("yes", scores[1]), row(undefined, scores[2])],
    });
    const found = [0, 1, 2].map((index) => store.find("a", index));
    expect(found.map((one) => [one?.value, one?.score, one?.series, one?.atMs, one?.label])).toEqual([
      [1.5, scores[0], 3, 5, -1],
      ["yes", scores[1], 3, 5, -1],
      [undefined, scores[2], 3, 5, -1],
    ]);
    expect([store.find("a", 3), store.find("b", 0)]).toEqual([undefined, undefined]);
  });

  it("are the first of their identity; later ones are counted", () => {
    const { store } = storeOf(10);
    expect(store.add({ id: "a", series: 0, atMs: 0, rows: [row("first")] })).toBe(true);
    expect(store.add({ id: "a", series: 0, atMs: 1, rows: [row("second"), row("third")] })).toBe(false);
    expect([store.find("a", 0)?.value, store.repeated, store.size]).toEqual(["first", 2, 1]);
  });

  it("give way oldest first, whole requests at a time", () => {
    const { store, dropped } = storeOf(4);
    store.add({ id: "a", series: 0, atMs: 0, rows: [row(1), row(2)] });
    store.add({ id: "b", series: 0, atMs: 0, rows: [row(3)] });
    store.keepLabel(store.find("a", 1)?.slot ?? -1, 7);
    store.add({ id: "c", series: 0, atMs: 0, rows: [row(4), row(5)] });
    expect([dropped, store.evicted, store.size, store.awaiting]).toEqual([[hashIdentity("a")], 1, 3, 3]);
    expect([store.find("b", 0)?.value, store.find("c", 0)?.value, store.find("c", 1)?.value]).toEqual([3, 4, 5]);
    expect(store.add({ id: "d", series: 0, atMs: 0, rows: Array.from({ length: 5 }, () => row(0)) })).toBe(false);
    expect([store.evicted, store.size]).toEqual([6, 3]);
  });

  it("expire, and count only when they had no label", () => {
    const { store, dropped } = storeOf(10, 100);
    for (const [index, id] of ["a", "b", "c"].entries()) store.add({ id, series: 0, atMs: index * 50, rows: [row(1)] });
    store.keepLabel(store.find("a", 0)?.slot ?? -1, 0);
    store.expire(99);
    expect(dropped).toEqual([]);
    store.expire(150);
    expect([dropped, store.expired, store.awaiting]).toEqual([["a", "b"].map(hashIdentity), 1, 1]);
  });

  it("expire some thousand at a time, so that a clock that jumps holds nobody up", () => {
    const { store } = storeOf(10_000, 1000);
    for (let n = 0; n < 5000; n++) store.add({ id: `${n}`, series: 0, atMs: 0, rows: [row("yes"), row("no")] });
    const sizes = Array.from({ length: 6 }, () => {
      store.expire(5000);
      return store.size;
    });
    expect(sizes).toEqual([8000, 6000, 4000, 2000, 0, 0]);
    expect([store.expired, store.awaiting]).toEqual([10_000, 0]);
  });

  it("are as a plain list of them says, whatever is added, labelled and expired", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), id: fc.nat(8), rows: fc.integer({ min: 0, max: 6 }) }),
      fc.record({ kind: fc.constant("label" as const), id: fc.nat(8), row: fc.nat(5) }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(60) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { store } = storeOf(5, 100);
        const list = new PlainList(5, 100);
        let nowMs = 0;
        for (const one of steps) {
          if (one.kind === "wait") nowMs += one.ms;
          store.expire(nowMs);
          list.expire(nowMs);
          const id = one.kind === "wait" ? "" : `${one.id}`;
          if (one.kind === "add") {
            const rows = Array.from({ length: one.rows }, (_, index) => row(`${id}/${nowMs}/${index}`));
            expect(store.add({ id, series: 0, atMs: nowMs, rows })).toBe(list.add(id, nowMs, one.rows));
          } else if (one.kind === "label") {
            const found = store.find(id, one.row);
            expect(found === undefined ? undefined : found.label !== -1).toBe(list.label(id, one.row));
            if (found !== undefined) store.keepLabel(found.slot, 9);
          }
          expect([store.size, store.awaiting]).toEqual([list.size, list.awaiting]);
          for (const value of list.values()) {
            const [held = "", , index] = value.split("/");
            expect(store.find(held, Number(index))?.value).toBe(value);
          }
        }
      }),
    );
  });
});

/** What a store does, in the plainest way. */
class PlainList {
  readonly #capacity: number;
  readonly #ttlMs: number;
  #blocks: { readonly id: string; readonly atMs: number; readonly rows: boolean[] }[] = [];

  constructor(capacity: number, ttlMs: number) {
    this.#capacity = capacity;
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#blocks.flatMap(({ rows }) => rows).length;
  }

  get awaiting(): number {
    return this.#blocks.flatMap(({ rows }) => rows).filter((isLabelled) => !isLabelled).length;
  }

  values(): readonly string[] {
    return this.#blocks.flatMap(({ id, atMs, rows }) => rows.map((_, index) => `${id}/${atMs}/${index}`));
  }

  add(id: string, atMs: number, rows: number): boolean {
    if (rows === 0 || rows > this.#capacity || this.#blocks.some((block) => block.id === id)) return false;
    while (this.size + rows > this.#capacity) this.#blocks.shift();
    this.#blocks.push({ id, atMs, rows: Array.from({ length: rows }, () => false) });
    return true;
  }

  /** Whether the row had a label; undefined when there is no such row. */
  label(id: string, row: number): boolean | undefined {
    const rows = this.#blocks.find((block) => block.id === id)?.rows;
    const had = rows?.[row];
    if (rows !== undefined && had !== undefined) rows[row] = true;
    return had;
  }

  expire(nowMs: number): void {
    this.#blocks = this.#blocks.filter(({ atMs }) => nowMs - atMs < this.#ttlMs);
  }
}
