/** Everything that must stand before traffic may flow: the model server, the baseline, the sidecar. */
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { freePort, writeHostAndPort } from "./processes/addresses.ts";
import type { HostAndPort } from "./processes/addresses.ts";
import { makeBaseline } from "./baseline.ts";
import type { Display } from "./show/display.ts";
import { readLabelledRows } from "./traffic/labelled-rows.ts";
import { readModelFile } from "./model-server/classifier.ts";
import type { DemoOptions, WantedAddress } from "./options.ts";
import type { Production } from "./production.ts";
import { requestForms } from "./traffic/request-forms.ts";
import type { Scene } from "./show/show.ts";
import { askAdmin, readReadiness } from "./sidecar/sidecar-reading.ts";
import type { Stage } from "./processes/stage.ts";
import { deniedRequests } from "./traffic/traffic.ts";
import { addressInLine, embeddedUpstream, mlflowUpstream } from "./processes/upstreams.ts";
import { waitFor } from "./wait.ts";
import { windowSeconds } from "./traffic/window-length.ts";

const product = fileURLToPath(new URL("../dist/outrider.mjs", import.meta.url));

/** How long the model server and the sidecar may take to be ready, milliseconds; MLflow needs minutes on a slow machine. */
const startLimitMs = 300_000;

/** How long the reason why the sidecar is not ready yet stays unsaid, milliseconds. */
const quietMs = 2_000;

/** Starts the servers and waits until the sidecar says that it is ready. */
export async function setScene(production: Production): Promise<Scene> {
  const { stage, options, display } = production;
  if (!existsSync(product)) {
    throw new Error(`${product} is missing; \`npm run build\` makes it, and so does \`npm run demo\``);
  }
  const model = readModelFile();
  const listen = await chooseAddress("--listen", options.listen, display);
  const admin = await chooseAddress("--admin", options.admin, display);
  const [upstream, baselineFile] = await Promise.all([
    startUpstream(production),
    makeBaseline({ product, folder: production.folder, rows: readLabelledRows(), model, run: stage.run }),
  ]);
  const upstreamUrl = `http://${writeHostAndPort(upstream.address)}`;
  const adminUrl = `http://${writeHostAndPort(admin)}`;
  const windowLength = windowSeconds(options.requestsPerSecond);
  const addresses = [
    "--upstream",
    upstreamUrl,
    "--listen",
    writeHostAndPort(listen),
    "--admin",
    writeHostAndPort(admin),
  ];
  const identity = ["--model-name", model.name, "--model-version", model.version];
  const drift = ["--drift-baseline", baselineFile, "--drift-window-ms", `${windowLength}s`];
  const predictionsFolder = path.join(production.folder, "predictions");
  const log = ["--predictions", "--predictions-sample", "0.1", "--predictions-directory", predictionsFolder];
  const bodies = ["--predictions-bodies"];
  const args = [product, "run", "--drain-min-ms", "0", ...addresses, ...identity, ...drift, ...log, ...bodies];
  stage.start({ name: "sidecar", command: process.execPath, args });
  await untilReady(stage, adminUrl, display);
  const dataUrl = `http://${writeHostAndPort(listen)}`;
  return {
    dataUrl,
    adminUrl,
    upstreamUrl,
    upstreamTitle: upstream.title,
    modelName: model.name,
    heldOutAccuracy: model.training.heldOutAccuracy,
    predictCommand: predictCommand(dataUrl, options),
    deniedCommand: deniedCommand(dataUrl, options),
    baselineFile,
    baselineCommand: `npx outrider baseline show ${baselineFile}`,
    driftCommand: `npx outrider drift --admin ${writeHostAndPort(admin)}`,
    accuracyCommand: `npx outrider accuracy --admin ${writeHostAndPort(admin)}`,
    predictionsCommand: `npx outrider predictions --directory ${predictionsFolder} --limit 10`,
    replayCommand: `npx outrider replay --directory ${predictionsFolder} --upstream ${upstreamUrl} --limit 20`,
    windowSeconds: windowLength,
    driftAfterSeconds: options.driftAfterSeconds,
  };
}

async function chooseAddress(flag: string, wanted: WantedAddress, display: Display): Promise<HostAndPort> {
  const port = await freePort(wanted);
  if (port !== undefined) {
    return { host: wanted.host, port };
  }
  const taken = writeHostAndPort(wanted);
  if (wanted.isGiven) {
    throw new Error(`${flag} ${taken}: another process listens there; choose another port, or 0 for any free one`);
  }
  const other = (await freePort({ ...wanted, port: 0 })) ?? 0;
  display.say(`${taken} is taken by another process; taking port ${other} (choose one with ${flag})`);
  return { host: wanted.host, port: other };
}

async function startUpstream({
  stage,
  options,
  display,
}: Production): Promise<{ readonly address: HostAndPort; readonly title: string }> {
  const { title, command, address } = options.mlflow
    ? await mlflowUpstream(stage.run, display.say)
    : embeddedUpstream(options);
  let said = address;
  stage.start({
    ...command,
    onLine: (line) => {
      said ??= addressInLine(line);
    },
  });
  const limit = AbortSignal.any([stage.over, AbortSignal.timeout(startLimitMs)]);
  return { title, address: await waitFor(async () => said, 20, limit) };
}

async function untilReady(stage: Stage, adminUrl: string, display: Display): Promise<void> {
  const startedMs = performance.now();
  let reason = "";
  const look = async (): Promise<true | undefined> => {
    const { status, body } = await askAdmin(adminUrl, "/readyz");
    const found = status === 0 ? "" : readReadiness(body);
    // What lasts for a moment only is not worth a line.
    const isNews = found !== "" && found !== reason && performance.now() - startedMs > quietMs;
    if (status !== 200 && isNews) {
      reason = found;
      display.say(`waiting: ${reason}`);
    }
    return status === 200 ? true : undefined;
  };
  const limit = AbortSignal.timeout(startLimitMs);
  try {
    await waitFor(look, 100, AbortSignal.any([stage.over, limit]));
  } catch (error) {
    if (limit.aborted && !stage.over.aborted) {
      throw new Error(`not ready after ${startLimitMs / 1_000} s: ${reason}`, { cause: error });
    }
    throw error;
  }
}

/** A line for a shell that asks about the first row in the protocol's first form. */
function predictCommand(dataUrl: string, options: DemoOptions): string {
  const { features, rows } = readLabelledRows();
  const [form] = requestForms[options.protocol];
  const body = form.write(rows.slice(0, 1), features);
  return `curl -s ${dataUrl}${form.path} -H 'Content-Type: ${form.contentType}' -d '${body}'`;
}

function deniedCommand(dataUrl: string, options: DemoOptions): string {
  const { method, path } = deniedRequests[options.protocol];
  return `curl -si${method === "GET" ? "" : ` -X ${method}`} ${dataUrl}${path}`;
}
