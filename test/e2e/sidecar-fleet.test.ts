/** Three sidecars of one model over a real Redis: together they report on exactly what all clients sent. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DriftReport } from "../../src/drift/monitor/drift-report.ts";
import type { ModelAccuracy } from "../../src/accuracy/label-monitor.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";
import { normals } from "../drift/support/some-baselines.ts";
import { describeWith } from "./support/installed.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { findRedis, type RedisServer, startRedis } from "./support/redis-server.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { patienceMs, untilAsync } from "../support/until.ts";

const seed = 20_261_125;

/** The part of `GET /fleet` that these tests read. */
interface FleetView {
  readonly status: {
    readonly isLeader: boolean;
    readonly replicas: readonly unknown[];
    readonly gaps: readonly unknown[];
  };
  readonly drift: readonly DriftReport[];
  readonly accuracy: readonly ModelAccuracy[] | null;
  readonly latency: { readonly requests: number; readonly p50_seconds: number } | null;
}

describeWith("three sidecars and a real Redis", findRedis(), (program) => {
  const folder = scratchFolder("sidecar-fleet");
  const random = seededRandom(seed);
  const draw = normals(random);
  let redis: RedisServer;
  let model: Server;
  let replicas: readonly Outrider[] = [];
  let windowMs = 0;

  beforeAll(async () => {
    console.log(`rows are drawn with seed ${seed}`);
    redis = await startRedis(program, { folder });
    model = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => response.end(request.url === "/ping" ? "\n" : answer(Buffer.concat(parts).toString())));
    });
    await new Promise<void>((resolve) => model.listen(0, "127.0.0.1", resolve));
    const entry = await buildOutrider(folder);
    const input = path.join(folder, "train.csv");
    writeFileSync(input, `x\n${Array.from({ length: 4000 }, () => draw()).join("\n")}\n`);
    const baseline = path.join(folder, "baseline.json");
    execFileSync(process.execPath, [entry, "baseline", "build", "--input", input, "-o", baseline], { stdio: "pipe" });
    const { port } = model.address() as AddressInfo;
    windowMs = await windowThatHolds(900, entry, port);
    const args = ["--protocol", "mlflow", "--model-name", "signs", "--model-version", "1"].concat(
      ["--drift-baseline", baseline, "--drift-window-ms", String(windowMs)],
      ["--redis-url", redis.url, "--redis-flush-ms", "200", "--labels-stream", "ground-truth"],
      // Every request counts, also on a busy machine: no smaller sample.
      ["--reading-cpu", "1"],
    );
    replicas = await Promise.all([1, 2, 3].map(() => startOutrider({ entry, folder, upstreamPort: port, args })));
    await untilAsync(async () => (await leaders()).length === 1, "a leader");
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    model?.closeAllConnections();
    model?.close();
    await redis?.stop();
  });

  /** The model: whether each number is above zero. */
  function answer(body: string): string {
    const { inputs } = JSON.parse(body) as { readonly inputs: { readonly x: readonly number[] } };
    return JSON.stringify({ predictions: inputs.x.map((x) => Number(x > 0)) });
  }

  const living = (): readonly Outrider[] => replicas.filter((replica) => !replica.hasExited());

  const fleetOf = async (replica: Outrider): Promise<FleetView> =>
    JSON.parse((await replica.admin("/fleet")).body) as FleetView;

  async function leaders(): Promise<readonly Outrider[]> {
    const views = await Promise.all(living().map(async (replica) => ({ replica, view: await fleetOf(replica) })));
    return views.filter(({ view }) => view.status.isLeader).map(({ replica }) => replica);
  }

  async function predict(replica: Outrider, x: number, id: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${replica.port}/invocations`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": id },
      body: JSON.stringify({ inputs: { x: [x] } }),
    });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  }

  /** Milliseconds of a window in which this machine can well send so many requests, in whole seconds. */
  async function windowThatHolds(count: number, entry: string, upstreamPort: number): Promise<number> {
    const sample = 150;
    const outrider = await startOutrider({ entry, folder, upstreamPort, args: ["--protocol", "mlflow"] });
    const startedMs = performance.now();
    await sendBurst([outrider], sample, "sample");
    const neededMs = ((performance.now() - startedMs) / sample) * count;
    await outrider.stop();
    return Math.max(4, Math.ceil((neededMs * 2.5) / 1000)) * 1000;
  }

  /** Sends requests, thirty at a time, to the targets in turn. */
  async function sendBurst(targets: readonly Outrider[], count: number, prefix: string): Promise<void> {
    for (let sent = 0; sent < count; sent += 30) {
      const burst = Array.from({ length: Math.min(30, count - sent) }, (_, at) => sent + at);
      await Promise.all(
        burst.map((number) => predict(targets[number % targets.length] as Outrider, draw() + 1, `${prefix}-${number}`)),
      );
    }
  }

  const windowNow = (): number => Math.floor(Date.now() / windowMs);

  /** True when every replica has counted all bodies that it captured. */
  async function allCounted(): Promise<boolean> {
    const queued = await Promise.all(living().map((replica) => replica.metric("outrider_reading_queue_exchanges")));
    return queued.every((count) => count === 0);
  }

  /** Sends requests to all replicas in turn, repeated until all are counted within one window; returns that window. */
  async function sendWithinOneWindow(count: number, prefix: string): Promise<number> {
    for (let attempt = 0; ; attempt++) {
      const before = windowNow();
      await untilAsync(async () => windowNow() > before, "the next window", patienceMs + windowMs);
      const index = windowNow();
      await sendBurst(living(), count, `${prefix}-${attempt}`);
      await untilAsync(allCounted, "all bodies to be counted", patienceMs);
      if (windowNow() === index) return index;
    }
  }

  /** The fleet's report on one window. */
  async function reportOf(window: number): Promise<DriftReport> {
    let found: DriftReport | undefined;
    await untilAsync(
      async () => {
        const [report] = (await fleetOf(living()[0] as Outrider)).drift;
        if (report?.window?.to_ms === (window + 1) * windowMs) found = report;
        return found !== undefined;
      },
      `the verdict on window ${window}`,
      patienceMs + 3 * windowMs,
    );
    return found as DriftReport;
  }

  it("judge on exactly the sum of their counts", async () => {
    const window = await sendWithinOneWindow(900, "all");
    const report = await reportOf(window);
    expect(report).toMatchObject({ scope: "fleet", ready: true, model: "signs" });
    // Windows that were too short are carried over: at least these, and all of them in whole requests.
    expect(report.window?.requests).toBeGreaterThanOrEqual(900);
    if (report.window?.from_ms === window * windowMs) expect(report.window.requests).toBe(900);
    expect(report.targets[0]).toMatchObject({ name: "x", level: "critical" });
    const { latency } = await fleetOf(replicas[1] as Outrider);
    expect(latency?.p50_seconds).toBeGreaterThan(0);
  });

  it("show drift once, on the leader's page alone", async () => {
    const scores = await Promise.all(
      replicas.map((replica) => replica.metric("outrider_drift_score", { feature: "x" })),
    );
    expect(scores.filter((score) => score !== undefined)).toHaveLength(1);
    const [leader] = await leaders();
    expect(await leader?.metric("outrider_drift_score", { feature: "x" })).toBeGreaterThan(0.2);
    expect(await leader?.metric("outrider_fleet_windows_mismatched_total")).toBe(0);
  });

  it("join a label with its prediction, whichever replicas got them", async () => {
    const [first, second] = replicas as readonly [Outrider, Outrider, Outrider];
    for (let i = 0; i < 40; i++) await predict(first, i - 20, `labelled-${i}`);
    const labels = Array.from({ length: 40 }, (_, i) => ({ id: `labelled-${i}`, label: Number(i - 20 >= 0) }));
    const response = await fetch(`${second.adminUrl}/labels`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(labels),
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ taken: 40, results: { forwarded: 40 } });
    // One is wrong: the model says that zero is not above zero.
    await untilAsync(async () => {
      const [accuracy] = (await fleetOf(second)).accuracy ?? [];
      return accuracy?.labels === 40 && accuracy.classes?.accuracy === 39 / 40;
    }, "the labels in the accuracy of the fleet");
    expect(await first.metric("outrider_labels_total", { result: "joined" })).toBe(40);
    expect(await second.metric("outrider_labels_total", { result: "unknown" })).toBe(0);
  });

  it("read labels from a stream of the user's", async () => {
    const [, , third] = replicas as readonly [Outrider, Outrider, Outrider];
    for (let i = 0; i < 10; i++) await predict(third, 1, `streamed-${i}`);
    for (let i = 0; i < 10; i++) await redis.command("XADD", "ground-truth", "*", "id", `streamed-${i}`, "label", "1");
    await redis.command("XADD", "ground-truth", "*", "id", "without a label");
    await untilAsync(
      async () => (await third.metric("outrider_labels_total", { result: "joined" })) === 10,
      "the labels",
    );
    expect(await third.metric("outrider_fleet_labels_malformed_total")).toBe(1);
  });

  it("continue after the leader was killed, and report the gap", async () => {
    const [leader] = await leaders();
    leader?.signal("SIGKILL");
    await untilAsync(async () => living().length === 2 && (await leaders()).length === 1, "another leader");
    const window = await sendWithinOneWindow(900, "two");
    const report = await reportOf(window);
    expect(report.window?.requests).toBeGreaterThanOrEqual(900);
    expect(report.targets[0], "the history goes on: the second window that differs").toMatchObject({
      state: "critical",
    });
    await untilAsync(async () => {
      const views = await Promise.all(living().map(fleetOf));
      return views.every(({ status }) => status.gaps.length === 1 && status.replicas.length === 2);
    }, "the gap");
  });

  it("serve and report for themselves while Redis is away", async () => {
    await redis.stop();
    const [replica] = living() as readonly [Outrider, ...Outrider[]];
    const before = (await replica.metric("outrider_predictions_total")) ?? 0;
    for (let i = 0; i < 50; i++) await predict(replica, 1, `alone-${i}`);
    await untilAsync(async () => (await replica.metric("outrider_predictions_total")) === before + 50, "the counts");
    await untilAsync(
      async () => (await replica.metric("outrider_drift_ready", { model: "signs" })) !== undefined,
      "its own drift on its page",
    );
    expect(await replica.metric("outrider_state_failures_total")).toBeGreaterThan(0);
  });
});
