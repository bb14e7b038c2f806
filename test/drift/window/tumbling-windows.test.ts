import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addVector, layOutCells } from "../../../src/drift/window/cell-layout.ts";
import { TumblingWindows } from "../../../src/drift/window/tumbling-windows.ts";
import { baselineOf, numeric } from "../support/some-baselines.ts";

const layout = layOutCells(baselineOf([numeric("x", [0, 1])]), 10);

/** Counts one row at each time and gives all windows, open ones last. */
function count(
  times: readonly number[],
  lengths: readonly number[] = [],
): readonly { ms: number; index: number; rows: number }[] {
  const windows = new TumblingWindows(layout, 10, lengths, times[0] ?? 0);
  const closed: { ms: number; index: number; rows: number }[] = [];
  const take = (): void => {
    for (const { windowMs, windowIndex, counts } of windows.takeClosed()) {
      closed.push({ ms: windowMs, index: windowIndex, rows: counts.vector[0]! });
    }
  };
  for (const time of times) {
    const { vector } = windows.at(time);
    vector[0] = vector[0]! + 1;
    take();
  }
  windows.roll((times.at(-1) ?? 0) + 10 * 10_000);
  take();
  return closed;
}

describe("TumblingWindows", () => {
  it("cuts time at multiples of the length", () => {
    expect(count([5, 9, 10, 19, 20, 45])).toEqual([
      { ms: 10, index: 0, rows: 2 },
      { ms: 10, index: 1, rows: 2 },
      { ms: 10, index: 2, rows: 1 },
      { ms: 10, index: 4, rows: 1 },
    ]);
  });

  it("adds the short windows to the long ones when they close", () => {
    const long = count([0, 12, 25, 31, 59, 60], [30, 10, 5]).filter(({ ms }) => ms === 30);
    expect(long).toEqual([
      { ms: 30, index: 0, rows: 3 },
      { ms: 30, index: 1, rows: 2 },
      { ms: 30, index: 2, rows: 1 },
    ]);
  });

  it("puts a short window that lies in two long ones into the one that it begins in", () => {
    const long = count([0, 27, 31, 52], [25]).filter(({ ms }) => ms === 25);
    expect(long).toEqual([
      { ms: 25, index: 0, rows: 2 },
      { ms: 25, index: 1, rows: 1 },
      { ms: 25, index: 2, rows: 1 },
    ]);
  });

  it("stays in its window when the clock is set back a little, and leaves it when it is set back far", () => {
    expect(count([100, 95, 101])).toEqual([{ ms: 10, index: 10, rows: 3 }]);
    expect(count([100, 20, 21])).toEqual([
      { ms: 10, index: 10, rows: 1 },
      { ms: 10, index: 2, rows: 2 },
    ]);
  });

  it("does nothing at a time that is none", () => {
    expect(count([100, NaN, Infinity, -Infinity, 101])).toEqual([{ ms: 10, index: 10, rows: 5 }]);
  });

  it("has every row in exactly one window of each length, whatever the clock does", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 2000 }), { minLength: 1 }), (times) => {
        const windows = count(times, [50, 200]);
        for (const ms of [10, 50, 200]) {
          const rows = windows.filter((window) => window.ms === ms).reduce((sum, window) => sum + window.rows, 0);
          expect(rows).toBe(times.length);
        }
      }),
    );
  });

  it("gives the open window of each length", () => {
    const windows = new TumblingWindows(layout, 10, [20], 5);
    const { vector } = windows.at(5);
    addVector(vector, new Float64Array(layout.length).fill(1));
    expect(windows.openWindow(10)).toMatchObject({ windowIndex: 0 });
    expect(windows.openWindow(10)?.vector[0]).toBe(1);
    expect(windows.openWindow(20)?.vector[0]).toBe(0);
    windows.roll(10);
    expect(windows.openWindow(20)?.vector[0]).toBe(1);
    expect(windows.openWindow(7)).toBeUndefined();
  });
});
