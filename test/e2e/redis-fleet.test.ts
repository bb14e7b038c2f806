import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createRedisStore } from "../../src/fleet/redis/redis-store.ts";
import type { StateStore } from "../../src/fleet/store.ts";
import { FleetMember } from "../../src/fleet/fleet-member.ts";
import { valueOf } from "../fleet/support/store-trial.ts";
import { until, untilAsync } from "../support/until.ts";
import { type ReplicaProcess, startReplica } from "./support/fleet-process.ts";
import { countedKey, documentKey } from "./support/fleet-report.ts";
import { describeWith } from "./support/installed.ts";
import { findRedis, type RedisServer, startRedis } from "./support/redis-server.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { silentLog } from "../support/recorded-log.ts";

/** Long enough that on a slow machine no living replica misses two flushes, which would make it a lost one. */
const flushMs = 250;
/** Now, and for as long as the tests run. */
const window = { windowMs: 86_400_000, windowIndex: Math.floor(Date.now() / 86_400_000) };

describeWith("a fleet with a real Redis", findRedis(), (program) => {
  const folder = scratchFolder("redis-fleet");
  const durable = (name: string): readonly string[] => [
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--appenddirname",
    name,
  ];
  let redis: RedisServer;
  let store: StateStore;
  let replicas: ReplicaProcess[] = [];
  let round = 0;
  let files = "";

  beforeEach(async () => {
    files = `files-${++round}`;
    redis = await startRedis(program, { folder, args: durable(files) });
    store = await createRedisStore({
      url: redis.url,
      fleet: "processes",
      clientName: "reader",
      connectTimeoutMs: 5000,
      commandTimeoutMs: 5000,
      clock: systemClock,
    });
    replicas = Array.from({ length: 3 }, () => startReplica({ url: redis.url, flushMs, ...window }));
    await untilFlushed(replicas, 3);
  });

  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await store.close();
    await redis.stop();
  });
  afterAll(() => redis?.stop());

  const untilFlushed = (some: readonly ReplicaProcess[], more: number): Promise<void> => {
    const goals = some.map((replica) => replica.acknowledged() + more);
    return until(
      () => some.every((replica, index) => replica.acknowledged() >= (goals[index] ?? 0)),
      () => `flushes, only ${some.map((replica) => replica.acknowledged()).join(", ")} of ${goals.join(", ")}`,
    );
  };
  const leaderOf = async (some: readonly ReplicaProcess[]): Promise<ReplicaProcess> => {
    await until(() => some.some((replica) => replica.isLeader()), "a leader");
    return some.find((replica) => replica.isLeader())!;
  };
  const restartRedis = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    redis.signal(signal);
    await redis.stop();
    redis = await startRedis(program, { folder, port: redis.port, args: durable(files) });
  };
  /** Nothing acknowledged is missing, nothing counts twice: the sum is exactly that of each replica's last write. */
  const expectExactSums = async (some: readonly ReplicaProcess[]): Promise<void> => {
    await untilAsync(async () => (await store.keys(window)).kind === "done", "Redis");
    const { counts, parts, unreadable } = valueOf(await store.read(countedKey, window));
    expect(unreadable).toBe(0);
    expect(parts.map(({ replicaId }) => replicaId)).toEqual(some.map((replica) => replica.replicaId()).toSorted());
    const expected = new Float64Array(50);
    for (const replica of some) {
      const sequence = parts.find(({ replicaId }) => replicaId === replica.replicaId())?.sequence ?? -1;
      // One flush may have been in flight when the process was killed: stored, but not acknowledged.
      expect(sequence).toBeGreaterThanOrEqual(replica.acknowledged());
      expect(sequence).toBeLessThanOrEqual(replica.acknowledged() + 1);
      for (const [cell, count] of replica.published.get(sequence)?.entries() ?? []) {
        expected[cell] = (expected[cell] ?? 0) + count;
      }
    }
    expect([...(counts as Float64Array)]).toEqual([...expected]);
    expect(expected[0]).toBeGreaterThan(0);
  };

  it("adds up exactly what its replicas have written", async () => {
    await untilFlushed(replicas, 3);
    await Promise.all(replicas.map((replica) => replica.stop()));
    await expectExactSums(replicas);
    // After an orderly stop, each has published its last counts.
    for (const replica of replicas) expect(replica.acknowledged()).toBe(replica.published.size);
  });

  it("adds up exactly after the leader and Redis were killed and Redis came back", async () => {
    const leader = await leaderOf(replicas);
    await leader.kill();
    await untilFlushed(
      replicas.filter((replica) => replica !== leader),
      2,
    );
    await restartRedis("SIGKILL");
    const others = replicas.filter((replica) => replica !== leader);
    await untilFlushed(others, 3);
    const next = await leaderOf(others);
    expect(next.token()).toBeGreaterThan(leader.token());
    await Promise.all(others.map((replica) => replica.stop()));
    await expectExactSums(replicas);
  });

  it("has all its counts again one flush after Redis lost everything", async () => {
    await redis.command("FLUSHALL");
    await untilFlushed(replicas, 2);
    await Promise.all(replicas.map((replica) => replica.stop()));
    await expectExactSums(replicas);
  });

  it("reports a replica that was killed, with an end that is at most one flush before its death", async () => {
    const watcher = new FleetMember({
      store,
      replica: { replicaId: "watcher", startedAtMs: Date.now(), address: "test", flushMs },
      leaseMs: 10 * flushMs,
      windowsMs: [],
      clock: systemClock,
      sources: [],
      leaderTasks: [],
      labelStreams: [],
      onLabels: () => undefined,
      log: silentLog,
    });
    await untilAsync(async () => {
      await watcher.syncNow();
      return watcher.status().replicas.length === 4;
    }, "all replicas to be seen");
    const [killed, stopped] = replicas as [ReplicaProcess, ReplicaProcess];
    await untilFlushed([killed], 2);
    const killedAtMs = Date.now();
    await killed.kill();
    await stopped.stop();
    await untilAsync(async () => {
      await watcher.syncNow();
      return watcher.status().gaps.length > 0;
    }, "the gap");
    const { gaps, lostReplicasTotal, replicas: living } = watcher.status();
    expect(gaps.map(({ replicaId }) => replicaId)).toEqual([killed.replicaId()]);
    expect(lostReplicasTotal).toBe(1);
    expect(living.map(({ replicaId }) => replicaId)).not.toContain(stopped.replicaId());
    // A sync begins one flush interval after the previous one; a busy machine makes it longer.
    const gap = gaps[0]!;
    expect(gap.lastSeenMs).toBeLessThanOrEqual(killedAtMs + flushMs);
    const lost = killed.published.size - killed.acknowledged();
    expect(lost).toBeLessThanOrEqual(1);
    const again = startReplica({ url: redis.url, flushMs, ...window });
    replicas.push(again);
    await untilFlushed([again], 1);
    expect(again.replicaId()).not.toBe(killed.replicaId());
  });

  it("refuses the document of a leader that was paused beyond its lease", async () => {
    const leader = await leaderOf(replicas);
    leader.signal("SIGSTOP");
    const others = replicas.filter((replica) => replica !== leader);
    const next = await leaderOf(others);
    expect(next.token()).toBeGreaterThan(leader.token());
    const written = async (): Promise<unknown> => {
      const found = valueOf(await store.getDocument(documentKey));
      return found && JSON.parse(found.json);
    };
    const ofNext = { replicaId: next.replicaId(), token: next.token() };
    await untilAsync(
      async () => JSON.stringify(await written()) === JSON.stringify(ofNext),
      "the next leader's document",
    );
    const late = { replicaId: leader.replicaId(), token: leader.token() };
    expect(valueOf(await store.putDocument(late, documentKey, '"late"'))).toBe(false);
    leader.signal("SIGCONT");
    await untilFlushed([leader], 2);
    expect(leader.isLeader()).toBe(false);
    expect(await written()).toEqual(ofNext);
  });

  it("has a free lease at once after an orderly stop of its leader", async () => {
    const leader = await leaderOf(replicas);
    await leader.stop();
    const lease = valueOf(await store.acquire("test", 1));
    // Another may have been faster than this test.
    expect(lease.isLeader || lease.token > leader.token()).toBe(true);
  });
});
