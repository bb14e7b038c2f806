import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gapLimits, Membership } from "../../src/fleet/membership.ts";
import type { KnownReplica } from "../../src/fleet/store.ts";

const flushMs = 1000;
const replica = (replicaId: string, sequence: number, change: Partial<KnownReplica> = {}): KnownReplica => ({
  replicaId,
  startedAtMs: 1,
  address: `pod-${replicaId}`,
  flushMs,
  sequence,
  seenAtMs: 100 + sequence,
  hasLeft: false,
  ...change,
});

/** A watch that looks once a flush interval. */
function watching() {
  const watch = new Membership();
  let nowMs = 0;
  return {
    watch,
    look: (known: readonly KnownReplica[], afterMs = flushMs): void => {
      nowMs += afterMs;
      watch.look(known, nowMs, 5_000_000 + nowMs);
    },
    ids: (): readonly string[] => watch.gaps.map(({ replicaId }) => replicaId),
    living: (): readonly string[] => watch.living.map(({ replicaId }) => replicaId),
  };
}

describe("a watch over replicas", () => {
  it("takes a replica for gone when it says nothing for more than three flush intervals", () => {
    const { watch, look, ids, living } = watching();
    look([replica("a", 1), replica("b", 1)]);
    for (let turn = 2; turn <= 4; turn++) look([replica("a", turn), replica("b", 1)]);
    expect(ids()).toEqual([]);
    expect(living()).toEqual(["a", "b"]);
    look([replica("a", 5), replica("b", 1)]);
    expect(watch.gaps).toEqual([
      {
        replicaId: "b",
        startedAtMs: 1,
        address: "pod-b",
        flushMs,
        lastSeenMs: 101,
        noticedAtMs: 5_005_000,
        hasReturned: false,
      },
    ]);
    expect(living()).toEqual(["a"]);
    look([replica("a", 6), replica("b", 1)]);
    expect(watch.lostTotal).toBe(1);
  });

  it("does not miss who said goodbye", () => {
    const { look, ids, living } = watching();
    look([replica("a", 1)]);
    for (let turn = 0; turn < 10; turn++) look([replica("a", 2, { hasLeft: true })]);
    expect(ids()).toEqual([]);
    expect(living()).toEqual([]);
  });

  it("misses who vanished from the store without a goodbye, but not when the store was flushed and they came back", () => {
    const { look, ids } = watching();
    look([replica("a", 1), replica("b", 1)]);
    look([]);
    look([replica("a", 3)]);
    look([replica("a", 4)]);
    look([replica("a", 5)]);
    expect(ids()).toEqual(["b"]);
  });

  it("blames nobody for a time in which the store was away", () => {
    const { look, ids } = watching();
    look([replica("a", 1)]);
    look([replica("a", 1)], 3_600_000);
    expect(ids()).toEqual([]);
    look([replica("a", 2)]);
    look([replica("a", 2)]);
    expect(ids()).toEqual([]);
  });

  it("knows that a replica was not dead but away", () => {
    const { watch, look, living } = watching();
    look([replica("a", 1)]);
    for (let turn = 0; turn < 5; turn++) look([replica("a", 1)]);
    expect(watch.gaps).toMatchObject([{ replicaId: "a", hasReturned: false }]);
    look([replica("a", 2)]);
    expect(watch.gaps).toMatchObject([{ replicaId: "a", hasReturned: true }]);
    expect(living()).toEqual(["a"]);
  });

  it("goes by each replica's own pace", () => {
    const { look, ids } = watching();
    const slow = replica("slow", 1, { flushMs: 10 * flushMs });
    look([slow]);
    for (let turn = 0; turn < 30; turn++) look([slow]);
    expect(ids()).toEqual([]);
    look([slow]);
    expect(ids()).toEqual(["slow"]);
  });

  it("reports a gap for an hour, and not twice while the store still knows the replica", () => {
    const { watch, look, ids } = watching();
    look([replica("a", 1)]);
    for (let turn = 0; turn < 5; turn++) look([replica("a", 1)]);
    look([replica("a", 1)], gapLimits.ageMs);
    expect(ids()).toEqual([]);
    for (let turn = 0; turn < 10; turn++) look([replica("a", 1)]);
    expect(ids()).toEqual([]);
    expect(watch.lostTotal).toBe(1);
  });

  it("remembers a bounded number of gaps and of replicas", () => {
    const { watch, look } = watching();
    const many = Array.from({ length: 3000 }, (_, index) => replica(`r${index}`, 1));
    for (let turn = 0; turn < 6; turn++) look(many);
    expect(watch.gaps).toHaveLength(gapLimits.count);
    expect(watch.lostTotal).toBe(2000);
  });

  it("never takes a replica for gone that writes at least every second look", () => {
    const looks = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 1500 }), isNew: fc.boolean() }), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(looks, (all) => {
        const { look, ids } = watching();
        let sequence = 0;
        let wasNew = true;
        for (const { afterMs, isNew } of all) {
          if (isNew || !wasNew) sequence++;
          wasNew = isNew || !wasNew;
          look([replica("a", sequence)], afterMs);
        }
        expect(ids()).toEqual([]);
      }),
    );
  });
});
