/**
 * A real MLflow model and its real data set behind Outrider: rows like those of the baseline do not drift, a feature in
 * another unit is named, and the accuracy from labels is scikit-learn's.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readLabelledRows } from "../../demo/traffic/labelled-rows.ts";
import type { DriftReport } from "../../src/drift/monitor/drift-report.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { type MlflowServer, startMlflow } from "./support/mlflow-server.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { untilAsync } from "../support/until.ts";

/** The columns of the classifier's signature, as in test/e2e/models/mlflow/classifier.py. */
const columns = ["mean radius", "mean texture", "mean smoothness", "worst area"];

const seed = 20_261_124;

/** Enough requests of one row for a verdict, in windows that a busy machine fills too: what is short is carried over. */
const windowMs = 3000;

interface Scores {
  readonly predictions: readonly number[];
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

describeWith("what Outrider says of a real MLflow model", findInstalled("mlflow"), (installation) => {
  const folder = scratchFolder("mlflow-telemetry");
  const { features, rows: allRows, labels } = readLabelledRows();
  const rows = allRows.map((row) => columns.map((name) => row[features.indexOf(name)] ?? Number.NaN));
  const random = seededRandom(seed);
  let mlflow: MlflowServer;
  let outrider: Outrider;
  let expected: Scores;

  beforeAll(async () => {
    console.log(`rows are drawn with seed ${seed}`);
    expected = scoreWithSklearn();
    const entry = await buildOutrider(folder);
    const baseline = buildBaseline(entry);
    mlflow = await startMlflow(installation, { model: "classifier", folder });
    const model = ["--model-name", "breast-cancer", "--model-version", "7"];
    const drift = ["--drift-baseline", baseline, "--drift-window-ms", String(windowMs)];
    outrider = await startOutrider({ entry, folder, upstreamPort: mlflow.port, args: [...model, ...drift] });
  });

  afterAll(async () => {
    await outrider?.stop();
    await mlflow?.stop();
  });

  function scoreWithSklearn(): Scores {
    const file = path.join(folder, "rows.json");
    writeFileSync(file, JSON.stringify({ columns, rows, labels }));
    const script = path.join(import.meta.dirname, "models", "mlflow", "score_rows.py");
    const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" };
    const text = execFileSync(installation.python, [script, installation.classifier, file], { encoding: "utf8", env });
    return JSON.parse(text.trim().split("\n").at(-1) ?? "") as Scores;
  }

  function buildBaseline(entry: string): string {
    const input = path.join(folder, "train.csv");
    const lines = rows.map((row, index) => [...row, expected.predictions[index], labels[index]].join(","));
    writeFileSync(input, `${[...columns, "answer", "truth"].join(",")}\n${lines.join("\n")}\n`);
    const output = path.join(folder, "baseline.json");
    const flags = ["--prediction", "answer", "--label", "truth", "-o", output];
    execFileSync(process.execPath, [entry, "baseline", "build", "--input", input, ...flags], { stdio: "pipe" });
    return output;
  }

  const forms: readonly ((row: readonly number[]) => unknown)[] = [
    (row) => ({ dataframe_split: { columns, data: [row] } }),
    (row) => ({ dataframe_records: [Object.fromEntries(columns.map((name, at) => [name, row[at]]))] }),
    (row) => ({ inputs: Object.fromEntries(columns.map((name, at) => [name, [row[at]]])) }),
  ];

  async function predict(row: readonly number[], index: number, id?: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${outrider.port}/invocations`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(id === undefined ? {} : { "x-request-id": id }) },
      body: JSON.stringify(forms[index % forms.length]?.(row)),
    });
    expect(response.status).toBe(200);
    const { predictions } = (await response.json()) as { readonly predictions: readonly number[] };
    return predictions[0] ?? Number.NaN;
  }

  /** Draws rows with replacement, four requests at a time, until the report is as wanted. */
  async function driveUntil(
    change: (row: readonly number[]) => readonly number[],
    isThere: (report: DriftReport) => boolean,
  ): Promise<DriftReport> {
    let found: DriftReport | undefined;
    const clients = Array.from({ length: 4 }, async () => {
      for (let sent = 0; found === undefined; sent++) {
        await predict(change(rows[Math.floor(random() * rows.length)] ?? []), sent);
        if (sent % 50 !== 0) continue;
        const report = await driftReport();
        if (isThere(report)) found = report;
      }
    });
    await Promise.all(clients);
    return found ?? expect.fail("no report");
  }

  async function driftReport(): Promise<DriftReport> {
    const { reports } = JSON.parse((await outrider.admin("/drift")).body) as {
      readonly reports: readonly DriftReport[];
    };
    return reports[0] ?? ({ window: null } as DriftReport);
  }

  const drifted = ({ targets }: DriftReport): readonly string[] =>
    targets.filter(({ state }) => state === "warn" || state === "critical").map(({ name }) => name);

  it("has the accuracy of scikit-learn on the same rows, once their labels are known", async () => {
    for (const [index, row] of rows.entries()) {
      expect(await predict(row, index, `row-${index}`)).toBe(expected.predictions[index]);
    }
    const lines = labels.map((label, index) => JSON.stringify({ id: `row-${index}`, label }));
    const send = async (): Promise<unknown> => {
      const response = await fetch(`${outrider.adminUrl}/labels`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: lines.join("\n"),
      });
      expect(response.status).toBe(202);
      return response.json();
    };
    expect(await send()).toMatchObject({ taken: rows.length, invalid: 0 });
    expect(await send(), "sent again, nothing changes").toMatchObject({ results: { duplicate: rows.length } });
    const { models } = JSON.parse((await outrider.admin("/accuracy")).body) as { readonly models: readonly unknown[] };
    expect(models[0]).toMatchObject({
      model: "breast-cancer",
      version: "7",
      labels: rows.length,
      classes: {
        accuracy: expect.closeTo(expected.accuracy, 12),
        precision: expect.closeTo(expected.precision, 12),
        recall: expect.closeTo(expected.recall, 12),
        f1: expect.closeTo(expected.f1, 12),
        baseline_accuracy: expect.closeTo(expected.accuracy, 12),
      },
    });
    expect(await outrider.metric("outrider_accuracy")).toBeCloseTo(expected.accuracy, 12);
    expect(await outrider.metric("outrider_accuracy_baseline")).toBeCloseTo(expected.accuracy, 12);
    expect(await outrider.metric("outrider_accuracy_lower_bound")).toBeLessThan(expected.accuracy);
    expect(await outrider.metric("outrider_accuracy_upper_bound")).toBeGreaterThan(expected.accuracy);
  });

  it("finds no drift in rows drawn from those of the baseline, and names a feature that comes in another unit", async () => {
    let decided = new Set<number>();
    const countDecided = (report: DriftReport): number => {
      if (report.ready && report.window !== null) decided.add(report.window.to_ms);
      return decided.size;
    };
    const quiet = await driveUntil(
      (row) => row,
      (report) => countDecided(report) >= 3,
    );
    expect(drifted(quiet)).toEqual([]);
    expect(quiet.changes).toMatchObject({ absent: [], unknown: [], retyped: [] });
    decided = new Set();
    const inMillimetres = ([radius = 0, ...others]: readonly number[]): readonly number[] => [radius * 10, ...others];
    const loud = await driveUntil(inMillimetres, (report) => {
      countDecided(report);
      return drifted(report).includes("mean radius");
    });
    // The window that was open when the unit changed may hold too few of the new rows; then two that are full of them.
    expect(decided.size).toBeLessThanOrEqual(4);
    expect(loud.targets.find(({ name }) => name === "mean radius")).toMatchObject({
      kind: "feature",
      state: "critical",
    });
    const features = drifted(loud).filter((name) => columns.includes(name));
    expect(features, "the feature, and no other").toEqual(["mean radius"]);
    await untilAsync(
      async () => ((await outrider.metric("outrider_drift_score", { feature: "mean radius" })) ?? 0) > 0.2,
      "the score on the metrics page",
    );
    expect(await outrider.metric("outrider_drift_features", { state: "critical" })).toBe(1);
  });
});
