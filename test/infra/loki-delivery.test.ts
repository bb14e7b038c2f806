/** Queue, spool and push together, before a Loki that dies, comes back and refuses. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LokiHttp } from "../../src/loki/loki-http.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { describeWith } from "../e2e/support/installed.ts";
import { scratchFolder } from "../e2e/support/scratch-folder.ts";
import type { LokiLimits } from "../support/loki/loki-limits.ts";
import { until } from "../support/until.ts";
import { type EntryLoad, logEntry, startLoad } from "./support/entry-load.ts";
import { findLoki, lokiSetUp, type LokiServer, startLoki } from "./support/loki-server.ts";
import { lokiTenant } from "./support/loki-tenant.ts";
import { findingsOf, type StorageFindings, storedOnce } from "./support/stored-once.ts";
import { startWatchedDelivery, type WatchedDelivery, type WatchedDeliveryPlan } from "./support/watched-delivery.ts";

const patienceMs = 300_000;

/** Tenants with limits of their own, named after what they have little of. */
const tenants: Readonly<Record<string, LokiLimits>> = {
  rate: { ingestion_rate_mb: 1, ingestion_burst_size_mb: 1 },
  burst: { ingestion_burst_size_mb: 0.25 },
  "stream-rate": { per_stream_rate_limit: "256KB", per_stream_rate_limit_burst: "256KB" },
  "length-and-age": { max_line_size: "4KB", reject_old_samples_max_age: "10m" },
};

/** Entries of one round over the streams after another, about as long as a record with its features. */
const longEntries = (count: number, streams: number): LogEntry[] =>
  Array.from({ length: count }, (_, index) =>
    logEntry({ test: "limits", pod: String(index % streams) }, `${index} ${"x".repeat(2_000)}`),
  );

function describeLoki(program: string): void {
  const folder = scratchFolder("loki-delivery");
  const deliveries: WatchedDelivery[] = [];
  let loki: LokiServer;

  beforeAll(async () => {
    loki = await startLoki({ program, folder, tenants });
  });

  afterAll(async () => {
    await Promise.all(deliveries.map((delivery) => delivery.stop(0)));
    await loki?.stop();
  });

  async function start(plan: Omit<WatchedDeliveryPlan, "url">): Promise<WatchedDelivery> {
    const delivery = await startWatchedDelivery({ url: loki.url, ...plan });
    deliveries.push(delivery);
    return delivery;
  }

  /** How what the tenant has differs from `entries`. */
  async function stored(tenant: string, entries: readonly LogEntry[]): Promise<StorageFindings> {
    return findingsOf(entries, await lokiTenant(loki.url, tenant).lines('{test=~".+"}'));
  }

  /** The accounting is right, and all entries are in Loki. */
  function expectAllSent(delivery: WatchedDelivery, count: number): void {
    const { acceptedTotal, sentTotal, queuedEntries, spooledEntries } = delivery.counters;
    expect({ acceptedTotal, sentTotal, queuedEntries, spooledEntries }).toEqual({
      acceptedTotal: count,
      sentTotal: count,
      queuedEntries: 0,
      spooledEntries: 0,
    });
    expect(delivery.dropped()).toEqual({});
    expect(delivery.worstBalance).toBe(0);
  }

  /** Each once, and those of each stream in the order in which they were offered. */
  function expectOrder(delivery: WatchedDelivery, offered: readonly LogEntry[]): void {
    const byStream = (entries: readonly LogEntry[]): Record<string, string[]> =>
      Object.fromEntries(
        [...Map.groupBy(entries, ({ stream }) => stream)].map(([stream, own]) => [stream, own.map((e) => e.timeNs)]),
      );
    expect(byStream(delivery.acknowledged)).toEqual(byStream(offered));
  }

  /** So many more are in Loki. */
  async function untilSent(delivery: WatchedDelivery, more: number): Promise<void> {
    const target = delivery.counters.sentTotal + more;
    await until(() => delivery.counters.sentTotal >= target, `${more} more to be sent`, patienceMs);
  }

  /** Kills Loki, and lets it come back when `isEnough`. */
  async function outage(isEnough: () => boolean, what: string): Promise<void> {
    await loki.kill();
    await until(isEnough, what, patienceMs);
    await loki.restart();
  }

  /** Ends the load, and waits until all of it is delivered. */
  async function finish(delivery: WatchedDelivery, load: EntryLoad): Promise<void> {
    load.stop();
    await delivery.flush(patienceMs);
    expectAllSent(delivery, load.offered.length);
    expectOrder(delivery, load.offered);
  }

  it.each(["in memory", "in chunks"])(
    "loses and doubles nothing when Loki, with all %s, is killed twice",
    async (where) => {
      const tenant = where.replace(" ", "-");
      const delivery = await start({ tenant, folder });
      const { counters } = delivery;
      const load = startLoad(delivery, { perSecond: 1_000, streams: 4, test: "killed" });
      const flush = async (): Promise<void> => (where === "in chunks" ? loki.flush() : undefined);
      await untilSent(delivery, 2_000);
      await flush();
      await untilSent(delivery, 500);
      const isSpooled = (more: number): (() => boolean) => {
        const target = counters.spooledTotal + more;
        return () => counters.spooledTotal >= target;
      };
      await outage(isSpooled(3_000), "entries in the spool");
      await untilSent(delivery, 500);
      await flush();
      await outage(isSpooled(2_000), "more entries in the spool");
      await until(() => counters.spooledEntries === 0, "the spool to be empty", patienceMs);
      await flush();
      await untilSent(delivery, 500);
      await finish(delivery, load);
      expect(await stored(tenant, load.offered)).toEqual(storedOnce);
      expect(counters.spooledTotal).toBeGreaterThanOrEqual(5_000);
    },
  );

  it("loses and doubles nothing without a spool while waiting entries fit into the queue", async () => {
    const delivery = await start({ tenant: "no-spool" });
    const load = startLoad(delivery, { perSecond: 1_000, streams: 4, test: "killed" });
    await untilSent(delivery, 500);
    await outage(() => delivery.counters.queuedEntries > 1_500, "entries in the queue");
    await finish(delivery, load);
    expect(await stored("no-spool", load.offered)).toEqual(storedOnce);
    expect(delivery.counters.retried.connection).toBeGreaterThan(0);
  });

  it("doubles nothing when responses to stored pushes are lost", async () => {
    let pushes = 0;
    const losing = (http: LokiHttp): LokiHttp => ({
      ...http,
      post: async (...call) => {
        const answer = await http.post(...call);
        if (++pushes % 3 === 0) throw new Error("planted: the connection broke before the answer");
        return answer;
      },
    });
    const delivery = await start({ tenant: "lost-answers", through: losing });
    const load = startLoad(delivery, { perSecond: 1_000, streams: 2, test: "lost" });
    await untilSent(delivery, 1_000);
    await loki.flush();
    await untilSent(delivery, 1_000);
    await finish(delivery, load);
    expect(await stored("lost-answers", load.offered)).toEqual(storedOnce);
    expect(delivery.counters.retried.connection).toBeGreaterThan(1);
  });

  it.each([
    { tenant: "rate", streams: 4, reason: "rate_limited" },
    { tenant: "stream-rate", streams: 2, reason: "per_stream_rate_limit" },
  ])("waits and loses nothing when Loki wants less: $reason", async ({ tenant, streams, reason }) => {
    const delivery = await start({ tenant, batchBytes: 524_288 });
    const entries = longEntries(1_000, streams);
    for (const entry of entries) delivery.offer(entry);
    await delivery.flush(patienceMs);
    expectAllSent(delivery, entries.length);
    expectOrder(delivery, entries);
    expect(await stored(tenant, entries)).toEqual(storedOnce);
    expect(delivery.counters.retried.rate_limited).toBeGreaterThan(0);
    expect(await loki.metric("loki_discarded_samples_total", { tenant, reason })).toBeGreaterThan(0);
  });

  it("sends a batch larger than Loki ever accepts in chunks", async () => {
    const delivery = await start({ tenant: "burst", batchBytes: 4_194_304 });
    const entries = longEntries(500, 1);
    for (const entry of entries) delivery.offer(entry);
    await delivery.flush(patienceMs);
    expectAllSent(delivery, entries.length);
    expect(await stored("burst", entries)).toEqual(storedOnce);
    expect(await loki.metric("loki_discarded_samples_total", { tenant: "burst" })).toBeGreaterThanOrEqual(500);
  });

  it("loses only the line that is too long and the one that is too old, not those beside them", async () => {
    const delivery = await start({ tenant: "length-and-age" });
    const labels = { test: "refused" };
    const good = Array.from({ length: 200 }, (_, index) => logEntry(labels, `good ${index}`));
    const long = logEntry(labels, "x".repeat(5_000));
    const old = logEntry(labels, "old", 20 * 60_000);
    const all = [...good.slice(0, 50), long, ...good.slice(50, 120), old, ...good.slice(120)];
    for (const entry of all) delivery.offer(entry);
    await delivery.flush(patienceMs);
    expect(delivery.dropped()).toEqual({ line_too_long: 1, too_old: 1 });
    expect(delivery.counters.sentTotal).toBe(good.length);
    expect(delivery.worstBalance).toBe(0);
    expect(await stored("length-and-age", good)).toEqual(storedOnce);
  });
}

describeWith("delivery to a real Loki", findLoki(), describeLoki, lokiSetUp);
