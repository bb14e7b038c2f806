import { appendFileSync } from "node:fs";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";

import { readBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { build, csv, inDirectory, loaded } from "./built-from-csv.ts";
import { dispatched } from "../support/recorded-context.ts";

describe("outrider baseline build", () => {
  it("writes the features of a CSV file and reports them", async () => {
    const { baseline, output, directory } = await build([]);
    expect(baseline.source).toMatchObject({ kind: "file", name: "a.csv", rows: 4 });
    expect(baseline.source.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(baseline.features.map(({ name, kind }) => [name, kind])).toEqual([
      ["age", "numeric"],
      ["city", "categorical"],
      ["answer", "categorical"],
      ["truth", "categorical"],
      ["p", "numeric"],
      ["w", "numeric"],
      ["id", "categorical"],
    ]);
    expect(output).toBe(`${directory}/b.json: 4 rows of a.csv, 3 numeric and 4 categorical features\n`);
    expect(await readdir(directory)).toEqual(["a.csv", "b.json"]);
  });

  it("takes roles, and adds the prediction, the confidence and the quality", async () => {
    const flags = ["--prediction", "answer", "--label", "truth", "--score", "p", "--positive", "yes", "--weight", "w"];
    const { baseline } = await build([...flags, "--exclude", "id", "--model-name", "churn", "--model-version", "7"]);
    expect(baseline.features.map((feature) => feature.name)).toEqual(["age", "city"]);
    expect(baseline).toMatchObject({
      model: { name: "churn", version: "7" },
      source: { rows: 4 },
      prediction: { name: "answer", values: ["no", "yes"], counts: [2, 2] },
      confidence: { name: "confidence", missing: 0 },
      quality: { accuracy: 0.75, rows: 4, calibration: { of: "positive_probability", positive: "yes" } },
    });
  });

  it("takes kinds of columns, and a class written as a number", async () => {
    const { baseline } = await build(
      ["--categorical", "age,w", "--label", "l", "--score", "s", "--positive", "1.0"],
      "age,w,l,s\n1,2,1,0.5\n3,4,0,0.1\n",
    );
    expect(baseline.features.map((feature) => feature.kind)).toEqual(["categorical", "categorical"]);
    expect(baseline.quality?.calibration).toMatchObject({ positive: "1", y: [0, 1] });
  });

  it("gives the same baseline for the same rows in every format and in several files", async () => {
    const rows = Array.from({ length: 300 }, (_, row) => ({ n: row * 1.5, word: `w${row % 3}`, ok: row % 2 === 0 }));
    const lines = rows.map(({ n, word, ok }) => `${n},${word},${ok}\n`);
    const directory = await inDirectory({
      "a.csv": `n,word,ok\n${lines.join("")}`,
      "b.jsonl": rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
      "c.parquet": new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: "n", data: rows.map(({ n }) => n), type: "DOUBLE" },
            { name: "word", data: rows.map(({ word }) => word), type: "STRING" },
            { name: "ok", data: rows.map(({ ok }) => ok), type: "BOOLEAN" },
          ],
        }),
      ),
      "d.csv": `n,word,ok\n${lines.slice(0, 100).join("")}`,
      "e.csv": `n,word,ok\n${lines.slice(100).join("")}`,
    });
    const file = (name: string): string => path.join(directory, name);
    const features: unknown[] = [];
    for (const inputs of [["a.csv"], ["b.jsonl"], ["c.parquet"], ["d.csv", "e.csv"]]) {
      const words = inputs.flatMap((name) => ["--input", file(name)]);
      expect(await dispatched(["baseline", "build", ...words, "-o", file("o.json")])).toMatchObject({
        exitCode: 0,
        errors: "",
      });
      const baseline = await loaded(file("o.json"));
      expect(baseline.source).toMatchObject({ name: inputs.join(", "), rows: 300 });
      features.push(baseline.features);
    }
    for (const other of features) expect(other).toEqual(features[0]);
  });

  it("writes to standard output, and then the report to standard error", async () => {
    const directory = await inDirectory({ "a.csv": csv });
    const { output, errors, exitCode } = await dispatched([
      "baseline",
      "build",
      "--input",
      path.join(directory, "a.csv"),
      "-o",
      "-",
    ]);
    expect(exitCode).toBe(0);
    expect(readBaseline(output).kind).toBe("baseline");
    expect(errors).toMatch(/^Baseline: 4 rows of a\.csv/);
  });

  it.each<[string, readonly string[], string]>([
    ["no input", ["-o", "b.json"], "--input is needed"],
    ["no output", ["--input", "a.csv"], "-o is needed"],
    [
      "a column that is not there",
      ["--input", "a.csv", "-o", "b.json", "--label", "trut"],
      "--label trut: there is no such column; did you mean truth?",
    ],
    [
      "a column that is named by half",
      ["--input", "a.csv", "-o", "b.json", "--prediction", "ans"],
      "--prediction ans: there is no such column; did you mean answer?",
    ],
    [
      "a column of a table that something else than commas separates",
      ["--input", "semicolons.csv", "-o", "b.json", "--label", "b"],
      '--label b: there is no such column; the only column is named "a;b": is ; the separator?',
    ],
    [
      "scores that are none",
      ["--input", "a.csv", "-o", "b.json", "--score", "age"],
      '--score age: no value is a number from 0 to 1 (e.g. "31")',
    ],
    [
      "a positive class that no row has",
      ["--input", "a.csv", "-o", "b.json", "--label", "truth", "--score", "p", "--positive", "1"],
      "--positive 1: no prediction and no label has this value; the values are yes, no",
    ],
    ["standard input", ["--input", "-", "--format", "csv", "-o", "b.json"], "standard input cannot be read twice"],
    ["its own input as output", ["--input", "a.csv", "-o", "a.csv"], "the baseline would replace the data (usage)"],
    ["its own input by another way", ["--input", "a.csv", "-o", "link.csv"], "the baseline would replace the data"],
    [
      "an unlike column",
      ["--input", "a.csv", "-o", "b.json", "--exclude", "id,xyzzy"],
      "--exclude xyzzy: there is no such column; the columns are age, city, answer",
    ],
    [
      "two roles for a column",
      ["--input", "a.csv", "-o", "b.json", "--label", "p", "--score", "p"],
      "--label and --score name the same column, p",
    ],
    [
      "two kinds for a column",
      ["--input", "a.csv", "-o", "b.json", "--numeric", "p", "--categorical", "p"],
      "name the same column, p",
    ],
    ["a class without a score", ["--input", "a.csv", "-o", "b.json", "--positive", "yes"], "--positive needs --score"],
    [
      "a class that is missing",
      ["--input", "a.csv", "-o", "b.json", "--score", "p", "--positive", "NA"],
      "this stands for a missing value",
    ],
    [
      "a format that is none",
      ["--input", "a.csv", "-o", "b.json", "--format", "xls"],
      "--format xls: one of csv, jsonl, parquet",
    ],
    ["two texts for one output", ["--input", "a.csv", "-o", "-", "--json"], "both write to standard output"],
    ["no such file", ["--input", "missing.csv", "-o", "b.json"], "no such file"],
    [
      "a broken file",
      ["--input", "broken.csv", "-o", "b.json"],
      "broken.csv:2: the line has 3 fields, the header has 2 (dataset_malformed)",
    ],
  ])("refuses %s with exit code 2 and writes nothing", async (_, words, message) => {
    const directory = await inDirectory({
      "a.csv": csv,
      "broken.csv": "a,b\n1,2,3\n",
      "semicolons.csv": "a;b\n1;2\n",
    });
    await symlink("a.csv", path.join(directory, "link.csv"));
    const there = words.map((word) => (/\.(csv|json)$/.test(word) ? path.join(directory, word) : word));
    const { exitCode, errors, output } = await dispatched(["baseline", "build", ...there]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain(message);
    expect(await readdir(directory)).toEqual(["a.csv", "broken.csv", "link.csv", "semicolons.csv"]);
    expect(await readFile(path.join(directory, "a.csv"), "utf8")).toBe(csv);
  });

  it("ends with 1 when the output cannot be written, and leaves the old one alone", async () => {
    const directory = await inDirectory({ "a.csv": csv });
    const result = await dispatched([
      "baseline",
      "build",
      "--input",
      path.join(directory, "a.csv"),
      "-o",
      path.join(directory, "no/b.json"),
    ]);
    expect(result.exitCode).toBe(1);
    expect(result.errors).toContain(`outrider: ${directory}/no/b.json: its folder does not exist (file_unwritable)`);
  });

  it("draws its progress on a terminal only, and removes it", async () => {
    const directory = await inDirectory({ "a.csv": csv });
    const words = ["baseline", "build", "--input", path.join(directory, "a.csv"), "-o", path.join(directory, "b.json")];
    const { errors } = await dispatched(words, { isErrorTerminal: true });
    expect(errors).toMatch(/^\r[#.]{30} +\d+ %  profiling\u001b\[K[^]*\r\u001b\[K$/);
    expect((await dispatched(words)).errors).toBe("");
  });

  it("notices an input that changes while it is read", async () => {
    const directory = await temporaryDirectory();
    const input = path.join(directory, "a.csv");
    await writeFile(input, `a\n${"1\n".repeat(1000)}`);
    const output = path.join(directory, "b.json");
    const { exitCode } = await dispatched(["baseline", "build", "--input", input, "-o", output], {
      isErrorTerminal: true,
      writeError: (text) => {
        if (text.includes("counting") && text.includes(" 50 %")) appendFileSync(input, "2\n");
      },
    });
    expect(exitCode).toBe(1);
    expect(await readdir(directory)).toEqual(["a.csv"]);
  });
});
