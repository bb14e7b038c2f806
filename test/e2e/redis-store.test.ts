import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StateStore } from "../../src/fleet/store.ts";
import { describeStoreContract } from "../fleet/support/store-contract.ts";
import { aWindow, valueOf } from "../fleet/support/store-trial.ts";
import { describeWith } from "./support/installed.ts";
import { findRedis, type RedisServer, startRedis } from "./support/redis-server.ts";
import { connected, optionsFor, publish, read, timeoutMs, untilFailing, untilWorking } from "./support/redis-stores.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { untilAsync } from "../support/until.ts";

describeWith("Redis", findRedis(), (program) => {
  const folder = scratchFolder("redis");
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis(program, { folder });
  });
  afterAll(() => redis?.stop());

  let fleets = 0;
  describeStoreContract("in Redis", async () => {
    const fleet = `contract-${++fleets}`;
    const opened: StateStore[] = [];
    return {
      open: async () => {
        const store = await connected(optionsFor(redis.url, { fleet }));
        opened.push(store);
        return store;
      },
      dispose: async () => {
        for (const store of opened) await store.close();
      },
    };
  });

  describe("a store in Redis", () => {
    let store: StateStore;
    beforeEach(async () => {
      await redis.command("FLUSHALL");
      store = await connected(optionsFor(redis.url));
    });
    afterEach(() => store.close());

    it("keeps everything under one hash tag, and for a bounded time", async () => {
      await publish(store, 1, 1);
      const { token } = valueOf(await store.acquire("a", 60_000));
      const leader = { replicaId: "a", token };
      await store.putDocument(leader, "v", "1");
      await store.freeze(leader, aWindow);
      await store.heartbeat({ replicaId: "a", startedAtMs: 1, address: "", flushMs: 1, sequence: 1, seenAtMs: 1 });
      await store.appendLabels("a", [{ id: "1", label: "x" }]);
      const keys = (await redis.command("KEYS", "*")) as string[];
      expect(keys).toHaveLength(8);
      for (const key of keys) {
        expect(key).toMatch(/^outrider:\{test\}:/);
        expect(await redis.command("PTTL", key), key).toBeGreaterThan(1000);
      }
    });

    it("reads labels of the user's stream, and counts malformed entries", async () => {
      await redis.command("XADD", "their:labels", "5-1", "label", "cat", "id", "r1");
      await redis.command("XADD", "their:labels", "5-2", "id", "r2", "label", "dog", "row", "3", "more", "of it");
      await redis.command("XADD", "their:labels", "5-3", "id", "r3");
      await redis.command("XADD", "their:labels", "5-4", "id", "r3", "label", "x", "row", "minus one");
      await redis.command("XADD", "their:labels", "5-5", "label", "without id");
      const page = valueOf(await store.readLabels({ kind: "named", name: "their:labels" }, "0-0"));
      expect(page).toEqual({
        items: [
          { id: "r1", label: "cat", from: "" },
          { id: "r2", label: "dog", row: 3, from: "" },
        ],
        lastId: "5-5",
        entries: 5,
        malformed: 3,
        addedTotal: 5,
        isAtEnd: true,
      });
    });

    it("reports how many labels were ever added, including trimmed ones", async () => {
      for (let index = 0; index < 5; index++) await redis.command("XADD", "s", "*", "id", `${index}`, "label", "x");
      await redis.command("XTRIM", "s", "MAXLEN", "2");
      const page = valueOf(await store.readLabels({ kind: "named", name: "s" }, "0-0"));
      expect(page).toMatchObject({ entries: 2, addedTotal: 5 });
    });

    it("fails as garbage on a key that is not a stream", async () => {
      await redis.command("SET", "text", "x");
      const outcome = await store.readLabels({ kind: "named", name: "text" }, "0-0");
      expect(outcome).toEqual({ kind: "failed", reason: "garbage" });
      await untilWorking(store);
    });

    it("leaves out counts that were overwritten, and reads the others", async () => {
      await publish(store, 1, 5);
      const name = `outrider:{test}:counts:${aWindow.windowMs}:${aWindow.windowIndex}:k`;
      await redis.command("HSET", name, "s:b", "what?", "c:b", "no counts", "c:c", "", "unknown", "x");
      const merged = valueOf(await store.read("k", aWindow));
      expect(merged).toMatchObject({ unreadable: 2, parts: [{ replicaId: "a" }] });
      expect(await read(store)).toEqual([5]);
    });

    it("skips records of replicas that were overwritten", async () => {
      await redis.command("HSET", "outrider:{test}:replicas", "x", "no record", "a", "neither", "y", "1 2 {}");
      const beat = { replicaId: "a", startedAtMs: 1, address: "", flushMs: 1, sequence: 1, seenAtMs: 1 };
      expect(valueOf(await store.heartbeat(beat))).toEqual([{ ...beat, hasLeft: false }]);
    });

    it("loads its scripts again when Redis has forgotten them", async () => {
      await publish(store, 1, 1);
      await redis.command("SCRIPT", "FLUSH");
      expect(valueOf(await publish(store, 2, 2)).stored).toBe(1);
    });

    it("has tokens that grow even when Redis has lost everything, and refuses those from before", async () => {
      const before = { replicaId: "a", token: valueOf(await store.acquire("a", 60_000)).token };
      await redis.command("FLUSHALL");
      expect(valueOf(await store.putDocument(before, "v", "1"))).toBe(false);
      const after = valueOf(await store.acquire("b", 60_000));
      expect(after).toMatchObject({ isLeader: true });
      expect(after.token).toBeGreaterThan(before.token);
    });

    it("fails as out_of_memory when Redis is full, reads on, and works again when there is room", async () => {
      await publish(store, 1, 1);
      await redis.command("CONFIG", "SET", "maxmemory", "1mb", "maxmemory-policy", "noeviction");
      expect(await publish(store, 2, 2)).toEqual({ kind: "failed", reason: "out_of_memory" });
      expect(await read(store)).toEqual([1]);
      await redis.command("CONFIG", "SET", "maxmemory", "0");
      expect(valueOf(await publish(store, 3, 3)).stored).toBe(1);
      expect(store.health().failures.get("out_of_memory")).toBe(1);
    });

    it("fails as timeout while Redis is slow, and no older write wins afterwards", async () => {
      await publish(store, 1, 1);
      // Far longer than the timeout: that the publication fails before the pause is ended shows that it does not wait.
      await redis.command("CLIENT", "PAUSE", 600_000, "WRITE");
      expect(await publish(store, 2, 2)).toEqual({ kind: "failed", reason: "timeout" });
      await redis.command("CLIENT", "UNPAUSE");
      await untilAsync(async () => (await publish(store, 3, 3)).kind === "done", "the pause to end");
      expect(await read(store)).toEqual([3]);
      // What was given up stands in a buffer of the paused server, which executes it in the end.
      expect(valueOf(await publish(store, 2, 2))).toMatchObject({ older: 1, stored: 0 });
      expect(await read(store)).toEqual([3]);
    });

    it("fails as timeout while Redis does not reply", async () => {
      const sleeping = redis.command("DEBUG", "SLEEP", (timeoutMs * 4) / 1000);
      await untilFailing(() => publish(store, 2, 2), "timeout");
      await sleeping;
      await untilAsync(async () => (await publish(store, 3, 3)).kind === "done", "Redis to wake up");
      expect(await read(store)).toEqual([3]);
    });

    it("fails as busy while another client's script never ends", async () => {
      await redis.command("CONFIG", "SET", "busy-reply-threshold", "50");
      const endless = redis.command("EVAL", "while true do end", "0").catch(() => undefined);
      try {
        await untilFailing(() => publish(store, 1, 1), "busy");
      } finally {
        await redis.command("SCRIPT", "KILL");
        await endless;
      }
      await untilAsync(async () => (await publish(store, 2, 2)).kind === "done", "the script to be killed");
    });
  });
});
