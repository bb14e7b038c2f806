import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { createMemoryStore } from "./memory-store.ts";
import { countsLifetimeMs, stateLimits, stateLifetimes } from "../../../src/fleet/store.ts";
import { manualClock } from "../../support/manual-time.ts";
import { describeStoreContract } from "./store-contract.ts";
import { aWindow, cells, valueOf } from "./store-trial.ts";

describeStoreContract("in memory", async () => {
  const store = createMemoryStore(systemClock);
  return { open: async () => store, dispose: async () => undefined };
});

describe("the memory store", () => {
  it("forgets counts when their time has passed since the last write", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const publish = (sequence: number) =>
      store.publish({ replicaId: "a", sequence, writtenAtMs: 1, contributions: [cells("k", 1)] });
    await publish(1);
    clock.pass(countsLifetimeMs(aWindow.windowMs) - 1);
    await publish(2);
    clock.pass(countsLifetimeMs(aWindow.windowMs) - 1);
    expect(valueOf(await store.keys(aWindow))).toEqual(["k"]);
    clock.pass(1);
    expect(valueOf(await store.keys(aWindow))).toEqual([]);
    expect(valueOf(await store.read("k", aWindow)).counts).toBeUndefined();
  });

  it("forgets documents when their time has passed", async () => {
    const clock = manualClock();
    const store = createMemoryStore(clock);
    const { token } = valueOf(await store.acquire("a", 1000));
    await store.putDocument({ replicaId: "a", token }, "v", "1");
    clock.pass(stateLifetimes.documentsMs - 1);
    expect(valueOf(await store.getDocument("v"))).toBeDefined();
    clock.pass(1);
    expect(valueOf(await store.getDocument("v"))).toBeUndefined();
  });

  it("has a bound on replicas under a key", async () => {
    const store = createMemoryStore(systemClock);
    const publish = (replica: number) =>
      store.publish({ replicaId: `r${replica}`, sequence: 1, writtenAtMs: 1, contributions: [cells("k", 1)] });
    for (let replica = 0; replica < stateLimits.replicasPerKey; replica++) await publish(replica);
    expect(valueOf(await publish(stateLimits.replicasPerKey))).toMatchObject({ stored: 0, full: 1 });
    expect(valueOf(await publish(0))).toMatchObject({ stored: 1 });
  });

  it("has a bound on labels", async () => {
    const store = createMemoryStore(systemClock);
    const items = Array.from({ length: stateLimits.labelsPerCall }, (_, id) => ({ id: String(id), label: "x" }));
    const calls = Math.ceil((1.2 * stateLimits.streamLabels) / items.length);
    for (let call = 0; call < calls; call++) await store.appendLabels("a", items);
    let afterId = "0-0";
    let total = 0;
    for (let isAtEnd = false; !isAtEnd;) {
      const page = valueOf(await store.readLabels({ kind: "fleet" }, afterId));
      total += page.entries;
      afterId = page.lastId;
      isAtEnd = page.isAtEnd;
    }
    expect(total).toBeLessThanOrEqual(1.1 * stateLimits.streamLabels);
    expect(total).toBeGreaterThanOrEqual(stateLimits.streamLabels);
  });
});
