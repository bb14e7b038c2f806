import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Contribution,
  type Counts,
  type Heartbeat,
  type LeaderToken,
  type MergedCounts,
  type Outcome,
  type StateStore,
  stateLimits,
} from "../../src/state/store.ts";
import { patienceMs } from "../support/until.ts";

/** What a store is tried with: handles that share one state which is empty at first. */
export interface StoreUnderTest {
  open(): Promise<StateStore>;
  dispose(): Promise<void>;
}

/** The value of an outcome that must have gone well. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "failed") throw new Error(`the store failed: ${outcome.reason}`);
  return outcome.value;
}

/** A window long past, so that it may be frozen. */
export const aWindow = { windowMs: 60_000, windowIndex: 1000 } as const;

/** A contribution of cells to {@link aWindow}. */
export const cells = (key: string, ...counts: readonly number[]): Contribution => ({
  key,
  ...aWindow,
  counts: new Float64Array(counts),
});

const plain = (counts: Counts | undefined): unknown =>
  counts instanceof Float64Array ? [...counts] : counts && Object.fromEntries(counts);

/** Everything that holds for any store: the port's own words as tests. */
export function describeStoreContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`the contract of a store, ${name}`, () => {
    let tried: StoreUnderTest;
    let store: StateStore;
    beforeEach(async () => {
      tried = await prepare();
      store = await tried.open();
    });
    afterEach(() => tried.dispose());

    const publish = async (replicaId: string, sequence: number, ...contributions: readonly Contribution[]) =>
      valueOf(await store.publish({ replicaId, sequence, writtenAtMs: 1000 + sequence, contributions }));
    const read = async (key: string): Promise<MergedCounts> => valueOf(await store.read(key, aWindow));
    const countsOf = async (key: string): Promise<unknown> => plain((await read(key)).counts);
    const lead = async (replicaId: string, ttlMs = 60_000): Promise<LeaderToken> => {
      const lease = valueOf(await store.acquire(replicaId, ttlMs));
      expect(lease.isLeader).toBe(true);
      return { replicaId, token: lease.token };
    };
    const untilLeader = async (replicaId: string): Promise<LeaderToken> => {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const lease = valueOf(await store.acquire(replicaId, 60_000));
        if (lease.isLeader) return { replicaId, token: lease.token };
        if (performance.now() > deadline) throw new Error("the lease never ran out");
      }
    };

    describe("counts", () => {
      it("knows nothing at first", async () => {
        expect(await read("k")).toEqual({ counts: undefined, parts: [], unreadable: 0, namesDropped: 0 });
        expect(valueOf(await store.keys(aWindow))).toEqual([]);
      });

      it("adds up what replicas have counted, and says who is in the sum and since when", async () => {
        await publish("b", 7, cells("k", 1, 0, 0, 2.5));
        await publish("a", 3, cells("k", 10, 0, 1, 0.25));
        expect(plain((await read("k")).counts)).toEqual([11, 0, 1, 2.75]);
        expect((await read("k")).parts).toEqual([
          { replicaId: "a", sequence: 3, writtenAtMs: 1003 },
          { replicaId: "b", sequence: 7, writtenAtMs: 1007 },
        ]);
      });

      it("adds up counts by name", async () => {
        const named = (counts: Readonly<Record<string, number>>): Contribution => ({
          key: "n",
          ...aWindow,
          counts: new Map(Object.entries(counts)),
        });
        await publish("a", 1, named({ cat: 2, "naïve ☃": 1, "": 4 }));
        await publish("b", 1, named({ cat: 3, dog: 0.5 }));
        expect(await countsOf("n")).toEqual({ cat: 5, "naïve ☃": 1, "": 4, dog: 0.5 });
      });

      it("replaces a replica's counts, never adds to them", async () => {
        await publish("a", 1, cells("k", 5));
        await publish("a", 2, cells("k", 8));
        expect(await countsOf("k")).toEqual([8]);
      });

      it("counts a write once, however often it is tried", async () => {
        expect((await publish("a", 1, cells("k", 5))).stored).toBe(1);
        expect((await publish("a", 1, cells("k", 5))).stored).toBe(1);
        expect(await countsOf("k")).toEqual([5]);
      });

      it("lets no older write replace a newer one", async () => {
        await publish("a", 5, cells("k", 50));
        expect(await publish("a", 4, cells("k", 40))).toEqual({ stored: 0, older: 1, late: 0, full: 0, refused: 0 });
        expect(await countsOf("k")).toEqual([50]);
      });

      it("compares sequences as numbers, not as texts", async () => {
        await publish("a", 9, cells("k", 9));
        await publish("a", 10, cells("k", 10));
        await publish("a", 2 ** 53 - 2, cells("k", 11));
        await publish("a", 2 ** 53 - 1, cells("k", 12));
        expect(await countsOf("k")).toEqual([12]);
      });

      it("keeps keys and windows apart, whatever is in their names", async () => {
        const keys = ["k", "k:1", "drift/sha256:ab/m/1/v {x}", "schlüssel/☃", "a b\r\n*1"];
        await publish("a", 1, ...keys.map((key, index) => cells(key, index + 1)), {
          ...cells("k", 99),
          windowIndex: 1001,
        });
        for (const [index, key] of keys.entries()) expect(await countsOf(key)).toEqual([index + 1]);
        expect(valueOf(await store.keys(aWindow))).toEqual(keys.toSorted());
        expect(valueOf(await store.keys({ ...aWindow, windowIndex: 1001 }))).toEqual(["k"]);
        expect(valueOf(await store.keys({ ...aWindow, windowMs: 1 }))).toEqual([]);
      });

      it("takes more keys than it sends at once", async () => {
        const many = Array.from({ length: 150 }, (_, index) => cells(`k${index}`, index));
        expect((await publish("a", 1, ...many)).stored).toBe(150);
        expect(await countsOf("k149")).toEqual([149]);
        expect(valueOf(await store.keys(aWindow))).toHaveLength(150);
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
        ["a name that is no text", { ...cells("k"), counts: new Map([["\ud800", 1]]) }],
      ])("refuses %s and keeps the rest", async (_name, contribution) => {
        const tally = await publish("a", 1, contribution, cells("fine", 1));
        expect(tally).toEqual({ stored: 1, older: 0, late: 0, full: 0, refused: 1 });
        expect(await countsOf("fine")).toEqual([1]);
      });

      it("leaves out a replica whose counts have another shape, and says so", async () => {
        await publish("a", 1, cells("k", 1, 2));
        await publish("b", 1, cells("k", 1, 2, 3));
        await publish("c", 1, { ...cells("k"), counts: new Map([["x", 1]]) });
        const { counts, unreadable, parts } = await read("k");
        expect(plain(counts)).toEqual([1, 2]);
        expect(parts.map(({ replicaId }) => replicaId)).toEqual(["a"]);
        expect(unreadable).toBe(2);
      });

      it("has a bound on keys of a window", async () => {
        const many = (count: number): Contribution[] =>
          Array.from({ length: count }, (_, index) => cells(`k${index}`, 1));
        const { keysPerWindow } = stateLimits;
        expect(await publish("a", 1, ...many(keysPerWindow + 3))).toMatchObject({ stored: keysPerWindow, full: 3 });
        expect(await publish("a", 2, ...many(keysPerWindow))).toMatchObject({ stored: keysPerWindow, full: 0 });
      });

      it("gives what was true when it was published, not what the arrays became", async () => {
        const contribution = cells("k", 1);
        await publish("a", 1, contribution);
        (contribution.counts as Float64Array)[0] = 99;
        expect(await countsOf("k")).toEqual([1]);
      });
    });

    describe("frozen windows", () => {
      it("change no more, and tell whoever is late", async () => {
        await publish("a", 1, cells("k", 1));
        expect(valueOf(await store.freeze(await lead("a"), aWindow))).toBe(true);
        expect(await publish("a", 2, cells("k", 2))).toMatchObject({ stored: 0, late: 1 });
        expect(await publish("b", 1, cells("k", 5))).toMatchObject({ stored: 0, late: 1 });
        expect(await countsOf("k")).toEqual([1]);
      });

      it("do not count as late what is there already", async () => {
        await publish("a", 1, cells("k", 1));
        valueOf(await store.freeze(await lead("a"), aWindow));
        expect(await publish("a", 2, cells("k", 1))).toMatchObject({ stored: 1, late: 0 });
      });

      it("freeze those before them, not those after them nor those of another length", async () => {
        valueOf(await store.freeze(await lead("a"), aWindow));
        const { windowMs, windowIndex } = aWindow;
        const at = (window: Partial<Contribution>): Contribution => ({ ...cells("k", 1), ...window });
        expect(await publish("a", 1, at({ windowIndex: windowIndex - 1 }))).toMatchObject({ late: 1 });
        expect(await publish("a", 1, at({ windowIndex: windowIndex + 1 }))).toMatchObject({ stored: 1 });
        expect(await publish("a", 1, at({ windowMs: windowMs * 2 }))).toMatchObject({ stored: 1 });
      });

      it("stay frozen when an earlier one is frozen after them", async () => {
        const leader = await lead("a");
        valueOf(await store.freeze(leader, aWindow));
        valueOf(await store.freeze(leader, { ...aWindow, windowIndex: 1 }));
        expect(await publish("a", 1, cells("k", 1))).toMatchObject({ late: 1 });
      });

      it("are the leader's to freeze", async () => {
        const leader = await lead("a");
        expect(valueOf(await store.freeze({ ...leader, token: leader.token - 1 }, aWindow))).toBe(false);
        expect(valueOf(await store.freeze({ ...leader, replicaId: "b" }, aWindow))).toBe(false);
        expect(await publish("a", 1, cells("k", 1))).toMatchObject({ stored: 1 });
      });

      it("have ended: a leader from the future freezes nothing", async () => {
        const leader = await lead("a");
        const future = { windowMs: 60_000, windowIndex: Math.floor(Date.now() / 60_000) + 10 };
        expect(await store.freeze(leader, future)).toEqual({ kind: "failed", reason: "clock" });
        expect(await publish("a", 1, { ...cells("k", 1), ...future })).toMatchObject({ stored: 1 });
      });
    });

    describe("replicas", () => {
      const beat = (replicaId: string, sequence: number, change: Partial<Heartbeat> = {}): Heartbeat => ({
        replicaId,
        startedAtMs: 5,
        address: `pod-${replicaId}`,
        flushMs: 1000,
        sequence,
        seenAtMs: 10_000 + sequence,
        ...change,
      });
      const seen = async (heartbeat: Heartbeat): Promise<readonly string[]> =>
        valueOf(await store.heartbeat(heartbeat))
          .map(({ replicaId, hasLeft }) => `${replicaId}${hasLeft ? " left" : ""}`)
          .toSorted();

      it("are known to each other after a sign of life", async () => {
        await store.heartbeat(beat("a", 1));
        const known = valueOf(await store.heartbeat(beat("b", 4)));
        expect(known).toContainEqual({ ...beat("a", 1), hasLeft: false });
        expect(known).toContainEqual({ ...beat("b", 4), hasLeft: false });
      });

      it("are known by their newest sign of life", async () => {
        await store.heartbeat(beat("a", 2));
        const known = valueOf(await store.heartbeat(beat("a", 1, { seenAtMs: 1 })));
        expect(known).toEqual([{ ...beat("a", 2), hasLeft: false }]);
      });

      it("have left after a goodbye, and a heartbeat on its way does not bring them back", async () => {
        await store.heartbeat(beat("a", 1));
        valueOf(await store.goodbye(beat("a", 1)));
        expect(await seen(beat("a", 2))).toEqual(["a left"]);
        expect(await seen(beat("b", 1))).toEqual(["a left", "b"]);
      });

      it("are forgotten after an hour", async () => {
        await store.heartbeat(beat("a", 1));
        expect(await seen(beat("b", 1, { seenAtMs: 10_000 + 3_700_000 }))).toEqual(["b"]);
      });

      it("are so many and no more", async () => {
        for (let index = 0; index < stateLimits.replicas + 5; index++) {
          await store.heartbeat(beat(`r${index}`, 1, { seenAtMs: 10_000 + index }));
        }
        const known = await seen(beat("last", 1, { seenAtMs: 99_000 }));
        expect(known.length).toBeLessThanOrEqual(stateLimits.replicas + 1);
        expect(known).toContain("last");
        expect(known).not.toContain("r0");
      });

      it("have addresses of a bounded length", async () => {
        const known = valueOf(await store.heartbeat(beat("a", 1, { address: "x".repeat(10_000) })));
        expect(known[0]?.address).toBe("x".repeat(stateLimits.addressChars));
      });
    });

    describe("the lease", () => {
      it("is held by one replica, which may prolong it", async () => {
        const leader = await lead("a");
        expect(valueOf(await store.acquire("b", 60_000))).toEqual({ isLeader: false, token: leader.token });
        expect(valueOf(await store.acquire("a", 60_000))).toEqual({ isLeader: true, token: leader.token });
      });

      it("passes to another when it runs out, with a larger token", async () => {
        const first = await lead("a", 1);
        const second = await untilLeader("b");
        expect(second.token).toBeGreaterThan(first.token);
        expect(valueOf(await store.acquire("a", 60_000)).isLeader).toBe(false);
      });

      it("passes to another at once when it is given back, and only by its holder", async () => {
        const first = await lead("a");
        valueOf(await store.release({ replicaId: "b", token: first.token }));
        expect(valueOf(await store.acquire("b", 60_000)).isLeader).toBe(false);
        valueOf(await store.release(first));
        expect((await lead("b")).token).toBeGreaterThan(first.token);
        valueOf(await store.release(first));
        expect(valueOf(await store.acquire("a", 60_000)).isLeader).toBe(false);
      });

      it("is shared by all handles", async () => {
        const other = await tried.open();
        await lead("a");
        expect(valueOf(await other.acquire("b", 60_000)).isLeader).toBe(false);
      });
    });

    describe("verdicts", () => {
      it("are read as the leader wrote them, with its token", async () => {
        const leader = await lead("a");
        const json = '{"text":"ü ☃ \\u0000 { }\\n","n":[1,2]}';
        expect(valueOf(await store.publishVerdict(leader, "drift/m", json))).toBe(true);
        expect(valueOf(await store.readVerdict("drift/m"))).toEqual({ json, token: leader.token });
        expect(valueOf(await store.readVerdict("drift/n"))).toBeUndefined();
      });

      it("are replaced by later ones", async () => {
        const leader = await lead("a");
        for (const json of ["1", "2", "3"]) await store.publishVerdict(leader, "v", json);
        expect(valueOf(await store.readVerdict("v"))?.json).toBe("3");
      });

      it("are refused from a leader that has been replaced without noticing", async () => {
        const paused = await lead("a", 1);
        const now = await untilLeader("b");
        valueOf(await store.publishVerdict(now, "v", '"new"'));
        expect(valueOf(await store.publishVerdict(paused, "v", '"old"'))).toBe(false);
        expect(valueOf(await store.publishVerdict(paused, "other", '"old"'))).toBe(false);
        expect(valueOf(await store.readVerdict("v"))).toEqual({ json: '"new"', token: now.token });
        expect(valueOf(await store.readVerdict("other"))).toBeUndefined();
      });

      it("are refused from who never led", async () => {
        expect(valueOf(await store.publishVerdict({ replicaId: "a", token: 0 }, "v", "1"))).toBe(false);
        expect(valueOf(await store.publishVerdict({ replicaId: "", token: 0 }, "v", "1"))).toBe(false);
      });

      it("have a bound", async () => {
        const leader = await lead("a");
        const tooLong = "x".repeat(stateLimits.verdictChars + 1);
        expect(await store.publishVerdict(leader, "v", tooLong)).toEqual({ kind: "failed", reason: "too_large" });
        expect(store.health().failures.get("too_large")).toBe(1);
      });
    });

    describe("labels", () => {
      it("are read by everybody from where they were, in order", async () => {
        expect(valueOf(await store.appendLabels("a", [{ id: "1", label: "cat" }]))).toBe(1);
        const first = valueOf(await store.readLabels({ kind: "fleet" }, "0-0"));
        expect(first).toMatchObject({ items: [{ id: "1", label: "cat", from: "a" }], entries: 1, isAtEnd: true });
        await store.appendLabels("b", [
          { id: "2", label: "ü ☃\r\n", row: 0 },
          { id: "3", label: "", row: 7 },
        ]);
        const second = valueOf(await store.readLabels({ kind: "fleet" }, first.lastId));
        expect(second.items).toEqual([
          { id: "2", label: "ü ☃\r\n", row: 0, from: "b" },
          { id: "3", label: "", row: 7, from: "b" },
        ]);
        expect(second.addedTotal).toBe(3);
        const third = valueOf(await store.readLabels({ kind: "fleet" }, second.lastId));
        expect(third).toMatchObject({ items: [], lastId: second.lastId, entries: 0, isAtEnd: true });
        const other = await tried.open();
        expect(valueOf(await other.readLabels({ kind: "fleet" }, "0-0")).items).toHaveLength(3);
      });

      it("come in pages", async () => {
        const { labelsPerCall } = stateLimits;
        const items = Array.from({ length: labelsPerCall }, (_, index) => ({ id: String(index), label: "x" }));
        for (let call = 0; call < 2; call++) await store.appendLabels("a", items);
        await store.appendLabels("a", [{ id: "last", label: "x" }]);
        let afterId = "0-0";
        const sizes: number[] = [];
        for (;;) {
          const page = valueOf(await store.readLabels({ kind: "fleet" }, afterId));
          sizes.push(page.items.length);
          afterId = page.lastId;
          if (page.isAtEnd) break;
        }
        expect(sizes).toEqual([labelsPerCall, labelsPerCall, 1]);
      });

      it("are taken only when their texts are bounded", async () => {
        const items = [
          { id: "", label: "x" },
          { id: "x".repeat(stateLimits.labelIdChars + 1), label: "x" },
          { id: "1", label: "x".repeat(stateLimits.labelChars + 1) },
          { id: "1", label: "x", row: -1 },
          { id: "1", label: "x", row: 0.5 },
          { id: "fine", label: "x" },
        ];
        expect(valueOf(await store.appendLabels("a", items))).toBe(1);
        expect(valueOf(await store.appendLabels("a", []))).toBe(0);
      });

      it("of a stream that does not exist are none", async () => {
        const page = valueOf(await store.readLabels({ kind: "named", name: "nobody:writes:here" }, "0-0"));
        expect(page).toMatchObject({ items: [], entries: 0, isAtEnd: true, lastId: "0-0" });
      });
    });

    it("says when it last worked, and fails as closed once it is closed", async () => {
      await read("k");
      expect(store.health().lastSuccessMs).toBeGreaterThan(0);
      await store.close();
      const closed = { kind: "failed", reason: "closed" };
      expect(await store.read("k", aWindow)).toEqual(closed);
      expect(await store.publish({ replicaId: "a", sequence: 1, writtenAtMs: 1, contributions: [cells("k", 1)] })).toEqual(
        closed,
      );
      expect(await store.acquire("a", 1)).toEqual(closed);
      expect(store.health().failures.get("closed")).toBe(3);
      await store.close();
    });
  });
}
