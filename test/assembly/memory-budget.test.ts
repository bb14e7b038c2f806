import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { maxDefaultBudgetBytes, memoryShares, type MemoryShares } from "../../src/assembly/memory-budget.ts";
import { minBudgetBytes } from "../../src/config/fields/capture.ts";
import { loadConfig } from "../../src/config/load.ts";

const mebibyte = 1_048_576;

async function shares(environment: Record<string, string>, limitBytes = 0): Promise<MemoryShares> {
  const result = await loadConfig({ file: undefined, environment, flags: [], isUpstreamRequired: false });
  if (result.kind !== "loaded") throw new Error("the configuration has mistakes");
  return memoryShares(result.loaded.config, limitBytes);
}

const full: MemoryShares = {
  tapBytes: 16 * mebibyte,
  readingQueueBytes: 2 * mebibyte,
  decodedBytes: 4 * mebibyte,
  sinkQueueBytes: 4 * mebibyte,
  lokiBatchBytes: mebibyte / 2,
};

describe("the memory budget", () => {
  it.each([0, 256 * mebibyte, 4096 * mebibyte, 2 ** 64])("is 32 MiB with a memory limit of %d bytes", async (limit) => {
    expect(await shares({}, limit)).toEqual(full);
  });

  it("is an eighth of a smaller memory limit, and at least 8 MiB", async () => {
    expect((await shares({}, 128 * mebibyte)).tapBytes).toBe(8 * mebibyte);
    expect((await shares({}, mebibyte)).tapBytes).toBe(minBudgetBytes / 2);
  });

  it("is what the configuration says, whatever the limit", async () => {
    const { tapBytes, sinkQueueBytes } = await shares({ OUTRIDER_MEMORY_BUDGET_BYTES: "64MiB" }, mebibyte);
    expect([tapBytes, sinkQueueBytes]).toEqual([32 * mebibyte, 8 * mebibyte]);
  });

  it("holds at least what one exchange and one record need", async () => {
    const large = { OUTRIDER_TAP_BODY_BYTES: "16MiB", OUTRIDER_PREDICTIONS_RECORD_BYTES: "16MiB" };
    const { tapBytes, readingQueueBytes, decodedBytes, sinkQueueBytes } = await shares(large);
    expect(Math.min(tapBytes, readingQueueBytes, sinkQueueBytes)).toBeGreaterThanOrEqual(32 * mebibyte);
    expect(decodedBytes).toBeGreaterThanOrEqual(16 * mebibyte);
  });

  it("is not exceeded by its shares with usual sizes of bodies and records, whatever the sinks", async () => {
    const sinks = fc.subarray(["file", "stdout", "loki"], { minLength: 1 });
    const budget = fc.integer({ min: 16 * mebibyte, max: 1024 * mebibyte });
    await fc.assert(
      fc.asyncProperty(sinks, budget, async (names, bytes) => {
        const environment = { OUTRIDER_PREDICTIONS_SINKS: names.join(), OUTRIDER_MEMORY_BUDGET_BYTES: String(bytes) };
        const { tapBytes, readingQueueBytes, decodedBytes, sinkQueueBytes, lokiBatchBytes } = await shares(environment);
        const total = tapBytes + readingQueueBytes + decodedBytes + names.length * sinkQueueBytes + lokiBatchBytes;
        expect(total).toBeLessThanOrEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it("captures nothing when no bodies are captured", async () => {
    expect((await shares({ OUTRIDER_TAP_BODY_BYTES: "0" })).tapBytes).toBe(0);
    expect(maxDefaultBudgetBytes).toBe(32 * mebibyte);
  });
});
