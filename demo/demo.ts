/** `npm run demo`: a model server, the sidecar in front of it, real rows as traffic, and what is going on. */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { freePort, writeHostAndPort } from "./addresses.ts";
import type { HostAndPort } from "./addresses.ts";
import { chooseDisplay } from "./display.ts";
import type { Display } from "./display.ts";
import { readLabelledRows } from "./labelled-rows.ts";
import { readModelFile } from "./model-server/classifier.ts";
import { helpText, readDemoOptions } from "./options.ts";
import type { DemoOptions, WantedAddress } from "./options.ts";
import { startReplay } from "./replay.ts";
import { requestForms } from "./request-forms.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Moment, Scene } from "./show.ts";
import { askAdmin, readReadiness, readSidecarPage } from "./sidecar-reading.ts";
import { createStage, hasFinishedAsPlanned } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { createTally } from "./tally.ts";
import { createTraffic, deniedRequests } from "./traffic.ts";
import { addressInLine, embeddedUpstream, mlflowUpstream } from "./upstreams.ts";
import { waitFor } from "./wait.ts";

const product = fileURLToPath(new URL("../dist/outrider.mjs", import.meta.url));

/** How long the model server and the sidecar may take to be ready, milliseconds. */
const startLimitMs = 180_000;

/** How long requests may still take when the demonstration ends, milliseconds. */
const lastRequestsMs = 2_000;

process.exitCode = await main(process.argv.slice(2));

/** Runs the demonstration and gives the exit code: 0 as planned, 1 after a crash, 2 for a wrong command line. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptionsOr(args, process.stderr);
  if (options === undefined) {
    return 2;
  }
  if (options.help) {
    process.stdout.write(helpText);
    return 0;
  }
  const stage = createStage();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, stage.finish);
  }
  const display = chooseDisplay(options.json, process.stdout, process.stderr);
  try {
    const scene = await setScene(stage, options, display);
    await play(stage, scene, options, display);
  } catch (error) {
    if (!hasFinishedAsPlanned(stage.over)) {
      const cause: unknown = stage.over.aborted ? stage.over.reason : error;
      process.stderr.write(`\ndemo: ${cause instanceof Error ? cause.message : String(cause)}\n`);
      return 1;
    }
  } finally {
    await stage.strike();
  }
  return 0;
}

function readOptionsOr(args: readonly string[], errors: NodeJS.WritableStream): DemoOptions | undefined {
  try {
    return readDemoOptions(args);
  } catch (error) {
    errors.write(`demo: ${error instanceof Error ? error.message : String(error)}\nSee npm run demo -- --help\n`);
    return undefined;
  }
}

/** Starts the servers and waits until the sidecar says that it is ready. */
async function setScene(stage: Stage, options: DemoOptions, display: Display): Promise<Scene> {
  if (!existsSync(product)) {
    throw new Error(`${product} is missing; \`npm run build\` makes it, and so does \`npm run demo\``);
  }
  const model = readModelFile();
  const listen = await chooseAddress("--listen", options.listen, display);
  const admin = await chooseAddress("--admin", options.admin, display);
  const upstream = await startUpstream(stage, options, display);
  const upstreamUrl = `http://${writeHostAndPort(upstream.address)}`;
  const adminUrl = `http://${writeHostAndPort(admin)}`;
  const addresses = [
    "--drain-min-ms",
    "0",
    "--upstream",
    upstreamUrl,
    "--listen",
    writeHostAndPort(listen),
    "--admin",
    writeHostAndPort(admin),
  ];
  const identity = ["--model-name", model.name, "--model-version", model.version];
  const args = [product, "run", ...addresses, ...identity];
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

async function startUpstream(
  stage: Stage,
  options: DemoOptions,
  display: Display,
): Promise<{ readonly address: HostAndPort; readonly title: string }> {
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
  let reason = "";
  const look = async (): Promise<true | undefined> => {
    const { status, body } = await askAdmin(adminUrl, "/readyz");
    const found = status === 0 ? "" : readReadiness(body);
    if (status !== 200 && found !== "" && found !== reason) {
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

/** Lets traffic flow, and shows it, until the time is over or something ends it. */
async function play(stage: Stage, scene: Scene, options: DemoOptions, display: Display): Promise<void> {
  const rows = readLabelledRows();
  const tally = createTally(rows.labels);
  const startedAt = performance.now();
  const { hostname, port } = new URL(scene.dataUrl);
  display.introduce(scene);
  const replay = startReplay({
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: Number(port),
    requestsPerSecond: options.requestsPerSecond,
    // Two streams: the times of arrival do not change what is asked.
    random: seededRandom(options.seed + 1),
    next: createTraffic(rows, options.protocol, seededRandom(options.seed)),
    onDone: tally.add,
  });
  const look = async (): Promise<Moment> => {
    const { status, body } = await askAdmin(scene.adminUrl, "/metrics");
    const sidecar = status === 200 ? readSidecarPage(body) : undefined;
    const elapsedSeconds = (performance.now() - startedAt) / 1_000;
    return { elapsedSeconds, sidecar, clients: tally.read(), skipped: replay.skipped() };
  };
  const refresh = async (): Promise<undefined> => {
    display.refresh(await look());
  };
  const curtain = setTimeout(stage.finish, options.durationSeconds * 1_000);
  if (options.durationSeconds === 0) {
    clearTimeout(curtain);
  }
  try {
    await waitFor(refresh, display.everyMs, stage.over);
  } finally {
    clearTimeout(curtain);
    await replay.stop(lastRequestsMs);
    display.end(await look(), scene);
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
