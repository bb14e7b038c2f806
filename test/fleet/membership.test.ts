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

/** A membership that is updated once a flush interval. */
function aMembership() {
  const membership = new Membership();
  let nowMs = 0;
  return {
    membership,
    update: (known: readonly KnownReplica[], afterMs = flushMs): void => {
      nowMs += afterMs;
      membership.update(known, nowMs, 5_000_000 + nowMs);
    },
    ids: (): readonly string[] => membership.gaps.map(({ replicaId }) => replicaId),
    living: (): readonly string[] => membership.living.map(({ replicaId }) => replicaId),
  };
}

describe("the membership of a fleet", () => {
  it("counts a replica as lost after more than three flush intervals without a heartbeat", () => {
    const { membership, update, ids, living } = aMembership();
    update([replica("a", 1), replica("b", 1)]);
    for (let sequence = 2; sequence <= 4; sequence++) update([replica("a", sequence), replica("b", 1)]);
    expect(ids()).toEqual([]);
    expect(living()).toEqual(["a", "b"]);
    update([replica("a", 5), replica("b", 1)]);
    expect(membership.gaps).toEqual([
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
    update([replica("a", 6), replica("b", 1)]);
    expect(membership.lostTotal).toBe(1);
  });

  it("counts no replica as lost that left on purpose", () => {
    const { update, ids, living } = aMembership();
    update([replica("a", 1)]);
    for (let time = 0; time < 10; time++) update([replica("a", 2, { hasLeft: true })]);
    expect(ids()).toEqual([]);
    expect(living()).toEqual([]);
  });

  it("counts a replica as lost that vanished from the store, but not one that returned after the store was flushed", () => {
    const { update, ids } = aMembership();
    update([replica("a", 1), replica("b", 1)]);
    update([]);
    update([replica("a", 3)]);
    update([replica("a", 4)]);
    update([replica("a", 5)]);
    expect(ids()).toEqual(["b"]);
  });

  it("counts no replica as lost for a time in which the store was away", () => {
    const { update, ids } = aMembership();
    update([replica("a", 1)]);
    update([replica("a", 1)], 3_600_000);
    expect(ids()).toEqual([]);
    update([replica("a", 2)]);
    update([replica("a", 2)]);
    expect(ids()).toEqual([]);
  });

  it("marks a lost replica as returned when it writes again", () => {
    const { membership, update, living } = aMembership();
    update([replica("a", 1)]);
    for (let time = 0; time < 5; time++) update([replica("a", 1)]);
    expect(membership.gaps).toMatchObject([{ replicaId: "a", hasReturned: false }]);
    update([replica("a", 2)]);
    expect(membership.gaps).toMatchObject([{ replicaId: "a", hasReturned: true }]);
    expect(living()).toEqual(["a"]);
  });

  it("uses each replica's own flush interval", () => {
    const { update, ids } = aMembership();
    const slow = replica("slow", 1, { flushMs: 10 * flushMs });
    update([slow]);
    for (let time = 0; time < 30; time++) update([slow]);
    expect(ids()).toEqual([]);
    update([slow]);
    expect(ids()).toEqual(["slow"]);
  });

  it("reports a gap for an hour, and not twice while the store still knows the replica", () => {
    const { membership, update, ids } = aMembership();
    update([replica("a", 1)]);
    for (let time = 0; time < 5; time++) update([replica("a", 1)]);
    update([replica("a", 1)], gapLimits.ageMs);
    expect(ids()).toEqual([]);
    for (let time = 0; time < 10; time++) update([replica("a", 1)]);
    expect(ids()).toEqual([]);
    expect(membership.lostTotal).toBe(1);
  });

  it("remembers a bounded number of gaps and of replicas", () => {
    const { membership, update } = aMembership();
    const many = Array.from({ length: 3000 }, (_, index) => replica(`r${index}`, 1));
    for (let time = 0; time < 6; time++) update(many);
    expect(membership.gaps).toHaveLength(gapLimits.count);
    expect(membership.lostTotal).toBe(2000);
  });

  it("never counts a replica as lost that writes at least at every second update", () => {
    const looks = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 1500 }), isNew: fc.boolean() }), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(looks, (all) => {
        const { update, ids } = aMembership();
        let sequence = 0;
        let wasNew = true;
        for (const { afterMs, isNew } of all) {
          if (isNew || !wasNew) sequence++;
          wasNew = isNew || !wasNew;
          update([replica("a", sequence)], afterMs);
        }
        expect(ids()).toEqual([]);
      }),
    );
  });
});
