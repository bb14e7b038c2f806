/** A baseline that a real MLflow registry keeps beside a version of a model. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { breastCancerRowsUrl, readLabelledRows } from "../../demo/traffic/labelled-rows.ts";
import type { Baseline } from "../../src/drift/baseline/baseline.ts";
import type { DriftReport } from "../../src/drift/monitor/drift-report.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { type RegistryServer, startRegistry } from "./support/registry-server.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { startStandIn, type StandInServer } from "./support/stand-in-server.ts";
import { untilAsync } from "../support/until.ts";
import { freePorts } from "./support/server-process.ts";

const model = "breast cancer";

/** What each version keeps as its artifact `outrider/baseline.json`, from version 1 on. */
const versions = ["baseline", "baseline", "nothing", "no baseline"] as const;

describeWith("a baseline in a real MLflow registry", findInstalled("mlflow-registry"), (installation) => {
  const folder = scratchFolder("registry");
  const { features, rows } = readLabelledRows();
  const sidecars: Outrider[] = [];
  let registry: RegistryServer;
  let modelServer: StandInServer;
  let entry: string;
  let baseline: Baseline;

  beforeAll(async () => {
    const starting = startRegistry(installation, folder);
    entry = await buildOutrider(folder);
    modelServer = await startStandIn(() => ({ body: '{"predictions":[1]}' }));
    const file = path.join(folder, "baseline.json");
    const input = fileURLToPath(breastCancerRowsUrl);
    const flags = ["--input", input, "--label", "target", "-o", file];
    execFileSync(process.execPath, [entry, "baseline", "build", ...flags], { stdio: "pipe" });
    baseline = JSON.parse(readFileSync(file, "utf8")) as Baseline;
    registry = await starting;
    await registry.register(model, versions.map(artifactsOf));
  });

  afterAll(async () => {
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
    await modelServer?.stop();
    await registry?.stop();
  });

  function artifactsOf(kept: (typeof versions)[number], index: number): string {
    const artifacts = path.join(folder, `version-${index + 1}`);
    mkdirSync(path.join(artifacts, "outrider"), { recursive: true });
    // A model without any artifact is none.
    writeFileSync(path.join(artifacts, "MLmodel"), "flavors: {}\n");
    const text = kept === "baseline" ? JSON.stringify(baseline) : '{"format":"outrider-baseline","version":99}';
    if (kept !== "nothing") writeFileSync(path.join(artifacts, "outrider", "baseline.json"), text);
    return artifacts;
  }

  async function start(version: string, registryPort: number): Promise<Outrider> {
    const named = ["--model-name", model, "--model-version", version];
    const args = ["--protocol", "mlflow", ...named, "--registry-url", `http://127.0.0.1:${registryPort}`];
    const outrider = await startOutrider({ entry, folder, upstreamPort: modelServer.port, args });
    sidecars.push(outrider);
    return outrider;
  }

  /** Sends a row; what is said of drift once it has been read. */
  async function reportAfterOneRow(outrider: Outrider): Promise<DriftReport> {
    const response = await fetch(`http://127.0.0.1:${outrider.port}/invocations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ dataframe_split: { columns: features, data: [rows[0]] } }),
    });
    expect(response.status).toBe(200);
    let found: DriftReport | undefined;
    await untilAsync(async () => (found = await driftReport(outrider)) !== undefined, "the row to be read");
    return found ?? expect.fail("no report");
  }

  async function driftReport(outrider: Outrider): Promise<DriftReport | undefined> {
    const { body } = await outrider.admin("/drift");
    return (JSON.parse(body) as { readonly reports: readonly DriftReport[] }).reports[0];
  }

  const untilLogged = (outrider: Outrider, level: string, text: string): Promise<void> =>
    untilAsync(async () => linesOf(outrider).some((line) => line.level === level && line.msg.includes(text)), text);

  function expectFetched(report: DriftReport | undefined): void {
    const { kind, name, digest, rows: count } = baseline.source;
    expect(report).toMatchObject({
      learning: null,
      baseline: { kind, name, digest, rows: count, created_at: baseline.createdAt, features: features.length },
      changes: { absent: [], unknown: [], retyped: [] },
    });
    expect(report?.targets.map((target) => target.name).toSorted()).toEqual(features.toSorted());
  }

  it.each([
    ["1", "a run"],
    ["2", "a logged model"],
  ])("is used when version %s has it among the artifacts of %s", async (version) => {
    const outrider = await start(version, registry.port);
    await untilLogged(outrider, "info", "the baseline comes from the registry");
    expectFetched(await reportAfterOneRow(outrider));
  });

  it.each([
    ["3", "warn", "no baseline for this model", "a version without one"],
    ["9", "warn", "no baseline for this model", "a version that is not there"],
    ["2024-11", "warn", "no baseline for this model", "a version that is none of a registry"],
    ["4", "error", "the registry's baseline is invalid: one is learned from requests", "something else in its place"],
  ])(
    "is learned from requests for version %s, and a line of level %s says so: %s, %s",
    async (version, level, words) => {
      const outrider = await start(version, registry.port);
      await untilLogged(outrider, level, words);
      expect(await reportAfterOneRow(outrider)).toMatchObject({ baseline: null, learning: { requests: 1 } });
    },
  );

  it("is fetched later when the registry comes later; until then requests are served, and learned from", async () => {
    const [port = 0] = await freePorts(1);
    const outrider = await start("1", port);
    await untilLogged(outrider, "warn", "no baseline from the registry yet");
    expect(await reportAfterOneRow(outrider)).toMatchObject({ baseline: null, learning: { requests: 1 } });
    const opened = openWayTo(registry.port, port);
    await untilLogged(outrider, "info", "the baseline comes from the registry");
    expectFetched(await driftReport(outrider));
    expectFetched(await reportAfterOneRow(outrider));
    opened.close();
  });
});

interface LogLine {
  readonly level: string;
  readonly msg: string;
}

function linesOf(outrider: Outrider): readonly LogLine[] {
  const whole = outrider.log().split("\n").slice(0, -1);
  return whole.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as LogLine] : []));
}

/** Makes a server answer on another port too. */
function openWayTo(target: number, port: number): Server {
  const server = createServer((client) => {
    const upstream = createConnection(target, "127.0.0.1");
    client.on("error", () => upstream.destroy()).pipe(upstream);
    upstream.on("error", () => client.destroy()).pipe(client);
  });
  return server.listen(port, "127.0.0.1");
}
