import { describe, expect, it } from "vitest";

import { chooseDisplay } from "../../../demo/show/display.ts";
import type { Output } from "../../../demo/show/display.ts";
import type { Moment, Scene } from "../../../demo/show/show.ts";

const moment: Moment = {
  elapsedSeconds: 65.4,
  sidecar: {
    requestsPerSecond: 99.25,
    p50Seconds: 0.0081,
    p95Seconds: 0.0203,
    p99Seconds: 1.25,
    overheadSeconds: 0.000151,
    inFlight: 3,
    unread: 0,
    outcomes: { ok: 900, client_error: 20, timeout: 0 },
  },
  clients: {
    sent: { single: 780, batch: 120, malformed: 20, abandoned: 0, denied: 0 },
    statuses: { 200: 900, 400: 20 },
    predictions: 2_000,
    rightPredictions: 1_980,
    failures: 0,
    lastFailure: "",
  },
  clientsAtChange: undefined,
  pace: { wantedPerSecond: 150, isHeldBack: false },
  drift: {
    state: "ok",
    ready: true,
    reason: "",
    drifted: [],
    findings: [],
    features: 30,
    windowRequests: 712,
  },
  accuracy: {
    predictions: 2_000,
    labels: 1_900,
    rightLabels: 1_881,
    coverage: 0.95,
    accuracy: 0.99,
    lower: 0.9845,
    upper: 0.9936,
    baseline: 0.9877,
    dropped: false,
  },
  labels: { rows: 1_900, rightRows: 1_881, failures: 0, lastFailure: "" },
  timeline: { firstVerdictSeconds: 12 },
};

/** The same after the change, when the feature has been named. */
const drifted: Moment = {
  ...moment,
  clientsAtChange: { ...moment.clients, predictions: 1_500, rightPredictions: 1_485 },
  drift: {
    ...moment.drift!,
    state: "critical",
    drifted: ["mean radius"],
    findings: [{ kind: "feature", name: "mean radius", state: "critical", psi: 14.281 }],
    changedFeature: "mean radius",
  },
  accuracy: { ...moment.accuracy!, dropped: true },
  timeline: { firstVerdictSeconds: 12, changedSeconds: 40, namedSeconds: 51.4 },
};

const scene: Scene = {
  dataUrl: "http://127.0.0.1:18080",
  adminUrl: "http://127.0.0.1:18090",
  upstreamUrl: "http://127.0.0.1:8080",
  upstreamTitle: "embedded, mlflow",
  modelName: "breast-cancer",
  heldOutAccuracy: 0.986,
  predictCommand: "curl -s one",
  deniedCommand: "curl -s other",
  baselineFile: "/tmp/baseline.json",
  baselineCommand: "npx outrider baseline show /tmp/baseline.json",
  driftCommand: "npx outrider drift --admin 127.0.0.1:18090",
  accuracyCommand: "npx outrider accuracy --admin 127.0.0.1:18090",
  predictionsCommand: "npx outrider predictions --directory /tmp/predictions --limit 10",
  replayCommand: "npx outrider replay --directory /tmp/predictions --upstream http://127.0.0.1:8080 --limit 20",
  windowSeconds: 7,
  driftAfterSeconds: 40,
};

interface Recorder extends Output {
  readonly written: string[];
}

const record = (isTTY: boolean, columns = 100): Recorder => {
  const written: string[] = [];
  return { isTTY, written, write: (text) => written.push(text), getWindowSize: () => [columns, 40] };
};

const figures = [
  "99.3",
  "8.10 ms",
  "20.3 ms",
  "1250 ms",
  "ok 900  client_error 20",
  "99.0 % of 2000 right",
  "99.0 % of 1900 right (98.5 to 99.4 %; baseline 98.8 %)",
  "none in 30 features",
];

const driftedFigures = [
  "99.0 % of 2000 right, 99.0 % since the change",
  "baseline 98.8 %: dropped",
  "mean radius critical, PSI 14.28",
];

describe("the display", () => {
  it("refreshes its lines in place on a terminal, none wider than the window", () => {
    const output = record(true, 60);
    const display = chooseDisplay(false, output, output);
    display.refresh(moment);
    display.refresh(moment);
    const [first = "", second = ""] = output.written;
    const lines = first.split("\n").length - 1;
    expect(second).toContain(`\u001B[${lines}A`);
    for (const line of second.split("\u001B[J")[1]!.split("\n")) {
      expect(line.length).toBeLessThan(60);
    }
    display.end(moment, scene);
    expect(output.written.at(-1)).toContain("\u001B[?25h");
  });

  it.each([true, false])("shows every figure on a wide terminal (%s) or in a plain line", (isTTY) => {
    const output = record(isTTY, 200);
    const display = chooseDisplay(false, output, output);
    display.refresh(moment);
    for (const text of figures) {
      expect(output.written.join("")).toContain(text);
    }
    display.refresh(drifted);
    for (const text of driftedFigures) {
      expect(output.written.join("")).toContain(text);
    }
  });

  it("keeps what is said above the lines that are refreshed", () => {
    const output = record(true, 200);
    const display = chooseDisplay(false, output, output);
    display.refresh(moment);
    const lines = output.written.join("").split("\n").length - 1;
    display.say("news");
    expect(output.written[1]).toBe(`\r\u001B[${lines}A\u001B[J  news\n`);
    display.refresh(moment);
    expect(output.written[2]).not.toMatch(/\u001B\[\d+A/);
  });

  it("says at the end what drifted, and how soon it was found", () => {
    const output = record(false);
    chooseDisplay(false, output, output).end(drifted, scene);
    const text = output.written.join("");
    expect(text).toContain("mean radius critical, PSI 14.28; mean radius was named 11 s after its unit changed");
    expect(text).toContain("99.0 % of 1900 right (98.5 to 99.4 %; baseline 98.8 %: dropped)");
  });

  it("says when clients will change the unit, and when they never will", () => {
    const output = record(false);
    const display = chooseDisplay(false, output, output);
    display.introduce(scene);
    expect(output.written[0]).toContain(
      "every 7 s; after 40 s and a first verdict, clients will send mean radius in another unit",
    );
    display.introduce({ ...scene, driftAfterSeconds: 0 });
    expect(output.written[1]).toContain("every 7 s; there is none");
  });

  it("writes no escape when no terminal reads it", () => {
    const output = record(false);
    const display = chooseDisplay(false, output, output);
    display.introduce(scene);
    display.refresh(moment);
    display.end(moment, scene);
    expect(output.written.join("")).not.toContain("\u001B");
  });

  it("says where to look and what to try", () => {
    const output = record(true);
    chooseDisplay(false, output, output).introduce(scene);
    const { adminUrl, dataUrl, driftCommand, accuracyCommand, baselineCommand } = scene;
    const { predictionsCommand, replayCommand } = scene;
    const pages = ["/metrics", "/drift", "/accuracy"].map((page) => `${adminUrl}${page}`);
    const asked = [driftCommand, accuracyCommand, baselineCommand, predictionsCommand, replayCommand];
    const commands = ["curl -s one", "curl -s other", ...asked];
    for (const text of [...pages, dataUrl, ...commands]) {
      expect(output.written.join("")).toContain(text);
    }
  });

  it("says when good requests fail, when the server is slower than asked for, and when the sidecar is silent", () => {
    const output = record(false);
    const clients = { ...moment.clients, failures: 2, lastFailure: "503 busy\nvery" };
    const labels = { ...moment.labels, failures: 1, lastFailure: "503\nbusy" };
    const pace = { wantedPerSecond: 150, isHeldBack: true };
    const silent = { sidecar: undefined, drift: undefined, accuracy: undefined };
    chooseDisplay(false, output, output).refresh({ ...moment, ...silent, clients, labels, pace });
    expect(output.written.join("")).toContain("labels were not taken, the last: 503 busy");
    expect(output.written.join("")).toContain("drift: no request was read yet");
    expect(output.written.join("")).toContain("2 good requests failed, the last: 503 busy very");
    expect(output.written.join("")).toContain("requests/s, what the server can do; 150 wanted");
    expect(output.written.join("")).toContain("the admin port does not answer");
  });

  it("writes one JSON object a line for machines, and notices elsewhere", () => {
    const [output, errors] = [record(true), record(true)];
    const display = chooseDisplay(true, output, errors);
    display.say("a notice");
    display.introduce(scene);
    display.refresh(moment);
    display.end(moment, scene);
    const values = output.written.map((line) => JSON.parse(line) as { kind: string });
    expect(values.map(({ kind }) => kind)).toEqual(["started", "interval", "ended"]);
    expect(values[1]).toMatchObject({ sidecar: { requestsPerSecond: 99.25 }, clients: { predictions: 2_000 } });
    expect(errors.written).toEqual(["a notice\n"]);
  });
});
