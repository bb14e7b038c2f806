import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import type { DriftReport } from "../../../src/drift/monitor/drift-report.ts";
import { writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { baselineOf, categorical, numeric } from "../../drift/support/some-baselines.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

const digest = `sha256:${"0".repeat(64)}`;
const baseline: Baseline = baselineOf(
  [
    numeric("age", [0, 10, 20, 30, 40], { counts: [500, 500, 500, 500], mean: 20, standardDeviation: 11.5 }),
    categorical("plan", { basic: 1500, pro: 500 }),
  ],
  {
    source: { kind: "file", name: "train.csv", digest, rows: 2000 },
    model: { name: "churn", version: "7" },
    prediction: categorical("answer", { no: 1000, yes: 1000 }),
    confidence: numeric("p", [0.5, 0.75, 1], { counts: [1000, 1000], mean: 0.75, standardDeviation: 0.1 }),
  },
);

interface Row {
  readonly age: number | string;
  readonly plan: string;
  readonly answer: string;
  readonly p: number;
}

/** Rows as the baseline has them, with something changed. */
function rows(count: number, change: (row: Row) => Partial<Row> = () => ({})): readonly Row[] {
  const random = seededRandom(3);
  return Array.from({ length: count }, () => {
    const row = {
      age: Math.round(random() * 4000) / 100,
      plan: random() < 0.25 ? "pro" : "basic",
      answer: random() < 0.5 ? "yes" : "no",
      p: 0.5 + random() / 2,
    };
    return { ...row, ...change(row) };
  });
}

const csv = (of: readonly Row[]): string =>
  ["age,plan,answer,p", ...of.map(({ age, plan, answer, p }) => `${age},${plan},${answer},${p}`)].join("\n");
const jsonl = (of: readonly Row[]): string => of.map((row) => JSON.stringify(row)).join("\n");

async function compare(
  content: string,
  words: readonly string[] = [],
  name = "current.csv",
): Promise<Recorded & { readonly folder: string }> {
  const folder = await temporaryDirectory();
  await writeFile(path.join(folder, "baseline.json"), writeBaseline(baseline));
  await writeFile(path.join(folder, name), content);
  const files = ["--baseline", path.join(folder, "baseline.json"), "--input", path.join(folder, name)];
  return { ...(await dispatched(["drift", "compare", ...files, ...words])), folder };
}

const roles = ["--prediction", "answer", "--score", "p"];

describe("outrider drift compare", () => {
  it("finds nothing in rows like those of the baseline", async () => {
    const { exitCode, output, errors } = await compare(csv(rows(3000)), roles);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output).toContain("churn 7: ok\n");
    expect(output).toContain("window    3,000 rows\n");
    expect(output).not.toContain("unknown");
  });

  it.each([
    ["JSON lines", jsonl, "current.jsonl"],
    ["CSV", csv, "current.csv"],
  ])("names what drifted in %s, critically", async (_, write, name) => {
    const drifted = rows(2000, ({ age, p }) => ({ age: Number(age) / 3, p: 0.5 + (p - 0.5) / 4 }));
    const { exitCode, output } = await compare(write(drifted), [...roles, "--json"], name);
    expect(exitCode).toBe(3);
    const report = JSON.parse(output) as DriftReport;
    expect(report).toMatchObject({
      scope: "file",
      state: "critical",
      ready: true,
      window: { requests: 2000, rows: 2000 },
    });
    expect(report.targets.map(({ kind, name: of, state }) => [kind, of, state]).sort()).toEqual([
      ["confidence", "confidence", "critical"],
      ["feature", "age", "critical"],
      ["feature", "plan", "ok"],
      ["prediction", "prediction", "ok"],
    ]);
  });

  it("adds up several inputs, and takes a score as a probability of one class", async () => {
    const { folder } = await compare(csv(rows(10)));
    await writeFile(
      path.join(folder, "more.jsonl"),
      jsonl(rows(990, ({ p, answer }) => ({ p: answer === "yes" ? p : 1 - p }))),
    );
    const words = ["--baseline", "baseline.json", "--input", "more.jsonl", "--input", "current.csv"].map((word) =>
      word.includes(".") ? path.join(folder, word) : word,
    );
    const { output, exitCode } = await dispatched([
      "drift",
      "compare",
      ...words,
      ...roles,
      "--positive",
      "yes",
      "--json",
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ window: { rows: 1000 }, state: "ok" });
  });

  it("says that too few rows allow no verdict", async () => {
    const { exitCode, output } = await compare(csv(rows(100)));
    expect(exitCode).toBe(5);
    expect(output).toContain("not ready too few rows: 100 of 600 (--min-rows lowers the minimum)\n");
    expect(output, "both histograms are there").toMatch(/not ready +age .*#+ +[%#+*]+/);
  });

  it("judges few rows when --min-rows allows it", async () => {
    const few = rows(100, () => ({ age: 39 }));
    const { exitCode, output } = await compare(csv(few), ["--min-rows", "100", "--exclude", "answer,p"]);
    expect(exitCode).toBe(3);
    expect(output).toMatch(/CRITICAL +age/);
    expect((await compare(csv(few), ["--min-rows", "101"])).exitCode).toBe(5);
  });

  it("says of too few rows which features are absent or of another type, and ends with 3", async () => {
    const absent = await compare('{"plan": "basic"}\n{"plan": "pro"}', [], "current.jsonl");
    expect(absent.exitCode).toBe(3);
    expect(absent.output).toContain("churn 7: CRITICAL\n");
    expect(absent.output).toContain("partly    too few rows: 2 of 600");
    expect(absent.output).toContain("absent    age\n");
    expect(absent.output).toMatch(/CRITICAL +age .* absent\n/);
    const retyped = await compare(csv(rows(5, () => ({ age: "?" }))), [...roles, "--json"]);
    expect(retyped.exitCode).toBe(3);
    const { changes, targets, ready, window } = JSON.parse(retyped.output) as DriftReport;
    expect({ retyped: changes.retyped, ready, window }).toMatchObject({
      retyped: [{ name: "age", came_as: "text", share: 1 }],
      ready: false,
      window: { rows: 5 },
    });
    expect(targets[0]).toMatchObject({ name: "age", state: "critical", level: "critical" });
    expect(targets[0]?.cells?.current.reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  it("says that the baseline is of another model when none of its features came", async () => {
    const { exitCode, output } = await compare('{"other": 1}', [], "current.jsonl");
    expect(exitCode).toBe(3);
    expect(output).toContain(
      "foreign   most rows have no feature of the baseline: is it the baseline of this model?\n",
    );
  });

  it("names the input when the baseline names no model", async () => {
    const { folder } = await compare(csv(rows(5)));
    const { model: _, ...nameless } = baseline;
    await writeFile(path.join(folder, "nameless.json"), writeBaseline(nameless));
    const input = path.join(folder, "current.csv");
    const words = ["--baseline", path.join(folder, "nameless.json"), "--input", input, "--input", input];
    const { output } = await dispatched(["drift", "compare", ...words]);
    expect(output).toContain("current.csv and 1 more: not ready\n");
  });

  it("takes other thresholds, and warns below the critical one", async () => {
    const content = csv(rows(5000, (row) => (Number(row.age) > 30 ? { plan: "pro" } : {})));
    const codeWith = async (...words: string[]): Promise<number> => (await compare(content, words)).exitCode;
    expect(await codeWith()).toBe(4);
    expect(await codeWith("--critical", "0.1")).toBe(3);
    expect(await codeWith("--warn", "0.9")).toBe(0);
    expect(await codeWith("--q", "1e-300")).toBe(0);
  });

  it("names absent and unknown columns, but not those that were given a role", async () => {
    const content = `plan,answer,extra,row\n${rows(700)
      .map(({ plan, answer }, at) => `${plan},${answer},1,${at}`)
      .join("\n")}`;
    const { output, exitCode } = await compare(content, ["--prediction", "answer", "--exclude", "row, nothing"]);
    expect(exitCode).toBe(3);
    expect(output).toContain("absent    age\n");
    expect(output).toContain("unknown   extra (700 rows)\n");
  });

  it.each([
    [[], "--baseline FILE is needed"],
    [["--baseline", "b.json"], "--input FILE is needed"],
    [["--baseline", "/nowhere/b.json", "--input", "x.csv"], "/nowhere/b.json"],
    [["--baseline", "b.json", "--input", "x.csv", "--warn", "0"], "--warn 0: a number above 0"],
    [["--baseline", "b.json", "--input", "x.csv", "--q", "2"], "up to 1"],
    [["--baseline", "b.json", "--input", "x.csv", "--warn", "0.5", "--critical", "0.1"], "is below --warn"],
    [["--baseline", "b.json", "--input", "x.csv", "--format", "xml"], "csv, jsonl, parquet"],
    [["--baseline", "b.json", "--input", "x.csv", "--min-rows", "0"], "--min-rows 0: a whole number of at least 1"],
  ])("refuses %j", async (words, hint) => {
    const { exitCode, errors } = await dispatched(["drift", "compare", ...words]);
    expect(exitCode).toBe(2);
    expect(errors).toContain(hint);
  });

  it("refuses a role for an unknown column, an invalid baseline, and an invalid data set", async () => {
    expect((await compare(csv(rows(700)), ["--score", "q"])).errors).toContain("no column q");
    const { folder } = await compare(csv(rows(1)));
    const file = path.join(folder, "current.csv");
    const wrong = await dispatched(["drift", "compare", "--baseline", file, "--input", file]);
    expect(wrong).toMatchObject({ exitCode: 2, errors: expect.stringContaining("(baseline_invalid)") });
    const unread = await compare("{", [], "current.jsonl");
    expect(unread).toMatchObject({ exitCode: 2, errors: expect.stringContaining("(dataset_malformed)") });
  });
});
