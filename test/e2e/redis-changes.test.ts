import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRedisStore, type RedisStoreOptions } from "../../src/fleet/redis/redis-store.ts";
import type { StateStore } from "../../src/fleet/store.ts";
import { aWindow } from "../fleet/support/store-trial.ts";
import { startStallingProxy } from "../support/stalling-proxy.ts";
import { describeWith } from "./support/installed.ts";
import { findRedis, type RedisServer, startRedis } from "./support/redis-server.ts";
import { bytesInUse, optionsFor, publish, read, untilFailing, untilWorking } from "./support/redis-stores.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { untilAsync } from "../support/until.ts";

describeWith("Redis that changes", findRedis(), (program) => {
  const folder = scratchFolder("redis-changes");
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis(program, { folder });
  });
  afterAll(() => redis?.stop());

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

    it("fails at once while no server listens, and works when one does", async () => {
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

    it("logs in with a password from a file, and follows when both are changed", async () => {
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
      const server = await start();
      const { port } = server;
      await server.command(
        "CONFIG",
        "SET",
        "tls-cert-file",
        certificate,
        "tls-key-file",
        key,
        "tls-ca-cert-file",
        certificate,
        "tls-auth-clients",
        "no",
      );
      await server.command("CONFIG", "SET", "port", "0", "tls-port", String(port));
      const trusting = await open(optionsFor(`rediss://localhost:${port}`, { caFile: certificate }));
      await untilWorking(trusting);
      const doubting = await open(optionsFor(`rediss://localhost:${port}`));
      await untilFailing(() => publish(doubting, 1, 1), "denied");
    });

    it("rejects at the start for errors that a retry cannot fix", async () => {
      await expect(createRedisStore(optionsFor("http://x"))).rejects.toThrow(/scheme is http:/);
      await expect(createRedisStore(optionsFor(redis.url, { fleet: "a{b}" }))).rejects.toThrow(/fleet name/);
      const missing = path.join(folder, "missing");
      await expect(createRedisStore(optionsFor(redis.url, { passwordFile: missing }))).rejects.toThrow(/ENOENT/);
      const tls = optionsFor("rediss://localhost:1", { caFile: path.join(folder, "broken.pem") });
      writeFileSync(path.join(folder, "broken.pem"), "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
      await expect(createRedisStore(tls)).rejects.toThrow(/holds no certificate/);
    });

    it("times out when the network is cut, buffers no bytes, and recovers", async () => {
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
        // The network stays cut until the end: this would never end without a timeout.
        expect(await large(1)).toEqual({ kind: "failed", reason: "timeout" });
        // 400 KB each: if more than a few of them were kept, it would show.
        const before = await bytesInUse();
        for (let sequence = 2; sequence < 150; sequence++) expect((await large(sequence)).kind).toBe("failed");
        expect((await bytesInUse()) - before).toBeLessThan(20e6);
        expect(proxy.connections()).toBeLessThan(20);
        proxy.resume();
        await untilAsync(async () => (await publish(store, 200, 7)).kind === "done", "the network to heal");
        expect(await read(store)).toEqual([7]);
      } finally {
        await proxy.stop();
      }
    });

    it("does not count twice when only the replies were lost", async () => {
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
