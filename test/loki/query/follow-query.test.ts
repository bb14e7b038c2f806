import { describe, expect, it } from "vitest";
import { caughtUp, followQuery, type LokiFollow } from "../../../src/loki/query/follow-query.ts";
import { entriesAt, entryOf, nsAt } from "../log-entries.ts";
import { lokiStarter, tenant, type StartedLoki } from "../started-loki.ts";

describe("lines that are followed", () => {
  const start = lokiStarter();

  /** A follower of all, and what the next line is. */
  function follow({ loki, http, clock }: StartedLoki, plan: Partial<LokiFollow> = {}) {
    const end = new AbortController();
    const troubles: string[] = [];
    const lines = followQuery(
      { http, url: loki.url, tenant },
      {
        logql: '{service_name=~".+"}',
        startNs: nsAt(clock.nowMs - 60_000),
        intervalMs: 1,
        lookBackMs: 10_000,
        clock: { wallMs: () => clock.nowMs, monotonicMs: () => clock.nowMs },
        signal: end.signal,
        onTrouble: ({ code }) => void troubles.push(code),
        ...plan,
      },
    );
    const next = async (): Promise<string | undefined> => {
      const step = await lines.next();
      if (step.done === true) return undefined;
      return step.value === caughtUp ? caughtUp : step.value.line;
    };
    return { end, troubles, next };
  }

  it("are the existing ones, a mark that these are all, and new ones, late ones included", async () => {
    const started = await start();
    const { clock, deliver } = started;
    await deliver(entriesAt(clock.nowMs - 50_000, 2, { line: "old" }));
    const { next, end } = follow(started);
    expect([await next(), await next(), await next()]).toEqual(["old", "old", caughtUp]);
    await deliver([entryOf({ ns: nsAt(clock.nowMs), line: "new" })]);
    expect(await next()).toBe("new");
    clock.nowMs += 5000;
    await deliver([entryOf({ ns: nsAt(clock.nowMs - 8000), line: "late" })]);
    expect(await next()).toBe("late");
    await deliver([entryOf({ ns: nsAt(clock.nowMs + 3000), line: "ahead" })]);
    expect(await next()).toBe("ahead");
    clock.nowMs += 100_000;
    await deliver([entryOf({ ns: nsAt(clock.nowMs), line: "much later" })]);
    expect(await next()).toBe("much later");
    end.abort();
    expect(await next()).toBeUndefined();
  });

  it("continue without a gap after Loki was unavailable", async () => {
    const started = await start();
    const { clock, deliver, http } = started;
    let isAway = false;
    const flaky = {
      ...http,
      get: (...call: Parameters<typeof http.get>) => (isAway ? Promise.reject(new Error("away")) : http.get(...call)),
    };
    const { next, end, troubles } = follow({ ...started, http: flaky }, {});
    expect(await next()).toBe(caughtUp);
    isAway = true;
    clock.nowMs += 60_000;
    await deliver(entriesAt(clock.nowMs - 30_000, 1, { line: "while it was away" }));
    const following = next();
    await expect.poll(() => troubles.length).toBeGreaterThan(2);
    isAway = false;
    expect(await following).toBe("while it was away");
    expect(new Set(troubles)).toEqual(new Set(["unreachable"]));
    end.abort();
  });

  it("end with a permanent error", async () => {
    const { next } = follow(await start(), { logql: "{" });
    await expect(next()).rejects.toMatchObject({ code: "bad_query" });
  });
});
