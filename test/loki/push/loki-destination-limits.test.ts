import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { entriesAt, entryOf, nsAt } from "../log-entries.ts";
import { lokiStarter, tenant } from "../started-loki.ts";

const linesOf = (entries: readonly LogEntry[]): readonly string[] => entries.map(({ line }) => line);
const hourMs = 3_600_000;

/** Entries that take about 1 KB each. */
const kilobytes = (ms: number, count: number, model = "iris"): LogEntry[] =>
  entriesAt(ms, count).map((entry, index) =>
    entryOf({ ns: BigInt(entry.timeNs), line: String(index).padStart(1000, "z"), stream: { model } }),
  );

describe("the destination Loki at the limits of a tenant", () => {
  const start = lokiStarter();

  it("waits out a short excess for as long as the rate requires, without splitting", async () => {
    const { loki, clock, deliver } = await start({ limits: { ingestion_rate_mb: 0.1, ingestion_burst_size_mb: 0.1 } });
    const first = kilobytes(clock.nowMs, 80);
    await deliver(first);
    const second = kilobytes(clock.nowMs + 1, 90);
    const { retries } = await deliver(second);
    expect(retries).toMatchObject([
      { kind: "retry", reason: "rate_limited", detail: expect.stringContaining("429 ingestion rate limit") as string },
    ]);
    expect(retries[0]).toMatchObject({ afterMs: expect.closeTo(1000, -3) as number });
    expect(loki.linesOf(tenant)).toEqual(linesOf([...first, ...second]));
    expect(loki.pushes.map(({ status }) => status)).toEqual([204, 429, 204]);
  });

  it("delivers a batch larger than the burst in chunks, and no entry twice", async () => {
    const { loki, clock, deliver } = await start({ limits: { ingestion_rate_mb: 0.1, ingestion_burst_size_mb: 0.1 } });
    const batch = kilobytes(clock.nowMs, 700);
    const { retries, refused } = await deliver(batch);
    expect(refused).toEqual({});
    expect(loki.linesOf(tenant)).toEqual(linesOf(batch));
    const passed = loki.pushes.filter(({ status }) => status === 204);
    // A burst takes a hundred of them: halves of halves of halves, not single ones.
    expect(passed.length).toBeLessThanOrEqual(10);
    expect(passed.reduce((sum, { body }) => sum + body.split('["').length - 1, 0)).toBe(batch.length);
    expect(retries.length).toBeLessThan(25);
    // What is known of the burst serves the next batch.
    const pushes = loki.pushes.length;
    clock.nowMs += 10_000;
    expect((await deliver(kilobytes(clock.nowMs, 80))).retries).toEqual([]);
    expect(loki.pushes).toHaveLength(pushes + 1);
  });

  it("delivers a stream larger than its own burst in chunks, while other streams continue", async () => {
    const { loki, clock, destination, deliver } = await start({
      limits: { per_stream_rate_limit: "64KB", per_stream_rate_limit_burst: "64KB" },
    });
    const many = kilobytes(clock.nowMs, 200);
    const others = Array.from({ length: 12 }, (_, index) => kilobytes(clock.nowMs + 1, 1, `other ${index}`)).flat();
    const first = await destination.deliver([...many, ...others], new AbortController().signal);
    expect(first).toMatchObject({ kind: "retry", reason: "rate_limited" });
    expect(loki.linesOf(tenant)).toEqual(linesOf(others));
    const { retries } = await deliver([...many, ...others]);
    expect(loki.linesOf(tenant)).toEqual(linesOf([...many, ...others]));
    expect(retries.length).toBeLessThan(15);
    expect(loki.pushes.filter(({ body }) => body.includes('"other '))).toHaveLength(12);
  });

  it("tries a halved chunk as often before halving it again", async () => {
    const { loki, clock, deliver } = await start();
    const slowDown = { kind: "answer", status: 429, text: "ingestion rate limit exceeded" } as const;
    loki.script(...Array.from({ length: 9 }, () => slowDown));
    const { retries } = await deliver(kilobytes(clock.nowMs, 8));
    expect(retries).toHaveLength(9);
    expect(loki.pushes.map(({ body }) => body.split('["').length - 1)).toEqual([8, 8, 8, 8, 8, 4, 4, 4, 4, 4, 4]);
  });

  it("refuses a single entry larger than the burst, and continues", async () => {
    const { loki, clock, deliver } = await start({
      limits: { ingestion_rate_mb: 0.01, ingestion_burst_size_mb: 0.01 },
    });
    const large = entryOf({ ns: nsAt(clock.nowMs), line: "x".repeat(50_000) });
    const small = entriesAt(clock.nowMs + 1, 2);
    expect(await deliver([large, ...small])).toMatchObject({ refused: { too_large: 1 } });
    expect(loki.linesOf(tenant)).toEqual(linesOf(small));
  });

  it("halves a chunk at once that is too large for a message, down to single entries", async () => {
    const { loki, clock, deliver } = await start();
    const tooLarge = {
      kind: "answer",
      status: 500,
      text: "rpc error: received message larger than max (9 vs. 8)",
    } as const;
    loki.script(tooLarge, tooLarge, tooLarge, { kind: "answer", status: 413, text: "<html>" });
    const batch = kilobytes(clock.nowMs, 8);
    // 8, 4, 2, 1: the first one is given up, and the others pass one by one.
    expect(await deliver(batch)).toMatchObject({ retries: [], refused: { too_large: 1 } });
    expect(loki.linesOf(tenant)).toEqual(linesOf(batch.slice(1)));
  });

  it("grows chunks again after a while of accepted ones", async () => {
    const { loki, clock, deliver } = await start();
    loki.script({ kind: "answer", status: 413 });
    await deliver(kilobytes(clock.nowMs, 8));
    const sizes: number[] = [];
    for (let round = 1; round <= 60; round++) {
      await deliver(kilobytes(clock.nowMs + round, 8));
      sizes.push(loki.pushes.length);
    }
    expect(sizes.at(-1)! - sizes.at(-2)!).toBe(1);
    expect(sizes[1]! - sizes[0]!).toBe(2);
  });

  it("refuses entries of streams over the limit after three attempts, and stores all others meanwhile", async () => {
    const { loki, clock, deliver } = await start({ limits: { max_global_streams_per_user: 2 } });
    const streams = (ms: number): LogEntry[] =>
      ["a", "b", "c", "d"].flatMap((model) => entriesAt(ms, 2, { stream: { model }, line: `${model} ${ms}` }));
    await deliver(streams(clock.nowMs).slice(0, 4));
    const { retries, refused, detail } = await deliver(streams(clock.nowMs + 1));
    expect(retries).toHaveLength(2);
    expect(retries).toMatchObject([{ reason: "rate_limited" }, { reason: "rate_limited" }]);
    expect(refused).toEqual({ too_many_streams: 4 });
    expect(detail).toContain("429 maximum active stream limit exceeded");
    const models = new Set(loki.linesOf(tenant).map((line) => line.charAt(0)));
    expect([models, loki.linesOf(tenant)]).toMatchObject([new Set(["a", "b"]), { length: 8 }]);
    // Once known, they block no other streams; they are tried while there are entries of them.
    expect(await deliver(streams(clock.nowMs + 2))).toMatchObject({ retries: [], refused: { too_many_streams: 4 } });
    loki.forgetStreams(tenant);
    expect(await deliver(streams(clock.nowMs + 3).slice(4))).toMatchObject({ retries: [], refused: {} });
    // Since they could be made once, they are waited for again.
    loki.forgetStreams(tenant);
    await deliver(streams(clock.nowMs + 4).slice(0, 4));
    const again = await deliver(streams(clock.nowMs + 5).slice(4));
    expect([again.retries.length, again.refused]).toEqual([2, { too_many_streams: 4 }]);
  });

  it("accounts for every entry, and stores good ones exactly once, for any limits and failures", async () => {
    const kinds = ["good", "old", "new", "long"] as const;
    const entry = fc.record({
      kind: fc.constantFrom(...kinds),
      model: fc.constantFrom("a", "b", "c"),
      size: fc.integer({ min: 0, max: 900 }),
    });
    const script = fc.constantFrom(
      { kind: "reset" } as const,
      { kind: "lose_answer" } as const,
      { kind: "answer", status: 500 } as const,
      { kind: "answer", status: 429, text: "ingestion rate limit exceeded" } as const,
      { kind: "answer", status: 413 } as const,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { minLength: 2, maxLength: 40 }),
        fc.array(script, { maxLength: 6 }),
        fc.constantFrom("100MB", "4KB"),
        async (plans, scripts, rate) => {
          const limits = { max_line_size: "1KB", per_stream_rate_limit: rate, per_stream_rate_limit_burst: rate };
          const { loki, clock, deliver } = await start({ limits });
          const offsets = { good: 0, long: 0, old: -2 * hourMs, new: hourMs };
          const batch = plans.map(({ kind, model, size }, index) =>
            entryOf({
              ns: nsAt(clock.nowMs + offsets[kind]) + BigInt(index),
              line: `${index} `.padEnd(kind === "long" ? 2000 : size, "x"),
              stream: { model },
            }),
          );
          // What is said to be too large comes first: it must not be stored already when it is given up for it.
          const isTooLarge = (one: (typeof scripts)[number]): boolean => one.kind === "answer" && one.status === 413;
          loki.script(...scripts.filter(isTooLarge), ...scripts.filter((one) => !isTooLarge(one)));
          const { refused } = await deliver(batch);
          const total = Object.values(refused).reduce((sum, count) => sum + count, 0);
          const stored = loki.linesOf(tenant);
          expect(stored.length + total).toBe(batch.length);
          expect(new Set(stored).size).toBe(stored.length);
          const good = batch.filter((_, index) => plans[index]?.kind === "good");
          const given = new Set(stored);
          expect(good.filter(({ line }) => !given.has(line)).length).toBeLessThanOrEqual(refused["too_large"] ?? 0);
          await loki.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
