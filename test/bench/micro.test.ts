import { describe, expect, it } from "vitest";
import { atMs, binaryTensors, jsonExchanges } from "../../bench/micro/telemetry-workload.ts";
import { timeInterleaved } from "../../bench/micro/interleaved-times.ts";

const windowMs = 900_000;

describe("what the targets of reading are measured with", () => {
  it("counts the rows of JSON bodies against a learned baseline", () => {
    const { readAndCount, parse, monitors } = jsonExchanges(5);
    const counted = (): number => monitors.reports()[0]?.collecting?.requests ?? 0;
    const before = counted();
    for (let call = 0; call < 10; call++) readAndCount();
    expect(counted() - before).toBe(10);
    expect(monitors.reports()[0]?.targets.filter(({ kind }) => kind === "feature")).toHaveLength(5);
    expect(parse()).toMatchObject([{ inputs: [expect.any(Array)] }, { predictions: [expect.any(Number)] }]);
  });

  it("counts every number of unaligned tensors", () => {
    const { readAndCount, read, monitors } = binaryTensors(4, 3);
    const cells = read().features?.cells;
    expect(cells).toBeInstanceOf(Float32Array);
    expect(cells).toHaveLength(12);
    readAndCount();
    monitors.advance(atMs + windowMs);
    const [report] = monitors.reports();
    expect(report?.baseline?.features).toBe(3);
  });

  it("takes turns, and keeps one time a round of each", () => {
    const order: string[] = [];
    const times = timeInterleaved({ a: () => order.push("a"), b: () => order.push("b") }, { rounds: 3, calls: 2 });
    expect(times.a).toHaveLength(3);
    expect(times.b).toHaveLength(3);
    expect(order.slice(0, 8).join("")).toBe("aabbbbaa");
    expect(order.filter((name) => name === "a")).toHaveLength(order.length / 2);
    expect([...times.a, ...times.b].every((microseconds) => microseconds >= 0)).toBe(true);
  });
});
