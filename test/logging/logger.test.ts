import { describe, expect, it } from "vitest";
import type { LineSink } from "../../src/logging/line-sink.ts";
import { createLogger } from "../../src/logging/logger.ts";

const memorySink = (): LineSink & { readonly lines: string[] } => {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line), droppedTotal: 3, flush: async () => {} };
};

describe("logger", () => {
  it("writes one JSON object a line with level, time and fields, and nothing about the machine", async () => {
    const sink = memorySink();
    const { logger } = await createLogger({ level: "info", format: "json", sink });
    logger.info({ address: "127.0.0.1:18080" }, "listening");
    expect(sink.lines).toHaveLength(1);
    const { time, ...rest } = JSON.parse(sink.lines[0]!) as Record<string, unknown>;
    expect(rest).toEqual({ level: "info", address: "127.0.0.1:18080", msg: "listening" });
    expect(Date.parse(String(time))).not.toBeNaN();
    expect(sink.lines[0]!.endsWith("}\n")).toBe(true);
  });

  it("logs an error with its message and stack", async () => {
    const sink = memorySink();
    const { logger } = await createLogger({ level: "info", format: "json", sink });
    logger.error({ error: new Error("no") }, "it failed");
    expect(JSON.parse(sink.lines[0]!)).toMatchObject({ error: { message: "no", stack: expect.any(String) } });
  });

  it("writes text when configured", async () => {
    const sink = memorySink();
    const { logger } = await createLogger({ level: "info", format: "human", sink });
    logger.warn({ port: 18_080 }, "look here");
    expect(sink.lines[0]).toMatch(/WARN.*look here/);
    expect(() => JSON.parse(sink.lines[0]!) as unknown).toThrow();
  });

  it("keeps to its level, which can change at run time", async () => {
    const sink = memorySink();
    const log = await createLogger({ level: "warn", format: "json", sink });
    log.logger.info("hidden");
    log.setLevel("debug");
    log.logger.debug("shown");
    log.setLevel("silent");
    log.logger.fatal("hidden too");
    expect(sink.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["shown"]);
  });

  it("counts dropped lines", async () => {
    const log = await createLogger({ level: "info", format: "json", sink: memorySink() });
    expect(log.linesDropped()).toBe(3);
  });
});
