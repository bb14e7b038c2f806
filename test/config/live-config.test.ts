import { describe, expect, it } from "vitest";

import { LiveConfig } from "../../src/config/live-config.ts";
import { loadConfig, type LoadedConfig, type LoadResult } from "../../src/config/load.ts";
import type { Config } from "../../src/config/table/table.ts";

async function load(environment: Readonly<Record<string, string>>): Promise<LoadResult> {
  return loadConfig({ file: undefined, environment, flags: [], isUpstreamRequired: false });
}

async function loadedFrom(environment: Readonly<Record<string, string>>): Promise<LoadedConfig> {
  const result = await load(environment);
  return result.kind === "loaded" ? result.loaded : expect.fail();
}

interface Bench {
  readonly live: LiveConfig;
  readonly applied: Config[];
  environment: Readonly<Record<string, string>>;
  nowMs: number;
  refuses: readonly string[];
}

async function bench(): Promise<Bench> {
  const applied: Config[] = [];
  const initial = await loadedFrom({});
  const state: Omit<Bench, "live"> = { applied, environment: {}, nowMs: 1000, refuses: [] };
  return Object.assign(state, {
    live: new LiveConfig({
      initial,
      load: () => load(state.environment),
      apply: (config) => {
        applied.push(config);
        return state.refuses;
      },
      wallMs: () => state.nowMs,
    }),
  });
}

describe("a live configuration", () => {
  it("takes a good version and remembers when", async () => {
    const state = await bench();
    state.environment = { OUTRIDER_LOG_LEVEL: "debug" };
    state.nowMs = 2000;
    expect(await state.live.reload()).toEqual({ kind: "applied", restartPaths: [] });
    expect(state.live.loaded.config.log.level).toBe("debug");
    expect(state.live.loaded.origins.get("log.level")).toEqual({ kind: "environment", name: "OUTRIDER_LOG_LEVEL" });
    expect(state.live.counters).toEqual({ succeeded: 1, failed: 0, isLastGood: true, loadedAtMs: 2000 });
  });

  it("keeps the last good version when the new one has mistakes, and tells them all", async () => {
    const state = await bench();
    state.environment = { OUTRIDER_LOG_LEVEL: "loud", OUTRIDER_LIMITS_QUEUED: "-1" };
    state.nowMs = 2000;
    const outcome = await state.live.reload();
    expect(outcome.kind === "rejected" ? outcome.mistakes.map((mistake) => mistake.path) : []).toEqual([
      "log.level",
      "limits.queued",
    ]);
    expect(state.applied).toEqual([]);
    expect(state.live.loaded.config.log.level).toBe("info");
    expect(state.live.counters).toEqual({ succeeded: 0, failed: 1, isLastGood: false, loadedAtMs: 1000 });
  });

  it("names fields that need a restart, goes on with their old values, and takes the rest", async () => {
    const state = await bench();
    state.environment = { OUTRIDER_LISTEN: "127.0.0.1:1", OUTRIDER_LOG_LEVEL: "debug" };
    expect(await state.live.reload()).toEqual({ kind: "applied", restartPaths: ["listen"] });
    expect(state.live.loaded.config.listen.port).toBe(18_080);
    expect(state.live.loaded.config.log.level).toBe("debug");
    state.environment = { OUTRIDER_LOG_LEVEL: "debug" };
    expect(await state.live.reload()).toEqual({ kind: "applied", restartPaths: [] });
  });

  it("names fields that the sidecar itself could not take", async () => {
    const state = await bench();
    state.refuses = ["log.level"];
    state.environment = { OUTRIDER_LOG_LEVEL: "debug" };
    expect(await state.live.reload()).toEqual({ kind: "applied", restartPaths: ["log.level"] });
    expect(state.live.loaded.config.log.level).toBe("info");
  });

  it("runs one reload at a time and ends with the newest version", async () => {
    const state = await bench();
    state.environment = { OUTRIDER_LOG_LEVEL: "debug" };
    const first = state.live.reload();
    state.environment = { OUTRIDER_LOG_LEVEL: "warn" };
    const second = state.live.reload();
    await Promise.all([first, second]);
    expect(state.live.loaded.config.log.level).toBe("warn");
    expect(state.live.counters.succeeded).toBe(2);
  });
});
