import { describe, expect, it } from "vitest";
import { type Contribution, stateLimits } from "../../../src/fleet/store.ts";
import { aWindow, cells, plain, type StoreTrial, valueOf } from "./store-trial.ts";

/** The contract of any store for counts. */
export function describeCountsContract(trial: () => StoreTrial): void {
  describe("counts", () => {
    it("are empty at first", async () => {
      expect(await trial().read("k")).toEqual({ counts: undefined, parts: [], unreadable: 0, namesDropped: 0 });
      expect(valueOf(await trial().store.keys(aWindow))).toEqual([]);
    });

    it("are summed over replicas, with the parts of the sum", async () => {
      await trial().publish("b", 7, cells("k", 1, 0, 0, 2.5));
      await trial().publish("a", 3, cells("k", 10, 0, 1, 0.25));
      expect(plain((await trial().read("k")).counts)).toEqual([11, 0, 1, 2.75]);
      expect((await trial().read("k")).parts).toEqual([
        { replicaId: "a", sequence: 3, writtenAtMs: 1003 },
        { replicaId: "b", sequence: 7, writtenAtMs: 1007 },
      ]);
    });

    it("are summed by name", async () => {
      const named = (counts: Readonly<Record<string, number>>): Contribution => ({
        key: "n",
        ...aWindow,
        counts: new Map(Object.entries(counts)),
      });
      await trial().publish("a", 1, named({ cat: 2, "naïve ☃": 1, "": 4 }));
      await trial().publish("b", 1, named({ cat: 3, dog: 0.5 }));
      expect(await trial().countsOf("n")).toEqual({ cat: 5, "naïve ☃": 1, "": 4, dog: 0.5 });
    });

    it("replace the replica's earlier ones, and are never added to them", async () => {
      await trial().publish("a", 1, cells("k", 5));
      await trial().publish("a", 2, cells("k", 8));
      expect(await trial().countsOf("k")).toEqual([8]);
    });

    it("count once, however often the write is repeated", async () => {
      expect((await trial().publish("a", 1, cells("k", 5))).stored).toBe(1);
      expect((await trial().publish("a", 1, cells("k", 5))).stored).toBe(1);
      expect(await trial().countsOf("k")).toEqual([5]);
    });

    it("are never replaced by an older write", async () => {
      await trial().publish("a", 5, cells("k", 50));
      expect(await trial().publish("a", 4, cells("k", 40))).toEqual({
        stored: 0,
        older: 1,
        late: 0,
        full: 0,
        refused: 0,
      });
      expect(await trial().countsOf("k")).toEqual([50]);
    });

    it("compare sequences as numbers, not as texts", async () => {
      await trial().publish("a", 9, cells("k", 9));
      await trial().publish("a", 10, cells("k", 10));
      await trial().publish("a", 2 ** 53 - 2, cells("k", 11));
      await trial().publish("a", 2 ** 53 - 1, cells("k", 12));
      expect(await trial().countsOf("k")).toEqual([12]);
    });

    it("stay apart by key and window, whatever the keys contain", async () => {
      const keys = ["k", "k:1", "drift/sha256:ab/m/1/v {x}", "schlüssel/☃", "a b\r\n*1"];
      await trial().publish("a", 1, ...keys.map((key, index) => cells(key, index + 1)), {
        ...cells("k", 99),
        windowIndex: 1001,
      });
      for (const [index, key] of keys.entries()) expect(await trial().countsOf(key)).toEqual([index + 1]);
      expect(valueOf(await trial().store.keys(aWindow))).toEqual(keys.toSorted());
      expect(valueOf(await trial().store.keys({ ...aWindow, windowIndex: 1001 }))).toEqual(["k"]);
      expect(valueOf(await trial().store.keys({ ...aWindow, windowMs: 1 }))).toEqual([]);
    });

    it("may have more keys than one batch", async () => {
      const many = Array.from({ length: 150 }, (_, index) => cells(`k${index}`, index));
      expect((await trial().publish("a", 1, ...many)).stored).toBe(150);
      expect(await trial().countsOf("k149")).toEqual([149]);
      expect(valueOf(await trial().store.keys(aWindow))).toHaveLength(150);
    });

    it.each([
      ["an empty key", cells("", 1)],
      ["a key that is too long", cells("k".repeat(stateLimits.keyChars + 1), 1)],
      ["NaN", cells("k", Number.NaN)],
      ["infinity", cells("k", Number.POSITIVE_INFINITY)],
      ["a window of no length", { ...cells("k", 1), windowMs: 0 }],
      ["a window before the epoch", { ...cells("k", 1), windowIndex: -1 }],
      ["half a window", { ...cells("k", 1), windowIndex: 0.5 }],
      ["too many bytes", { ...cells("k"), counts: new Float64Array(200_000).fill(0.1) }],
      ["a name that is not Unicode", { ...cells("k"), counts: new Map([["\ud800", 1]]) }],
    ])("are refused for %s, and the others are kept", async (_name, contribution) => {
      const tally = await trial().publish("a", 1, contribution, cells("fine", 1));
      expect(tally).toEqual({ stored: 1, older: 0, late: 0, full: 0, refused: 1 });
      expect(await trial().countsOf("fine")).toEqual([1]);
    });

    it("of another shape are left out and reported as unreadable", async () => {
      await trial().publish("a", 1, cells("k", 1, 2));
      await trial().publish("b", 1, cells("k", 1, 2, 3));
      await trial().publish("c", 1, { ...cells("k"), counts: new Map([["x", 1]]) });
      const { counts, unreadable, parts } = await trial().read("k");
      expect(plain(counts)).toEqual([1, 2]);
      expect(parts.map(({ replicaId }) => replicaId)).toEqual(["a"]);
      expect(unreadable).toBe(2);
    });

    it("have a bound on keys per window", async () => {
      const many = (count: number): Contribution[] =>
        Array.from({ length: count }, (_, index) => cells(`k${index}`, 1));
      const { keysPerWindow } = stateLimits;
      expect(await trial().publish("a", 1, ...many(keysPerWindow + 3))).toMatchObject({
        stored: keysPerWindow,
        full: 3,
      });
      expect(await trial().publish("a", 2, ...many(keysPerWindow))).toMatchObject({ stored: keysPerWindow, full: 0 });
    });

    it("are those of the time of publication, not what the arrays became", async () => {
      const contribution = cells("k", 1);
      await trial().publish("a", 1, contribution);
      (contribution.counts as Float64Array)[0] = 99;
      expect(await trial().countsOf("k")).toEqual([1]);
    });
  });

  describe("frozen windows", () => {
    it("do not change any more, and late writers get a tally", async () => {
      await trial().publish("a", 1, cells("k", 1));
      expect(valueOf(await trial().store.freeze(await trial().lead("a"), aWindow))).toBe(true);
      expect(await trial().publish("a", 2, cells("k", 2))).toMatchObject({ stored: 0, late: 1 });
      expect(await trial().publish("b", 1, cells("k", 5))).toMatchObject({ stored: 0, late: 1 });
      expect(await trial().countsOf("k")).toEqual([1]);
    });

    it("do not tally counts as late that are already stored", async () => {
      await trial().publish("a", 1, cells("k", 1));
      valueOf(await trial().store.freeze(await trial().lead("a"), aWindow));
      expect(await trial().publish("a", 2, cells("k", 1))).toMatchObject({ stored: 1, late: 0 });
    });

    it("freeze earlier ones, but neither later ones nor those of another length", async () => {
      valueOf(await trial().store.freeze(await trial().lead("a"), aWindow));
      const { windowMs, windowIndex } = aWindow;
      const at = (window: Partial<Contribution>): Contribution => ({ ...cells("k", 1), ...window });
      expect(await trial().publish("a", 1, at({ windowIndex: windowIndex - 1 }))).toMatchObject({ late: 1 });
      expect(await trial().publish("a", 1, at({ windowIndex: windowIndex + 1 }))).toMatchObject({ stored: 1 });
      expect(await trial().publish("a", 1, at({ windowMs: windowMs * 2 }))).toMatchObject({ stored: 1 });
    });

    it("stay frozen when an earlier one is frozen after them", async () => {
      const leader = await trial().lead("a");
      valueOf(await trial().store.freeze(leader, aWindow));
      valueOf(await trial().store.freeze(leader, { ...aWindow, windowIndex: 1 }));
      expect(await trial().publish("a", 1, cells("k", 1))).toMatchObject({ late: 1 });
    });

    it("can only be frozen by the leader", async () => {
      const leader = await trial().lead("a");
      expect(valueOf(await trial().store.freeze({ ...leader, token: leader.token - 1 }, aWindow))).toBe(false);
      expect(valueOf(await trial().store.freeze({ ...leader, replicaId: "b" }, aWindow))).toBe(false);
      expect(await trial().publish("a", 1, cells("k", 1))).toMatchObject({ stored: 1 });
    });

    it("must have ended: a leader whose clock is ahead freezes nothing", async () => {
      const leader = await trial().lead("a");
      const future = { windowMs: 60_000, windowIndex: Math.floor(Date.now() / 60_000) + 10 };
      expect(await trial().store.freeze(leader, future)).toEqual({ kind: "failed", reason: "clock" });
      expect(await trial().publish("a", 1, { ...cells("k", 1), ...future })).toMatchObject({ stored: 1 });
    });
  });
}
