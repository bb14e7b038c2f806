import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createRedisStore, type RedisStoreOptions } from "../../src/state/redis-store.ts";
import type { FailureReason, Outcome, StateStore } from "../../src/state/store.ts";
import { aWindow, cells, describeStoreContract, valueOf } from "../state/store-contract.ts";
import { startStallingProxy } from "../support/stalling-proxy.ts";
import { describeWith } from "./support/installed.ts";
import { findRedis, type RedisServer, startRedis } from "./support/redis-server.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { untilAsync } from "./support/until-async.ts";

const timeoutMs = 400;

const optionsFor = (url: string, change: Partial<RedisStoreOptions> = {}): RedisStoreOptions => ({
  url,
  fleet: "test",
  clientName: "outrider-test",
  connectTimeoutMs: timeoutMs,
  commandTimeoutMs: timeoutMs,
  clock: systemClock,
  ...change,
});

/** A store that has its connection. */
async function connected(options: RedisStoreOptions): Promise<StateStore> {
  const store = await createRedisStore(options);
  await untilWorking(store);
  return store;
}

/** Memory of buffers that something still holds. */
function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().arrayBuffers;
}

const untilWorking = (store: StateStore): Promise<void> =>
  untilAsync(async () => (await store.keys(aWindow)).kind === "done", "the store to work");

/** Lasts until what is done fails in this way; other failures on the way there are fine. */
const untilFailing = (action: () => Promise<Outcome<unknown>>, reason: FailureReason): Promise<void> =>
  untilAsync(async () => {
    const outcome = await action();
    return outcome.kind === "failed" && outcome.reason === reason;
  }, `a failure as ${reason}`);

const publish = (store: StateStore, sequence: number, ...counts: readonly number[]) =>
  store.publish({ replicaId: "a", sequence, writtenAtMs: 1, contributions: [cells("k", ...counts)] });

const read = async (store: StateStore): Promise<unknown> => {
  const { counts } = valueOf(await store.read("k", aWindow));
  return counts instanceof Float64Array ? [...counts] : counts;
};

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
      await store.publishVerdict(leader, "v", "1");
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

    it("reads labels of a stream that others fill, and counts what is no label", async () => {
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

    it("says how many labels there ever were, also of those that are gone", async () => {
      for (let index = 0; index < 5; index++) await redis.command("XADD", "s", "*", "id", `${index}`, "label", "x");
      await redis.command("XTRIM", "s", "MAXLEN", "2");
      const page = valueOf(await store.readLabels({ kind: "named", name: "s" }, "0-0"));
      expect(page).toMatchObject({ entries: 2, addedTotal: 5 });
    });

    it("takes what is no stream for garbage, not for an empty one", async () => {
      await redis.command("SET", "text", "x");
      const outcome = await store.readLabels({ kind: "named", name: "text" }, "0-0");
      expect(outcome).toEqual({ kind: "failed", reason: "garbage" });
      await untilWorking(store);
    });

    it("leaves out counts that somebody has overwritten, and goes on with the others", async () => {
      await publish(store, 1, 5);
      const name = `outrider:{test}:counts:${aWindow.windowMs}:${aWindow.windowIndex}:k`;
      await redis.command("HSET", name, "s:b", "what?", "c:b", "no counts", "c:c", "", "unknown", "x");
      const merged = valueOf(await store.read("k", aWindow));
      expect(merged).toMatchObject({ unreadable: 2, parts: [{ replicaId: "a" }] });
      expect(await read(store)).toEqual([5]);
    });

    it("is not confused by records of replicas that somebody has overwritten", async () => {
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
      expect(valueOf(await store.publishVerdict(before, "v", "1"))).toBe(false);
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

    it("fails as timeout while Redis is slow, and lets nothing older win afterwards", async () => {
      await publish(store, 1, 1);
      await redis.command("CLIENT", "PAUSE", timeoutMs * 5, "ALL");
      const startedAt = performance.now();
      expect(await publish(store, 2, 2)).toEqual({ kind: "failed", reason: "timeout" });
      expect(performance.now() - startedAt).toBeLessThan(timeoutMs * 4);
      await untilAsync(async () => (await publish(store, 3, 3)).kind === "done", "the pause to end");
      expect(await read(store)).toEqual([3]);
      // What was given up stands in a buffer of the paused server, which executes it in the end.
      expect(valueOf(await publish(store, 2, 2))).toMatchObject({ older: 1, stored: 0 });
      expect(await read(store)).toEqual([3]);
    });

    it("fails as timeout while Redis does not get to answering", async () => {
      const sleeping = redis.command("DEBUG", "SLEEP", (timeoutMs * 4) / 1000);
      await untilFailing(() => publish(store, 2, 2), "timeout");
      await sleeping;
      await untilAsync(async () => (await publish(store, 3, 3)).kind === "done", "Redis to wake up");
      expect(await read(store)).toEqual([3]);
    });

    it("fails as busy while a script of somebody else runs for ever", async () => {
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

  describe("a store whose Redis changes", () => {
    const stores: StateStore[] = [];
    const servers: RedisServer[] = [];
    const open = async (options: RedisStoreOptions): Promise<StateStore> => {
      const store = await createRedisStore(options);
      stores.push(store);
      return store;
    };
    const start = async (options: Omit<Parameters<typeof startRedis>[1], "folder"> = {}): Promise<RedisServer> => {
      const server = await startRedis(program, { folder, ...options });
      servers.push(server);
      return server;
    };
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
      for (const server of servers.splice(0)) await server.stop();
    });

    it("fails at once where nobody listens, and works when somebody does", async () => {
      const first = await start();
      await first.stop();
      const store = await open(optionsFor(first.url));
      await untilFailing(() => publish(store, 1, 1), "unreachable");
      await start({ port: first.port });
      await untilAsync(async () => (await publish(store, 2, 2)).kind === "done", "the connection");
      expect(await read(store)).toEqual([2]);
    });

    it("fails as read_only on a replica, and works when that is promoted", async () => {
      const replica = await start({ args: ["--replicaof", "127.0.0.1", String(redis.port)] });
      const store = await open(optionsFor(replica.url));
      await untilFailing(() => publish(store, 1, 1), "read_only");
      await untilFailing(() => store.acquire("a", 1000), "read_only");
      await replica.command("REPLICAOF", "NO", "ONE");
      await untilAsync(async () => (await publish(store, 2, 2)).kind === "done", "the promotion");
      expect(await read(store)).toEqual([2]);
    });

    it("fails as loading while Redis reads its file", async () => {
      const files = await start({ args: ["--appendonly", "yes", "--appenddirname", "loading"] });
      for (let round = 0; round < 20; round++) {
        await files.command("EVAL", "for i = 1, 500 do redis.call('SET', ARGV[1] .. i, i) end", "0", `${round}:`);
      }
      await files.stop();
      const args = ["--appendonly", "yes", "--appenddirname", "loading", "--key-load-delay", "2000"];
      const starting = start({ port: files.port, args });
      const store = await open(optionsFor(files.url));
      await untilFailing(() => publish(store, 1, 1), "loading");
      await files.command("CONFIG", "SET", "key-load-delay", "0").catch(() => undefined);
      await starting;
      await untilAsync(async () => (await publish(store, 2, 2)).kind === "done", "the file to be read");
    });

    it("logs in with a password from a file, and goes along when both are changed", async () => {
      const server = await start({ password: "first" });
      const passwordFile = path.join(folder, "password");
      writeFileSync(passwordFile, "wrong\n");
      const store = await open(optionsFor(server.url, { passwordFile }));
      await untilFailing(() => publish(store, 1, 1), "denied");
      writeFileSync(passwordFile, "first\n");
      await untilWorking(store);
      await server.command("CONFIG", "SET", "requirepass", "second");
      writeFileSync(passwordFile, "second\n");
      await server.commandAs("second", "CLIENT", "KILL", "TYPE", "normal");
      await untilWorking(store);
    });

    it("fails as denied where a password is missing", async () => {
      const server = await start({ password: "secret" });
      const store = await open(optionsFor(server.url));
      await untilFailing(() => publish(store, 1, 1), "denied");
      const right = await open(optionsFor(`redis://default:secret@127.0.0.1:${server.port}/0`));
      await untilWorking(right);
    });

    it("works over a socket file, with a database of its own", async () => {
      const socket = path.join(folder, "redis.sock");
      await start({ args: ["--unixsocket", socket] });
      const first = await open(optionsFor(`unix://${socket}?db=3`));
      const second = await open(optionsFor(`unix://${socket}?db=4`));
      await untilWorking(first);
      await untilWorking(second);
      await publish(first, 1, 1);
      expect(await read(first)).toEqual([1]);
      expect(await read(second)).toBeUndefined();
    });

    it("works over TLS with a certificate that is trusted, and never with another", async () => {
      const key = path.join(folder, "key.pem");
      const certificate = path.join(folder, "certificate.pem");
      const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
      const newKey = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
      await promisify(execFile)("openssl", [...newKey, ...subject, "-keyout", key, "-out", certificate]);
      expect(readFileSync(certificate, "utf8")).toContain("BEGIN CERTIFICATE");
      const server = await start();
      const { port } = server;
      await server.command("CONFIG", "SET", "tls-cert-file", certificate, "tls-key-file", key, "tls-ca-cert-file", certificate, "tls-auth-clients", "no");
      await server.command("CONFIG", "SET", "port", "0", "tls-port", String(port));
      const trusting = await open(optionsFor(`rediss://localhost:${port}`, { caFile: certificate }));
      await untilWorking(trusting);
      const doubting = await open(optionsFor(`rediss://localhost:${port}`));
      await untilFailing(() => publish(doubting, 1, 1), "denied");
    });

    it("says at the start what no retry mends", async () => {
      await expect(createRedisStore(optionsFor("http://x"))).rejects.toThrow(/scheme is http:/);
      await expect(createRedisStore(optionsFor(redis.url, { fleet: "a{b}" }))).rejects.toThrow(/name of the fleet/);
      const missing = path.join(folder, "missing");
      await expect(createRedisStore(optionsFor(redis.url, { passwordFile: missing }))).rejects.toThrow(/ENOENT/);
      const tls = optionsFor("rediss://localhost:1", { caFile: path.join(folder, "broken.pem") });
      writeFileSync(path.join(folder, "broken.pem"), "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
      await expect(createRedisStore(tls)).rejects.toThrow();
    });

    it("gives up within its time when the network is cut, keeps no bytes, and recovers", async () => {
      await redis.command("FLUSHALL");
      const proxy = await startStallingProxy(redis.port);
      try {
        const store = await open(optionsFor(`redis://127.0.0.1:${proxy.port}`));
        await untilWorking(store);
        proxy.stall();
        const noise = (): Float64Array => Float64Array.from({ length: 50_000 }, () => Math.random());
        const large = (sequence: number) =>
          store.publish({
            replicaId: "a",
            sequence,
            writtenAtMs: 1,
            contributions: [{ key: "large", ...aWindow, counts: noise() }],
          });
        const startedAt = performance.now();
        expect(await large(1)).toEqual({ kind: "failed", reason: "timeout" });
        expect(performance.now() - startedAt).toBeLessThan(timeoutMs * 4);
        // 400 KB each: if more than a few of them were kept, it would show.
        const before = bytesInUse();
        for (let sequence = 2; sequence < 150; sequence++) expect((await large(sequence)).kind).toBe("failed");
        expect(bytesInUse() - before).toBeLessThan(10e6);
        expect(proxy.connections()).toBeLessThan(20);
        proxy.resume();
        await untilAsync(async () => (await publish(store, 200, 7)).kind === "done", "the network to heal");
        expect(await read(store)).toEqual([7]);
      } finally {
        await proxy.stop();
      }
    });

    it("does not count twice when only the answers were lost", async () => {
      await redis.command("FLUSHALL");
      const proxy = await startStallingProxy(redis.port);
      try {
        const store = await open(optionsFor(`redis://127.0.0.1:${proxy.port}`));
        await untilWorking(store);
        proxy.stallAnswers();
        expect(await publish(store, 1, 5)).toEqual({ kind: "failed", reason: "timeout" });
        proxy.cut();
        proxy.resume();
        await untilAsync(async () => (await publish(store, 1, 5)).kind === "done", "the retry");
        expect(await read(store)).toEqual([5]);
      } finally {
        await proxy.stop();
      }
    });
  });
});
