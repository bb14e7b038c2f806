import { describe, expect, it } from "vitest";

import { RelayCounters } from "../../src/metrics/requests/relay-counters.ts";
import { Drain } from "../../src/relay/drain.ts";

interface Bench {
  readonly drain: Drain;
  readonly counters: RelayCounters;
  readonly drains: () => number;
  readonly stops: readonly (number | undefined)[];
  nowMs: number;
}

function bench(minMs: number, timeoutMs: number): Bench {
  const counters = new RelayCounters();
  const stops: (number | undefined)[] = [];
  let drains = 0;
  const relay = {
    counters,
    drain: () => {
      drains += 1;
    },
    stop: async (graceMs?: number) => {
      stops.push(graceMs);
    },
  };
  const state = { counters, stops, drains: () => drains, nowMs: 50_000 };
  const clock = { wallMs: () => state.nowMs, monotonicMs: () => state.nowMs };
  return Object.assign(state, { drain: new Drain(relay, clock, { minMs, timeoutMs }) });
}

const never = new AbortController().signal;

describe("a drain", () => {
  it("is over when it has begun, its minimum time has passed and nothing is in flight", () => {
    const state = bench(100, 1000);
    expect(state.drain.isOver).toBe(false);
    state.drain.begin();
    state.counters.inFlight = 1;
    state.nowMs += 100;
    expect(state.drain.isOver).toBe(false);
    state.counters.inFlight = 0;
    expect(state.drain.isOver).toBe(true);
    state.nowMs -= 1;
    expect(state.drain.isOver).toBe(false);
  });

  it("counts its times from the first of several beginnings", () => {
    const state = bench(100, 1000);
    state.drain.begin();
    state.nowMs += 99;
    state.drain.begin();
    state.nowMs += 1;
    expect(state.drain.isOver).toBe(true);
  });

  it("may be waited for before it begins, by several at once", async () => {
    const state = bench(0, 1000);
    const waits = [state.drain.wait(10_000, never), state.drain.wait(10_000, never)];
    expect(state.drain.hasBegun).toBe(false);
    state.drain.begin();
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(state.stops).toEqual([]);
  });

  it("is waited for no longer than asked, and not for a caller that has gone", async () => {
    const state = bench(0, 1000);
    const wait = state.drain.wait(500, never);
    state.nowMs += 500;
    expect(await wait).toBe(false);
    expect(await state.drain.wait(500, AbortSignal.abort())).toBe(false);
  });

  it("gives the relay what is left of its time once the minimum time has passed", async () => {
    const state = bench(40, 1000);
    state.drain.begin();
    state.nowMs += 30;
    const finished = state.drain.finish("orderly");
    expect(state.stops).toEqual([]);
    state.nowMs += 10;
    await finished;
    expect(state.stops).toEqual([960]);
  });

  it("leaves the minimum time out when in a hurry, but not what is in flight", async () => {
    const state = bench(40, 1000);
    await state.drain.finish("hurry");
    expect(state.stops).toEqual([1000]);
  });

  it("waits for nothing when forced, or when its time is over", async () => {
    const forced = bench(40, 1000);
    await forced.drain.finish("force");
    expect(forced.stops).toEqual([0]);
    expect(forced.drains()).toBeGreaterThan(0);
    const late = bench(0, 1000);
    late.drain.begin();
    late.nowMs += 5000;
    await late.drain.finish("orderly");
    expect(late.stops).toEqual([0]);
  });
});
