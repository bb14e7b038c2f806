import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModelFile } from "../../demo/model-server/classifier.ts";
import { shapeNames } from "../../demo/model-server/serving-shape.ts";
import type { Moment, Scene } from "../../demo/show/show.ts";
import { maxBatch } from "../../demo/traffic/traffic.ts";
import { descendantsOf, isStillThere, startDemo } from "./support/demo-process.ts";
import type { DemoLine, DemoProcess } from "./support/demo-process.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { untilAsync } from "../support/until.ts";

const rootDir: string = path.resolve(import.meta.dirname, "..", "..");

beforeAll(() => {
  execFileSync(process.execPath, [path.join(rootDir, "scripts", "build.ts")], { cwd: rootDir, stdio: "pipe" });
});

const running: DemoProcess[] = [];

afterAll(async () => {
  for (const demo of running) {
    demo.signal("SIGTERM");
    await demo.ended;
  }
});

const start = (...args: readonly string[]): DemoProcess => {
  const demo = startDemo(...args);
  running.push(demo);
  return demo;
};

const isMoment = (line: DemoLine): line is Extract<DemoLine, Moment> => line.kind !== "started";

const lastMoment = (demo: DemoProcess): Moment => demo.lines().findLast(isMoment)!;

const sceneOf = async (demo: DemoProcess): Promise<Scene> =>
  (await demo.seen((line) => line.kind === "started", "its scene")) as Scene & DemoLine;

const predicting = (demo: DemoProcess): Promise<DemoLine> =>
  demo.seen((line) => isMoment(line) && line.clients.predictions > 0, "a prediction");

/** The words of a command line, as a shell splits them. */
const wordsOf = (command: string): readonly string[] =>
  execFileSync("sh", ["-c", `curl() { printf '%s\\n' "$@"; }; ${command}`], { encoding: "utf8" })
    .trimEnd()
    .split("\n");

/** Does what curl would do with these words. */
const fetchAsCurl = async (command: string): Promise<Response> => {
  const words = wordsOf(command);
  const valueOf = (flag: string): string | undefined => words[words.indexOf(flag) + 1 || words.length];
  const url = words.find((word) => word.startsWith("http://"))!;
  const [name = "", value = ""] = valueOf("-H")?.split(": ") ?? [];
  const body = valueOf("-d");
  return fetch(url, {
    method: valueOf("-X") ?? (body === undefined ? "GET" : "POST"),
    ...(body === undefined ? {} : { body, headers: { [name]: value } }),
  });
};

/** What a command line that the demonstration prints writes to standard output; its exit code may be a verdict. */
const outputOf = (command: string): string =>
  spawnSync("sh", ["-c", command], { cwd: rootDir, encoding: "utf8" }).stdout;

const changedFeature = "mean radius";

const isNamed = (line: DemoLine): line is Extract<DemoLine, Moment> =>
  isMoment(line) && line.drift?.drifted.includes(changedFeature) === true;

/** All requests have ended: what the sidecar counted is what the clients counted, but for what it did not read. */
const expectSameAccuracy = ({ accuracy, labels, clients, sidecar }: Moment): void => {
  const { predictions, rightPredictions } = clients;
  expect(labels).toEqual({ rows: predictions, rightRows: rightPredictions, failures: 0, lastFailure: "" });
  const unknownRows = predictions - accuracy!.labels;
  expect(unknownRows).toBeGreaterThanOrEqual(0);
  expect(unknownRows).toBeLessThanOrEqual(sidecar!.unread * maxBatch);
  expect(accuracy!.rightLabels).toBeLessThanOrEqual(rightPredictions);
  expect(accuracy!.rightLabels).toBeGreaterThanOrEqual(rightPredictions - unknownRows);
  expect(accuracy!.coverage).toBeGreaterThan(0.95);
};

/** While nothing is in another unit nothing is found; then that feature, and no other. */
const expectOnlyTheChangedFeature = (demo: DemoProcess): void => {
  for (const { drift } of demo.lines().filter(isMoment)) {
    if (drift?.changedFeature === undefined) expect(drift?.findings ?? []).toEqual([]);
    else expect([[], [changedFeature]]).toContainEqual(drift.drifted);
  }
};

/** Enough traffic that each outcome which {@link expectGoodTraffic} looks for has occurred. */
const hasEveryKind = ({ sidecar }: Moment): boolean =>
  ["ok", "client_error", "denied"].every((outcome) => (sidecar?.outcomes[outcome] ?? 0) > 0) &&
  (sidecar?.requestsPerSecond ?? 0) > 0;

const isListening = async (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const expectGoodTraffic = ({ sidecar, clients }: Moment): void => {
  expect({ failures: clients.failures, last: clients.lastFailure }).toEqual({ failures: 0, last: "" });
  expect(clients.rightPredictions / clients.predictions).toBeGreaterThan(0.95);
  expect(sidecar?.outcomes["ok"]).toBeGreaterThan(0);
  expect(sidecar?.outcomes["client_error"]).toBeGreaterThan(0);
  expect(sidecar?.outcomes["denied"]).toBeGreaterThan(0);
};

describe.each(shapeNames)("the demonstration over %s", (protocol) => {
  it("lets real rows flow through the sidecar, measures them, and leaves nothing behind", async () => {
    const demo = start("--protocol", protocol, "--rate", "150");
    const scene = await sceneOf(demo);
    const processes = descendantsOf(demo.pid);
    expect(processes.map(({ command }) => command).join("\n")).toMatch(/outrider\.mjs run/);
    await demo.seen((line) => isMoment(line) && hasEveryKind(line), "requests of every kind");
    demo.signal("SIGTERM");
    expect(await demo.ended, demo.errors()).toBe(0);
    expect(demo.errors()).not.toContain("Warning");
    const end = lastMoment(demo);
    expectGoodTraffic(end);
    const answered = Object.values(end.sidecar?.outcomes ?? {}).reduce((sum, count) => sum + count, 0);
    const sent = Object.values(end.clients.sent).reduce((sum, count) => sum + count, 0);
    expect(answered).toBeLessThanOrEqual(sent);
    // The sidecar hears of a client that has left a little later than the client itself.
    expect(answered).toBeGreaterThanOrEqual(sent - end.clients.sent.abandoned);
    expect(end.sidecar?.requestsPerSecond).toBeGreaterThan(0);
    expect(end.sidecar?.p50Seconds).toBeGreaterThan(0.001);
    expect(processes.filter(isStillThere)).toEqual([]);
    for (const url of [scene.dataUrl, scene.adminUrl, scene.upstreamUrl]) {
      expect(await isListening(url)).toBe(false);
    }
    expect(existsSync(path.dirname(scene.baselineFile))).toBe(false);
  });

  it("names no feature before one comes in another unit, then exactly that one, and knows the accuracy", async () => {
    const demo = start("--protocol", protocol, "--rate", "400", "--drift-after", "1");
    await demo.seen(isNamed, `${changedFeature} among what drifted`);
    await demo.seen((line) => isMoment(line) && line.accuracy?.dropped === true, "a drop of the accuracy");
    demo.signal("SIGTERM");
    expect(await demo.ended, demo.errors()).toBe(0);
    expectOnlyTheChangedFeature(demo);
    const end = lastMoment(demo);
    expect(end.drift).toMatchObject({ state: "critical", drifted: [changedFeature], changedFeature });
    expect(end.timeline.firstVerdictSeconds).toBeLessThanOrEqual(end.timeline.changedSeconds!);
    expect(end.timeline.changedSeconds).toBeLessThan(end.timeline.namedSeconds!);
    expectSameAccuracy(end);
    const before = end.clientsAtChange!;
    expect(before.rightPredictions / before.predictions).toBeGreaterThan(0.95);
    const since = end.clients.predictions - before.predictions;
    expect((end.clients.rightPredictions - before.rightPredictions) / since).toBeLessThan(0.9);
  });
});

describe("the demonstration", () => {
  it.each(shapeNames)("prints command lines over %s that do what they say", async (protocol) => {
    const demo = start("--protocol", protocol, "--rate", "400");
    const scene = await sceneOf(demo);
    const prediction = await fetchAsCurl(scene.predictCommand);
    expect(prediction.status, await prediction.text()).toBe(200);
    const denied = await fetchAsCurl(scene.deniedCommand);
    expect(denied.status).toBe(403);
    expect(denied.headers.get("x-outrider-error")).toBe("route_denied");
    for (const page of ["/metrics", "/readyz", "/config", "/hdr", "/drift", "/accuracy"]) {
      expect((await fetch(`${scene.adminUrl}${page}`)).status).toBe(200);
    }
    expect(outputOf(scene.baselineCommand)).toContain(changedFeature);
    await predicting(demo);
    expect(outputOf(scene.driftCommand)).toContain("breast-cancer");
    expect(outputOf(scene.accuracyCommand)).toContain("breast-cancer");
    await demo.seen((line) => isMoment(line) && line.clients.predictions > 300, "300 predictions");
    await untilAsync(async () => outputOf(scene.predictionsCommand).includes("breast-cancer"), "a logged prediction");
    expect(outputOf(scene.replayCommand)).toMatch(/same/);
    demo.signal("SIGTERM");
    expect(await demo.ended).toBe(0);
  });

  it("ends cleanly on Ctrl-C with its last figures", async () => {
    const demo = start();
    await predicting(demo);
    const processes = descendantsOf(demo.pid);
    demo.signal("SIGINT");
    expect(await demo.ended, demo.errors()).toBe(0);
    expect(demo.lines().at(-1)?.kind).toBe("ended");
    expect(processes.length).toBeGreaterThanOrEqual(2);
    expect(processes.filter(isStillThere)).toEqual([]);
  });

  it("ends cleanly on Ctrl-C before anything is ready", async () => {
    const demo = start();
    demo.signal("SIGINT");
    const end = await demo.ended;
    // Before the first line of the script runs, the signal itself ends the process.
    expect([0, "SIGINT"]).toContain(end);
  });

  it.each(["outrider.mjs run", "model-server.ts"])("ends with exit code 1 when `%s` is killed", async (killed) => {
    const demo = start();
    await predicting(demo);
    const processes = descendantsOf(demo.pid);
    process.kill(processes.find(({ command }) => command.includes(killed))!.pid, "SIGKILL");
    expect(await demo.ended).toBe(1);
    expect(demo.errors()).toContain("ended by itself: SIGKILL");
    expect(processes.filter(isStillThere)).toEqual([]);
  });

  it("says that an address which was asked for is taken", async () => {
    const first = start();
    const { dataUrl } = await sceneOf(first);
    const second = start("--listen", new URL(dataUrl).host);
    expect(await second.ended).toBe(1);
    expect(second.errors()).toContain(`--listen ${new URL(dataUrl).host}: another process listens there`);
  });
});

describeWith("the demonstration with a real MLflow server", findInstalled("mlflow"), ({ python }) => {
  it("lets the same rows flow, names what drifts, and ends with everything that MLflow started", async () => {
    const demo = start("--mlflow", "--rate", "200", "--drift-after", "1");
    await sceneOf(demo);
    const processes = descendantsOf(demo.pid);
    expect(processes.map(({ command }) => command).join("\n")).toMatch(/mlflow models serve/);
    await demo.seen(isNamed, `${changedFeature} among what drifted`);
    demo.signal("SIGTERM");
    expect(await demo.ended, demo.errors()).toBe(0);
    const end = lastMoment(demo);
    const { clients, clientsAtChange, drift } = end;
    expect({ failures: clients.failures, last: clients.lastFailure }).toEqual({ failures: 0, last: "" });
    expect(clientsAtChange!.rightPredictions / clientsAtChange!.predictions).toBeGreaterThan(0.95);
    expect(drift?.drifted).toEqual([changedFeature]);
    expectSameAccuracy(end);
    expect(processes.filter(isStillThere)).toEqual([]);
  });

  it("has a training script that gives the committed rows and model again", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "outrider-train-"));
    try {
      execFileSync(python, ["-B", path.join(rootDir, "demo", "train", "train.py"), folder], { stdio: "pipe" });
      const read = (top: string, file: string): string => readFileSync(path.join(top, file), "utf8");
      expect(read(folder, "data/breast-cancer.csv")).toBe(read(path.join(rootDir, "demo"), "data/breast-cancer.csv"));
      const again = JSON.parse(read(folder, "model/breast-cancer.data.json")) as ReturnType<typeof readModelFile>;
      const committed = readModelFile();
      expect(again.training).toEqual(committed.training);
      // Another processor may round the last digits of the solver's steps differently.
      again.parameters.coefficients.forEach((coefficient, index) => {
        expect(coefficient).toBeCloseTo(committed.parameters.coefficients[index]!, 6);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
