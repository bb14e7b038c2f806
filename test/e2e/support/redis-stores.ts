import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock } from "../../../src/clock.ts";
import { createRedisStore, type RedisStoreOptions } from "../../../src/fleet/redis/redis-store.ts";
import type { FailureReason, Outcome, StateStore } from "../../../src/fleet/store.ts";
import { aWindow, cells, valueOf } from "../../fleet/support/store-trial.ts";
import { turnOfTheLoop, untilAsync } from "../../support/until.ts";

/** Timeout of the stores under test: no command of a slow machine takes as long, and a test can wait for it. */
export const timeoutMs = 1500;

export const optionsFor = (url: string, change: Partial<RedisStoreOptions> = {}): RedisStoreOptions => ({
  url,
  fleet: "test",
  clientName: "outrider-test",
  connectTimeoutMs: timeoutMs,
  commandTimeoutMs: timeoutMs,
  clock: systemClock,
  ...change,
});

/** A store that has its connection. */
export async function connected(options: RedisStoreOptions): Promise<StateStore> {
  const store = await createRedisStore(options);
  await untilWorking(store);
  return store;
}

/** Memory of buffers that something still holds. */
export async function bytesInUse(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // Buffers of the first round are given back in the background.
  for (let round = 0; round < 3; round++) {
    collect();
    await turnOfTheLoop();
  }
  return process.memoryUsage().arrayBuffers;
}

export const untilWorking = (store: StateStore): Promise<void> =>
  untilAsync(async () => (await store.keys(aWindow)).kind === "done", "the store to work");

/** Lasts until what is done fails in this way; other failures on the way there are fine. */
export const untilFailing = (action: () => Promise<Outcome<unknown>>, reason: FailureReason): Promise<void> =>
  untilAsync(async () => {
    const outcome = await action();
    return outcome.kind === "failed" && outcome.reason === reason;
  }, `a failure as ${reason}`);

export const publish = (store: StateStore, sequence: number, ...counts: readonly number[]) =>
  store.publish({ replicaId: "a", sequence, writtenAtMs: 1, contributions: [cells("k", ...counts)] });

export const read = async (store: StateStore): Promise<unknown> => {
  const { counts } = valueOf(await store.read("k", aWindow));
  return counts instanceof Float64Array ? [...counts] : counts;
};
