import { describe, expect, it } from "vitest";

import { chooseDisplay } from "../../demo/display.ts";
import type { Output } from "../../demo/display.ts";
import type { Moment, Scene } from "../../demo/show.ts";

const moment: Moment = {
  elapsedSeconds: 65.4,
  sidecar: {
    requestsPerSecond: 99.25,
    p50Seconds: 0.0081,
    p95Seconds: 0.0203,
    p99Seconds: 1.25,
    overheadSeconds: 0.000151,
    inFlight: 3,
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
  skipped: 0,
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
  "99.0 % of 2000 predictions right",
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

  it("shows every figure on a wide terminal and in a plain line", () => {
    for (const isTTY of [true, false]) {
      const output = record(isTTY, 200);
      chooseDisplay(false, output, output).refresh(moment);
      for (const text of figures) {
        expect(output.written.join("")).toContain(text);
      }
    }
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
    for (const text of [`${scene.adminUrl}/metrics`, scene.dataUrl, "curl -s one", "curl -s other"]) {
      expect(output.written.join("")).toContain(text);
    }
  });

  it("says when good requests fail, when requests are left out, and when the sidecar is silent", () => {
    const output = record(false);
    const clients = { ...moment.clients, failures: 2, lastFailure: "503 busy\nvery" };
    chooseDisplay(false, output, output).refresh({ ...moment, sidecar: undefined, clients, skipped: 5 });
    expect(output.written.join("")).toContain("2 good requests failed, the last: 503 busy very");
    expect(output.written.join("")).toContain("5 requests not sent");
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
