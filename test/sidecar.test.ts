import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";

import { effectiveValues } from "../src/config/effective.ts";
import { loadConfig } from "../src/config/load.ts";
import type { Config } from "../src/config/table/table.ts";
import type { LineSink } from "../src/logging/line-sink.ts";
import { createLogger } from "../src/logging/logger.ts";
import { startSidecar, type Sidecar } from "../src/sidecar.ts";
import { until } from "./support/until.ts";

type Settings = Readonly<Record<string, string>>;

/** Free ports, and no load balancer to wait for. */
const anywhere: Settings = {
  OUTRIDER_LISTEN: "127.0.0.1:0",
  OUTRIDER_ADMIN_LISTEN: "127.0.0.1:0",
  OUTRIDER_DRAIN_MIN_MS: "50",
};

async function configOf(settings: Settings): Promise<Config> {
  const environment = { ...anywhere, ...settings };
  const result = await loadConfig({ file: undefined, environment, flags: [], isUpstreamRequired: true });
  return result.kind === "loaded" ? result.loaded.config : expect.fail(JSON.stringify(result.mistakes));
}

interface Running {
  readonly sidecar: Sidecar;
  readonly lines: readonly string[];
  data(path: string, init?: RequestInit): Promise<Response>;
  admin(path: string, init?: RequestInit): Promise<Response>;
}

async function start(settings: Settings): Promise<Running> {
  const lines: string[] = [];
  const sink: LineSink = { write: (line) => lines.push(line), droppedTotal: 0, flush: async () => {} };
  const config = await configOf(settings);
  const sidecar = await startSidecar({
    config,
    effectiveValues: () => effectiveValues({ config, origins: new Map() }),
    reloads: () => ({ succeeded: 3, failed: 2, isLastGood: true, loadedAtMs: 1000 }),
    version: "1.2.3",
    revision: "0abcdef",
    log: await createLogger({ ...config.log, format: "json", sink }),
  });
  onTestFinished(() => sidecar.stop("force"));
  return {
    sidecar,
    lines,
    data: (path, init) => fetch(`http://${sidecar.listenAddress}${path}`, init),
    admin: (path, init) => fetch(`http://${sidecar.adminAddress}${path}`, init),
  };
}

/** A model server with the health paths of MLflow. */
async function startModelServer(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    const isKnown = ["/ping", "/health", "/invocations"].includes(request.url ?? "");
    response.writeHead(isKnown ? 200 : 404).end(isKnown ? "\n" : "{}");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function untilReady({ admin }: Running): Promise<void> {
  let status = 0;
  const look = async (): Promise<void> => {
    while (status !== 200) status = (await admin("/readyz")).status;
  };
  void look().catch(() => undefined);
  await until(() => status === 200, "the sidecar to be ready");
}

describe("the sidecar", () => {
  it("passes requests, becomes ready, and counts what passed", async () => {
    const upstream = await startModelServer();
    const running = await start({
      OUTRIDER_UPSTREAM: upstream,
      OUTRIDER_PROTOCOL: "mlflow",
      OUTRIDER_MODEL_NAME: "churn",
    });
    await untilReady(running);
    expect((await running.data("/invocations", { method: "POST", body: "{}" })).status).toBe(200);
    expect((await running.data("/api/2.0/mlflow")).status).toBe(403);
    const metrics = await (await running.admin("/metrics")).text();
    expect(metrics).toMatch(/^outrider_requests_total\{outcome="ok",status="200",model="churn",[^}]*\} 1$/m);
    expect(metrics).toMatch(/^outrider_upstream_ready 1$/m);
    expect(metrics).toMatch(/^outrider_config_reloads_total\{result="success"\} 3$/m);
    expect(metrics).toMatch(/^outrider_config_reloads_total\{result="failure"\} 2$/m);
    expect(await (await running.admin("/hdr")).json()).toMatchObject({
      histograms: [{ count: 1 }, { count: 0 }],
    });
    expect(await (await running.admin("/version")).json()).toMatchObject({ version: "1.2.3", revision: "0abcdef" });
  });

  it("starts without its model server and says why it is not ready", async () => {
    const { data, admin } = await start({ OUTRIDER_UPSTREAM: "http://127.0.0.1:1" });
    expect((await admin("/livez")).status).toBe(200);
    const ready = await admin("/readyz");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ready: false, reason: expect.any(String) });
    expect((await admin("/upstream/livez")).status).toBe(503);
    const answer = await data("/anything");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("x-outrider-error")).toBe("not_ready");
  });

  it("reports the chosen addresses and every value in force", async () => {
    const { sidecar, admin } = await start({ OUTRIDER_UPSTREAM: "http://127.0.0.1:1" });
    expect(sidecar.listenAddress).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    const view = (await (await admin("/config")).json()) as { listening: string; fields: unknown[] };
    expect(view.listening).toBe(sidecar.listenAddress);
    expect(view.fields).toContainEqual({ path: "protocol", value: "auto", origin: "default" });
  });

  it("fails readiness at once when it drains, and still serves", async () => {
    const upstream = await startModelServer();
    const running = await start({ OUTRIDER_UPSTREAM: upstream, OUTRIDER_PROTOCOL: "mlflow" });
    await untilReady(running);
    const wait = running.admin("/drain/wait?max=10");
    expect((await running.admin("/drain", { method: "POST" })).status).toBe(200);
    expect(await (await running.admin("/readyz")).json()).toMatchObject({ ready: false, reason: "draining" });
    const answer = await running.data("/invocations", { method: "POST", body: "{}" });
    expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
    expect(await (await wait).json()).toMatchObject({ drained: true });
  });

  it("applies new route rules, log level and access log, and names fields that need a restart", async () => {
    const settings = { OUTRIDER_UPSTREAM: await startModelServer(), OUTRIDER_PROTOCOL: "generic" };
    const { sidecar, data, lines } = await start(settings);
    expect((await data("/health")).status).toBe(200);
    expect(lines.filter((line) => line.includes('"msg":"request"'))).toEqual([]);
    const changes = { OUTRIDER_ROUTES_DENY: "GET /health", OUTRIDER_LOG_ACCESS: "true", OUTRIDER_VARIANT: "other" };
    expect(sidecar.reload(await configOf({ ...settings, ...changes }))).toEqual(["variant"]);
    expect((await data("/health")).status).toBe(403);
    await until(() => lines.some((line) => line.includes('"msg":"request"')), "an access line");
    sidecar.reload(await configOf({ ...settings, OUTRIDER_LOG_LEVEL: "silent" }));
    expect((await data("/health")).status).toBe(200);
  });

  it("releases both ports when it stops, and when a start fails", async () => {
    const first = await start({ OUTRIDER_UPSTREAM: "http://127.0.0.1:1" });
    const taken = first.sidecar.adminAddress;
    await expect(
      start({ OUTRIDER_UPSTREAM: "http://127.0.0.1:1", OUTRIDER_ADMIN_LISTEN: taken }),
    ).rejects.toMatchObject({
      code: "port_in_use",
    });
    await first.sidecar.stop();
    await expect(first.data("/")).rejects.toThrow();
    await expect(first.admin("/livez")).rejects.toThrow();
    const again = { OUTRIDER_LISTEN: first.sidecar.listenAddress, OUTRIDER_ADMIN_LISTEN: taken };
    await start({ OUTRIDER_UPSTREAM: "http://127.0.0.1:1", ...again });
  });
});
