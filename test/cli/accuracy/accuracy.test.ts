import { describe, expect, it } from "vitest";

import type { LabelMonitor } from "../../../src/accuracy/label-monitor.ts";
import { aLabel, aMonitor, aRequest, chances, noonMs, values } from "../../accuracy/a-label-monitor.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";
import { startedServer } from "../support/started-server.ts";

/** What the command prints when the sidecar's answer is this. */
async function accuracyOf(answer: unknown, ...flags: readonly string[]): Promise<Recorded> {
  const address = await startedServer((request, response) => {
    response.writeHead(request.url === "/accuracy" ? 200 : 404).end(JSON.stringify(answer));
  });
  return dispatched(["accuracy", "--admin", address, ...flags]);
}

const bodyOf = (monitor: LabelMonitor): unknown => ({ models: monitor.report() });

/** A monitor with 100 predictions of `yes`, of which so many of so many labels say that they were right. */
function monitorOf(right: number, labels: number, accuracy = 0.9): LabelMonitor {
  const monitor = aMonitor({ baselineOf: () => ({ quality: { accuracy, rows: 500 } }) });
  monitor.predicted(aRequest({ variant: "stable", predictions: chances(...Array.from({ length: 100 }, () => 0.75)) }));
  for (let row = 0; row < labels; row++)
    monitor.label(aLabel("r", row < right ? "yes" : "no", row), noonMs + 3_600_000);
  return monitor;
}

describe("outrider accuracy", () => {
  it("prints measured and estimated accuracy", async () => {
    const { exitCode, output, errors } = await accuracyOf(bodyOf(monitorOf(90, 100)));
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output.split("\n")).toEqual([
      "m 1 stable: ok",
      expect.stringMatching(
        /^labels {4}100 for 100 predictions \(100\.0 %\), half of them within \d\d min, 95 % within \d\d min$/,
      ),
      "accuracy  90.0 % (95 % interval 82.6 % to 94.5 %), baseline 90.0 %",
      "classes   precision 0.9, recall 1, F1 0.9474 (of yes)",
      "probs     AUC 0.5, Brier 0.1125, log loss 0.3975, calibration error 0.15",
      "labels never predicted: no (10)",
      "expected  75.0 % of 100 rows correct, with and without labels; not reliable: it disagrees with the labels",
      "",
    ]);
  });

  it("ends with 3 when accuracy has dropped, and with 5 when there are too few labels", async () => {
    const dropped = await accuracyOf(bodyOf(monitorOf(60, 100)));
    expect([dropped.exitCode, dropped.output.split("\n")[0]]).toEqual([3, "m 1 stable: DROPPED"]);
    const early = await accuracyOf(bodyOf(monitorOf(0, 29)));
    expect([early.exitCode, early.output.split("\n")[0]]).toEqual([
      5,
      "m 1 stable: not ready: at least 30 labels are needed",
    ]);
    expect(await accuracyOf({ models: [] })).toMatchObject({ exitCode: 5, output: "No model has been seen yet.\n" });
  });

  it("prints errors of numbers, and names that cannot redraw the terminal", async () => {
    const monitor = aMonitor({ baselineOf: () => ({ quality: { meanAbsoluteError: 0.4, rows: 500 } }) });
    monitor.predicted(aRequest({ model: "a\u001b[2Jb", predictions: values(2.5, 3) }));
    monitor.label(aLabel("r", 2), noonMs);
    const { output } = await accuracyOf(bodyOf(monitor));
    expect(output).toContain("a?[2Jb 1: not ready");
    expect(output).toContain("errors    mean absolute 0.5, root mean squared 0.5, baseline's mean absolute 0.4\n");
  });

  it("gives the whole report as JSON, of one model when it is named", async () => {
    const body = bodyOf(monitorOf(90, 100));
    expect(JSON.parse((await accuracyOf(body, "--json")).output)).toEqual(body);
    expect(JSON.parse((await accuracyOf(body, "--json", "--model", "other")).output)).toEqual({ models: [] });
  });

  it("lists the known models when the wanted one is unknown", async () => {
    const { exitCode, output } = await accuracyOf(bodyOf(monitorOf(90, 100)), "--model", "nope");
    expect({ exitCode, output }).toEqual({ exitCode: 5, output: 'There is no model "nope"; the models are: m\n' });
  });

  it("says that there is nothing to compare with when the baseline has no accuracy", async () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ predictions: values(...Array.from({ length: 40 }, () => "1")) }));
    for (let row = 0; row < 40; row++) monitor.label(aLabel("r", row < 32 ? "benign" : "1", row), noonMs);
    const { exitCode, output } = await accuracyOf(bodyOf(monitor));
    expect(exitCode).toBe(0);
    expect(output).toContain("m 1: measured, no baseline to compare with\n");
    expect(output).toContain("labels never predicted: benign (32)\n");
  });

  it("prints the reason when the sidecar reads no bodies", async () => {
    const answer = { reports: [], reason: "no bodies are read: `reading.sample` or `tap.body_bytes` is 0" };
    expect(await accuracyOf(answer)).toEqual({
      exitCode: 5,
      output: `There is no accuracy report: ${answer.reason}\n`,
      errors: "",
    });
    expect(JSON.parse((await accuracyOf(answer, "--json")).output)).toEqual({ models: [], reason: answer.reason });
  });

  it.each([[{ status: 7 }], [{ models: [null] }], ["text"]])(
    "fails on an answer that is no report: %j",
    async (answer) => {
      const { exitCode, errors } = await accuracyOf(answer);
      expect(exitCode).toBe(1);
      expect(errors).toContain("is this the admin port of a sidecar?");
    },
  );
});
