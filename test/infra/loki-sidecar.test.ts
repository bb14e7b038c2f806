/** The whole product before a real Loki: what it was asked is in Loki, once, however either of them ends. */
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../e2e/support/installed.ts";
import { metricValue } from "../support/metric-value.ts";
import { buildOutrider, type Outrider, startOutrider } from "../e2e/support/outrider-process.ts";
import { scratchFolder } from "../e2e/support/scratch-folder.ts";
import { type StandInServer, startStandIn } from "../e2e/support/stand-in-server.ts";
import { until, untilAsync } from "../support/until.ts";
import { findLoki, lokiSetUp, type LokiServer, startLoki } from "./support/loki-server.ts";
import { lokiTenant } from "./support/loki-tenant.ts";

const atOnce = 10;

function describeLoki(program: string): void {
  const folder = scratchFolder("loki-sidecar");
  const sidecars: Outrider[] = [];
  let loki: LokiServer;
  let modelServer: StandInServer;
  let entry: string;

  beforeAll(async () => {
    const starting = startLoki({ program, folder });
    entry = await buildOutrider(folder);
    modelServer = await startStandIn(({ body }) =>
      body.includes("refuse me") ? { status: 400, body: "{}" } : { body: '{"predictions":[1]}' },
    );
    loki = await starting;
  });

  afterAll(async () => {
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
    await modelServer?.stop();
    await loki?.stop();
  });

  /** One that logs every prediction to the tenant, over a spool of the tenant's name. */
  async function start(tenant: string, ...more: readonly string[]): Promise<Outrider> {
    const sinks = ["--predictions", "--predictions-sinks", "loki", "--predictions-sample", "1"];
    const where = ["--loki-url", loki.url, "--loki-tenant", tenant];
    const spool = ["--loki-spool-directory", path.join(folder, `spool-${tenant}`)];
    const args = ["--protocol", "mlflow", "--model-name", "churn", ...sinks, ...where, ...spool, ...more];
    const outrider = await startOutrider({ entry, folder, upstreamPort: modelServer.port, args });
    sidecars.push(outrider);
    return outrider;
  }

  /** Asks for so many predictions; gives the identities of the requests. */
  async function ask(outrider: Outrider, count: number, word: string = "predict me"): Promise<string[]> {
    const ids: string[] = [];
    const worker = async (first: number): Promise<void> => {
      for (let index = first; index < count; index += atOnce) {
        const id = `${word.replaceAll(" ", "-")}-${outrider.pid}-${index}`;
        const response = await fetch(`http://127.0.0.1:${outrider.port}/invocations`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-request-id": id },
          body: JSON.stringify({ dataframe_split: { columns: ["index", "word"], data: [[index, word]] } }),
        });
        await response.arrayBuffer();
        ids.push(id);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, (_, first) => worker(first)));
    return ids;
  }

  const metric = async (outrider: Outrider, name: string): Promise<number> =>
    (await outrider.metric(`outrider_prediction_log_${name}`, { sink: "loki" })) ?? 0;

  async function untilMetric(outrider: Outrider, name: string, value: number): Promise<void> {
    await untilAsync(async () => (await metric(outrider, name)) === value, `${name} to be ${value}`);
  }

  /** In one scrape: what came in is somewhere. */
  async function expectBalance(outrider: Outrider): Promise<void> {
    const { body } = await outrider.admin("/metrics");
    const sum = (...names: readonly string[]): number =>
      names.reduce((total, name) => total + (metricValue(body, `outrider_prediction_log_${name}`) ?? Number.NaN), 0);
    const somewhere = sum("sent_total", "dropped_total", "queue_entries", "spool_entries");
    expect(sum("accepted_total", "recovered_total")).toBe(somewhere);
  }

  /** Identities of the requests in the log of the tenant, sorted; with one that is there twice twice. */
  const logged = async (tenant: string): Promise<(string | undefined)[]> =>
    (await lokiTenant(loki.url, tenant).lines('{service_name="outrider"}'))
      .map(({ line }) => (JSON.parse(line) as { readonly request_id?: string }).request_id)
      .toSorted();

  async function end(outrider: Outrider, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    outrider.signal(signal);
    await until(outrider.hasExited, "the sidecar to end");
  }

  it("logs every request, to be counted and found by LogQL", async () => {
    const outrider = await start("counted");
    const good = await ask(outrider, 400);
    const refused = await ask(outrider, 100, "refuse me");
    await untilMetric(outrider, "sent_total", 500);
    expect(await logged("counted")).toEqual([...good, ...refused].toSorted());
    const { number, lines } = lokiTenant(loki.url, "counted");
    expect(await number('sum(count_over_time({service_name="outrider", model="churn"}[1h]))')).toBe(500);
    expect(await number('sum(count_over_time({service_name="outrider", outcome="client_error"}[1h]))')).toBe(100);
    expect(await number('sum(count_over_time({service_name="outrider"} | status="400" [1h]))')).toBe(100);
    expect(await number('sum(count_over_time({service_name="outrider"} | json | rows=1 [1h]))')).toBe(500);
    const found = await lines(`{model="churn"} | request_id="${good[0]}"`);
    expect(found.map(({ line }) => JSON.parse(line) as unknown)).toMatchObject([
      { request_id: good[0], features: [{ word: "predict me" }], prediction: [1], sampling: { probability: 1 } },
    ]);
  });

  it("delivers what it has not yet when it is asked to end", async () => {
    const outrider = await start("terminated");
    const ids = await ask(outrider, 50);
    await end(outrider, "SIGTERM");
    expect(await logged("terminated")).toEqual(ids.toSorted());
  });

  it("leaves in the spool what it cannot deliver when it is asked to end, for the next one", async () => {
    await loki.kill();
    const first = await start("spooled", "--predictions-flush-ms", "500ms");
    const ids = await ask(first, 50);
    await untilMetric(first, "accepted_total", 50);
    await end(first, "SIGTERM");
    await loki.restart();
    const second = await start("spooled");
    await untilMetric(second, "sent_total", 50);
    expect(await metric(second, "recovered_total")).toBe(50);
    expect(await logged("spooled")).toEqual(ids.toSorted());
  });

  it("loses and doubles nothing that was in the spool when both are killed", async () => {
    const first = await start("killed");
    const delivered = await ask(first, 50);
    await untilMetric(first, "sent_total", 50);
    await loki.kill();
    const spooled = await ask(first, 300);
    await untilMetric(first, "spool_entries", 300);
    await expectBalance(first);
    await end(first, "SIGKILL");
    const second = await start("killed");
    const later = await ask(second, 50);
    await untilMetric(second, "accepted_total", 50);
    await expectBalance(second);
    await loki.restart();
    await untilMetric(second, "sent_total", 350);
    expect(await metric(second, "recovered_total")).toBe(300);
    expect(await metric(second, "spool_entries")).toBe(0);
    await expectBalance(second);
    expect(await logged("killed")).toEqual([...delivered, ...spooled, ...later].toSorted());
  });

  it("loses and doubles nothing when it is killed again and again while it empties the spool", async () => {
    // Pushes of 128 KiB, so that the spool takes several of them.
    const smallPushes = ["--memory-budget-bytes", "8MiB"];
    const requests = 2000;
    await loki.kill();
    const first = await start("draining", ...smallPushes);
    const ids = await ask(first, requests);
    await untilMetric(first, "spool_entries", requests);
    await end(first, "SIGKILL");
    await loki.restart();
    for (const least of [requests, 1]) {
      const next = await start("draining", ...smallPushes);
      expect(await metric(next, "recovered_total")).toBeGreaterThanOrEqual(least);
      await untilAsync(async () => (await metric(next, "sent_total")) > 0, "something to be sent");
      await end(next, "SIGKILL");
    }
    const last = await start("draining", ...smallPushes);
    await untilMetric(last, "spool_entries", 0);
    await expectBalance(last);
    expect(await logged("draining")).toEqual(ids.toSorted());
  });
}

describeWith("predictions of the whole product in a real Loki", findLoki(), describeLoki, lokiSetUp);
