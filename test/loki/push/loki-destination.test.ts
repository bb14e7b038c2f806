import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { until } from "../../support/until.ts";
import { entriesAt, entryOf, nsAt } from "../log-entries.ts";
import { lokiStarter, tenant } from "../started-loki.ts";
import { anyText } from "../../support/any-text.ts";

const linesOf = (entries: readonly LogEntry[]): readonly string[] => entries.map(({ line }) => line);
const never = new AbortController().signal;
const hourMs = 3_600_000;

describe("the destination Loki", () => {
  const start = lokiStarter();

  it("stores all entries in order of time, with one compressed push for each stream, on few connections", async () => {
    const { loki, clock, deliver } = await start();
    const names = ["a", "b", "c", "d", "e", "f"];
    const batch = entriesAt(clock.nowMs, 60).map((entry, index) => ({
      ...entry,
      stream: `{"model":"${names[index % 6]}"}`,
    }));
    expect(await deliver(batch)).toEqual({ retries: [], refused: {}, detail: undefined });
    expect(await deliver(entriesAt(clock.nowMs + 1, 2))).toMatchObject({ retries: [] });
    expect(loki.linesOf(tenant)).toEqual([...linesOf(batch), ...linesOf(entriesAt(clock.nowMs + 1, 2))]);
    expect(
      loki.pushes.map(({ headers }) => [
        headers["content-encoding"],
        headers["content-type"],
        headers["x-scope-orgid"],
      ]),
    ).toEqual(Array.from({ length: 7 }, () => ["gzip", "application/json", tenant]));
    const streams = loki.pushes.map(({ body }) => (JSON.parse(body) as { streams: unknown[] }).streams.length);
    expect(streams).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(loki.connections).toBeLessThanOrEqual(4);
  });

  it("counts entries refused by a 400 and never sends them again; the others are stored", async () => {
    const { loki, clock, deliver } = await start({ limits: { max_line_size: "1KB" } });
    const good = entriesAt(clock.nowMs, 5);
    const old = entriesAt(clock.nowMs - 2 * hourMs, 3);
    const batch = [
      ...old,
      ...good,
      ...entriesAt(clock.nowMs + hourMs, 1),
      ...entriesAt(clock.nowMs, 2, { line: "x".repeat(2000) }),
    ];
    expect(await deliver(batch)).toMatchObject({ retries: [], refused: { too_old: 3, too_new: 1, line_too_long: 2 } });
    expect(loki.linesOf(tenant)).toEqual(linesOf(good));
    expect(loki.pushes).toHaveLength(1);
  });

  it("counts every entry of a stream whose labels are refused, and stores the other streams", async () => {
    const { loki, clock, deliver } = await start({ limits: { max_label_value_length: 20 } });
    const bad = entriesAt(clock.nowMs, 4, { stream: { model: "m".repeat(21) } });
    const good = entriesAt(clock.nowMs, 3);
    const { refused, detail } = await deliver([...bad, ...good]);
    expect(refused).toEqual({ bad_labels: 4 });
    expect(detail).toContain("400 stream '{model=");
    expect(loki.linesOf(tenant)).toEqual(linesOf(good));
  });

  it("does not push a line that is longer than the bound in UTF-8", async () => {
    const { loki, clock, deliver } = await start({ lineBytes: 10 });
    const lines = ["0123456789", "0123456789a", "ééééé", "éééééé", "x", "x".repeat(100)];
    const batch = lines.map((line, index) => entryOf({ ns: nsAt(clock.nowMs) + BigInt(index), line }));
    expect(await deliver(batch)).toMatchObject({ refused: { line_too_long: 3 } });
    expect(loki.linesOf(tenant)).toEqual(["0123456789", "ééééé", "x"]);
    expect(await deliver(batch.slice(1, 2))).toMatchObject({ refused: { line_too_long: 1 } });
    expect(loki.pushes).toHaveLength(1);
  });

  it("retries after a broken connection, a lost response and a server error, and stores each entry once", async () => {
    const { loki, clock, deliver } = await start();
    loki.script(
      { kind: "reset" },
      { kind: "lose_answer" },
      { kind: "answer", status: 500, text: "empty ring" },
      { kind: "answer", status: 503, headers: { "retry-after": "7" } },
    );
    const batch = entriesAt(clock.nowMs, 20);
    const { retries, refused } = await deliver(batch);
    expect(retries).toMatchObject([
      { kind: "retry", reason: "connection" },
      { kind: "retry", reason: "connection" },
      { kind: "retry", reason: "server_error", detail: "500 empty ring" },
      { kind: "retry", reason: "server_error", afterMs: 7000 },
    ]);
    expect(refused).toEqual({});
    expect(loki.linesOf(tenant)).toEqual(linesOf(batch));
    expect(new Set(loki.pushes.slice(1).map(({ body }) => body)).size).toBe(1);
  });

  it("pushes only the unsettled entries when a batch is retried with more at its end", async () => {
    const { loki, clock, destination, deliver } = await start();
    const one = [
      ...entriesAt(clock.nowMs, 2, { stream: { model: "one" } }),
      ...entriesAt(clock.nowMs - 2 * hourMs, 1, { stream: { model: "one" } }),
    ];
    const two = entriesAt(clock.nowMs, 2, { stream: { model: "two" } });
    loki.script({ kind: "answer", status: 204 }, { kind: "answer", status: 503 });
    // The streams are pushed side by side: whichever came first is the one that is settled.
    expect(await destination.deliver([...one, ...two], never)).toMatchObject({ kind: "retry", reason: "server_error" });
    const settled = loki.pushes.find(({ status }) => status === 204)?.body.includes('"two"') === true ? "two" : "one";
    const more = entriesAt(clock.nowMs + 5, 1, { stream: { model: settled } });
    const { refused } = await deliver([...one, ...two, ...more]);
    const again = loki.pushes.slice(2).map(({ body }) => body);
    expect(again).toHaveLength(2);
    const ofSettled = again.find((body) => body.includes(`"${settled}"`)) ?? "";
    expect((JSON.parse(ofSettled) as { streams: { values: unknown[] }[] }).streams[0]?.values).toHaveLength(1);
    expect(refused).toEqual(settled === "one" ? {} : { too_old: 1 });
  });

  it.each<[status: number, reason: string]>([
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "not_found"],
    [301, "not_found"],
    [504, "timeout"],
  ])("waits for better times on %i", async (status, reason) => {
    const { loki, clock, deliver } = await start();
    loki.script({ kind: "answer", status, headers: { location: "/elsewhere" } });
    const batch = entriesAt(clock.nowMs, 3);
    expect((await deliver(batch)).retries).toMatchObject([{ kind: "retry", reason }]);
    expect(loki.linesOf(tenant)).toEqual(linesOf(batch));
  });

  it("treats a silent Loki as unavailable", async () => {
    const { loki, clock, destination } = await start({ client: { timeoutMs: 50 } });
    loki.script({ kind: "hang" });
    expect(await destination.deliver(entriesAt(clock.nowMs, 1), never)).toMatchObject({
      kind: "retry",
      reason: "timeout",
    });
  });

  it("treats a refused connection as unavailable", async () => {
    const { loki, clock, destination } = await start();
    await loki.close();
    const result = await destination.deliver(entriesAt(clock.nowMs, 1), never);
    expect(result).toMatchObject({ kind: "retry", reason: "connection" });
    expect(result).toMatchObject({ detail: expect.stringContaining("ECONNREFUSED") as string });
  });

  it("stops when it is aborted", async () => {
    const { loki, clock, destination } = await start();
    loki.script({ kind: "hang" });
    const giveUp = new AbortController();
    const result = destination.deliver(entriesAt(clock.nowMs, 1), giveUp.signal);
    await until(() => loki.pushes.length === 1, "the push to arrive");
    giveUp.abort();
    expect(await result).toEqual({ kind: "retry", reason: "timeout", detail: "cancelled" });
    expect(await destination.deliver(entriesAt(clock.nowMs, 1), giveUp.signal)).toMatchObject({ kind: "retry" });
    expect(loki.pushes).toHaveLength(1);
  });

  it("stores any lines of a stream unchanged", async () => {
    const { loki, clock, deliver } = await start();
    let ns = nsAt(clock.nowMs);
    const text = fc.string({ unit: fc.oneof(anyText(), fc.constantFrom("\ud83d", '"', "\n")) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ line: text, value: text }), { minLength: 1 }), async (texts) => {
        const batch = texts.map(({ line, value }) =>
          entryOf({ ns: ++ns, line, stream: { model: value }, metadata: { request_id: value } }),
        );
        expect(await deliver(batch)).toMatchObject({ retries: [], refused: {} });
        expect(loki.linesOf(tenant).slice(-batch.length)).toEqual(texts.map(({ line }) => line.toWellFormed()));
      }),
      { numRuns: 50 },
    );
  });
});
