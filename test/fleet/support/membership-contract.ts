import { describe, expect, it } from "vitest";
import { type Heartbeat, stateLimits } from "../../../src/fleet/store.ts";
import { type StoreTrial, valueOf } from "./store-trial.ts";

/** The contract of any store for replicas, lease, documents and labels. */
export function describeMembershipContract(trial: () => StoreTrial): void {
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
      valueOf(await trial().store.heartbeat(heartbeat))
        .map(({ replicaId, hasLeft }) => `${replicaId}${hasLeft ? " left" : ""}`)
        .toSorted();

    it("know each other after a heartbeat", async () => {
      await trial().store.heartbeat(beat("a", 1));
      const known = valueOf(await trial().store.heartbeat(beat("b", 4)));
      expect(known).toContainEqual({ ...beat("a", 1), hasLeft: false });
      expect(known).toContainEqual({ ...beat("b", 4), hasLeft: false });
    });

    it("are known by their newest heartbeat", async () => {
      await trial().store.heartbeat(beat("a", 2));
      const known = valueOf(await trial().store.heartbeat(beat("a", 1, { seenAtMs: 1 })));
      expect(known).toEqual([{ ...beat("a", 2), hasLeft: false }]);
    });

    it("have left after `leave`, and a delayed heartbeat does not bring them back", async () => {
      await trial().store.heartbeat(beat("a", 1));
      valueOf(await trial().store.leave(beat("a", 1)));
      expect(await seen(beat("a", 2))).toEqual(["a left"]);
      expect(await seen(beat("b", 1))).toEqual(["a left", "b"]);
    });

    it("are forgotten after an hour", async () => {
      await trial().store.heartbeat(beat("a", 1));
      expect(await seen(beat("b", 1, { seenAtMs: 10_000 + 3_700_000 }))).toEqual(["b"]);
    });

    it("have a bound on their number", async () => {
      for (let index = 0; index < stateLimits.replicas + 5; index++) {
        await trial().store.heartbeat(beat(`r${index}`, 1, { seenAtMs: 10_000 + index }));
      }
      const known = await seen(beat("last", 1, { seenAtMs: 99_000 }));
      expect(known.length).toBeLessThanOrEqual(stateLimits.replicas + 1);
      expect(known).toContain("last");
      expect(known).not.toContain("r0");
    });

    it("have addresses of a bounded length", async () => {
      const known = valueOf(await trial().store.heartbeat(beat("a", 1, { address: "x".repeat(10_000) })));
      expect(known[0]?.address).toBe("x".repeat(stateLimits.addressChars));
    });
  });

  describe("the lease", () => {
    it("belongs to one replica, which can extend it", async () => {
      const leader = await trial().lead("a");
      expect(valueOf(await trial().store.acquire("b", 60_000))).toEqual({ isLeader: false, token: leader.token });
      expect(valueOf(await trial().store.acquire("a", 60_000))).toEqual({ isLeader: true, token: leader.token });
    });

    it("passes to another when it runs out, with a larger token", async () => {
      const first = await trial().lead("a", 1);
      const second = await trial().untilLeader("b");
      expect(second.token).toBeGreaterThan(first.token);
      expect(valueOf(await trial().store.acquire("a", 60_000)).isLeader).toBe(false);
    });

    it("passes to another at once when its holder, and no other, releases it", async () => {
      const first = await trial().lead("a");
      valueOf(await trial().store.release({ replicaId: "b", token: first.token }));
      expect(valueOf(await trial().store.acquire("b", 60_000)).isLeader).toBe(false);
      valueOf(await trial().store.release(first));
      expect((await trial().lead("b")).token).toBeGreaterThan(first.token);
      valueOf(await trial().store.release(first));
      expect(valueOf(await trial().store.acquire("a", 60_000)).isLeader).toBe(false);
    });

    it("is shared by all handles", async () => {
      const other = await trial().open();
      await trial().lead("a");
      expect(valueOf(await other.acquire("b", 60_000)).isLeader).toBe(false);
    });
  });

  describe("documents", () => {
    it("are read as the leader wrote them, with its token", async () => {
      const leader = await trial().lead("a");
      const json = '{"text":"ü ☃ \\u0000 { }\\n","n":[1,2]}';
      expect(valueOf(await trial().store.putDocument(leader, "drift/m", json))).toBe(true);
      expect(valueOf(await trial().store.getDocument("drift/m"))).toEqual({ json, token: leader.token });
      expect(valueOf(await trial().store.getDocument("drift/n"))).toBeUndefined();
    });

    it("are replaced by later ones", async () => {
      const leader = await trial().lead("a");
      for (const json of ["1", "2", "3"]) await trial().store.putDocument(leader, "v", json);
      expect(valueOf(await trial().store.getDocument("v"))?.json).toBe("3");
    });

    it("are refused from a leader that has been replaced without noticing", async () => {
      const paused = await trial().lead("a", 1);
      const now = await trial().untilLeader("b");
      valueOf(await trial().store.putDocument(now, "v", '"new"'));
      expect(valueOf(await trial().store.putDocument(paused, "v", '"old"'))).toBe(false);
      expect(valueOf(await trial().store.putDocument(paused, "other", '"old"'))).toBe(false);
      expect(valueOf(await trial().store.getDocument("v"))).toEqual({ json: '"new"', token: now.token });
      expect(valueOf(await trial().store.getDocument("other"))).toBeUndefined();
    });

    it("are refused from a replica that never led", async () => {
      expect(valueOf(await trial().store.putDocument({ replicaId: "a", token: 0 }, "v", "1"))).toBe(false);
      expect(valueOf(await trial().store.putDocument({ replicaId: "", token: 0 }, "v", "1"))).toBe(false);
    });

    it("have a bound", async () => {
      const leader = await trial().lead("a");
      const tooLong = "x".repeat(stateLimits.documentChars + 1);
      expect(await trial().store.putDocument(leader, "v", tooLong)).toEqual({ kind: "failed", reason: "too_large" });
      expect(trial().store.health().failures.get("too_large")).toBe(1);
    });
  });

  describe("labels", () => {
    it("are read by every replica, in order", async () => {
      expect(valueOf(await trial().store.appendLabels("a", [{ id: "1", label: "cat" }]))).toBe(1);
      const first = valueOf(await trial().store.readLabels({ kind: "fleet" }, "0-0"));
      expect(first).toMatchObject({ items: [{ id: "1", label: "cat", from: "a" }], entries: 1, isAtEnd: true });
      await trial().store.appendLabels("b", [
        { id: "2", label: "ü ☃\r\n", row: 0 },
        { id: "3", label: "", row: 7 },
      ]);
      const second = valueOf(await trial().store.readLabels({ kind: "fleet" }, first.lastId));
      expect(second.items).toEqual([
        { id: "2", label: "ü ☃\r\n", row: 0, from: "b" },
        { id: "3", label: "", row: 7, from: "b" },
      ]);
      expect(second.addedTotal).toBe(3);
      const third = valueOf(await trial().store.readLabels({ kind: "fleet" }, second.lastId));
      expect(third).toMatchObject({ items: [], lastId: second.lastId, entries: 0, isAtEnd: true });
      const other = await trial().open();
      expect(valueOf(await other.readLabels({ kind: "fleet" }, "0-0")).items).toHaveLength(3);
    });

    it("come in pages", async () => {
      const { labelsPerCall } = stateLimits;
      const items = Array.from({ length: labelsPerCall }, (_, index) => ({ id: String(index), label: "x" }));
      for (let call = 0; call < 2; call++) await trial().store.appendLabels("a", items);
      await trial().store.appendLabels("a", [{ id: "last", label: "x" }]);
      let afterId = "0-0";
      const sizes: number[] = [];
      for (;;) {
        const page = valueOf(await trial().store.readLabels({ kind: "fleet" }, afterId));
        sizes.push(page.items.length);
        afterId = page.lastId;
        if (page.isAtEnd) break;
      }
      expect(sizes).toEqual([labelsPerCall, labelsPerCall, 1]);
    });

    it("are accepted only when their texts are bounded", async () => {
      const items = [
        { id: "", label: "x" },
        { id: "x".repeat(stateLimits.labelIdChars + 1), label: "x" },
        { id: "1", label: "x".repeat(stateLimits.labelChars + 1) },
        { id: "1", label: "x", row: -1 },
        { id: "1", label: "x", row: 0.5 },
        { id: "fine", label: "x" },
      ];
      expect(valueOf(await trial().store.appendLabels("a", items))).toBe(1);
      expect(valueOf(await trial().store.appendLabels("a", []))).toBe(0);
    });

    it("of a stream that does not exist are none", async () => {
      const page = valueOf(await trial().store.readLabels({ kind: "named", name: "empty:stream" }, "0-0"));
      expect(page).toMatchObject({ items: [], entries: 0, isAtEnd: true, lastId: "0-0" });
    });
  });
}
