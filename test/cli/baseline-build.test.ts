import { appendFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";

import type { Baseline } from "../../src/drift/baseline.ts";
import { readBaseline } from "../../src/drift/baseline-file.ts";
import { temporaryDirectory } from "../config/temporary-directory.ts";
import { dispatched, type Recorded } from "./recorded-context.ts";

const csv = `age,city,answer,truth,p,w,id
31,Bern,yes,yes,0.9,1,a
42,Rom,no,no,0.2,2,b
,Rom,yes,no,0.7,1,c
55,,no,yes,0.4,0,d
`;

interface Built extends Recorded {
  readonly directory: string;
  readonly baseline: Baseline;
}

async function inDirectory(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(directory, name), content);
  return directory;
}

async function loaded(file: string): Promise<Baseline> {
  const reading = readBaseline(await readFile(file, "utf8"));
  if (reading.kind === "problems") throw new Error(JSON.stringify(reading.problems));
  return reading.baseline;
}

/** Builds a baseline of `a.csv`, which is `csv` unless given. */
async function build(flags: readonly string[], content: string = csv): Promise<Built> {
  const directory = await inDirectory({ "a.csv": content });
  const output = path.join(directory, "b.json");
  const recorded = await dispatched([
    "baseline",
    "build",
    "--input",
    path.join(directory, "a.csv"),
    "-o",
    output,
    ...flags,
  ]);
  expect(recorded.errors).toBe("");
  expect(recorded.exitCode).toBe(0);
  return { ...recorded, directory, baseline: await loaded(output) };
}

describe("outrider baseline build", () => {
  it("writes the features of a CSV file and says what it wrote", async () => {
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

  it("says of every odd column what is odd", async () => {
    const rows = Array.from(
      { length: 2000 },
      (_, row) => `${row % 100 === 0 ? "?" : row},7,,id-${row},${row % 3 === 0 ? "inf" : row},${row < 1500 ? "" : 1}`,
    );
    const { output } = await build([], `mixed,same,none,id,infinite,mostly\n${rows.join("\n")}\nshort\n`);
    const lines = output.split("\n").slice(1, -1);
    expect(lines).toEqual(
      [
        "  rows with fewer fields than the header: 1; what they lack counts as missing",
        '  mixed: words and numbers are mixed, e.g. "?": all count as categories; --numeric makes the words invalid, --exclude leaves the column out',
        "  same: every row has the same value",
        "  none: no row has a value",
        "  id: at least 2,000 different values, none frequent enough for a cell: new ones will not be told from rare ones; --exclude leaves the column out",
        "  infinite: rows without a finite number: 667",
        "  mostly: 75.0 % of the rows have no value",
        "  mostly: every row has the same value",
      ].toSorted((a, b) => lines.indexOf(a) - lines.indexOf(b)),
    );
  });

  it("reports for machines", async () => {
    const { output, directory } = await build(["--json"], "a,b\n1,x\n2,x\n");
    expect(JSON.parse(output)).toMatchObject({
      output: `${directory}/b.json`,
      source: { rows: 2 },
      features: [
        { name: "a", kind: "numeric" },
        { name: "b", kind: "categorical", note: "constant" },
      ],
      remarks: [{ column: "b", remark: "every row has the same value" }],
    });
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

  it("writes to standard output, and the report then to the other", async () => {
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
    ["no input", ["-o", "b.json"], "name the data set with --input"],
    ["no output", ["--input", "a.csv"], "name the baseline's file with -o"],
    [
      "a column that is not there",
      ["--input", "a.csv", "-o", "b.json", "--label", "trut"],
      "--label trut: there is no such column; did you mean truth?",
    ],
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
    [
      "a class without a score",
      ["--input", "a.csv", "-o", "b.json", "--positive", "yes"],
      "--positive says what --score is",
    ],
    [
      "a class that is missing",
      ["--input", "a.csv", "-o", "b.json", "--score", "p", "--positive", "NA"],
      "this is how a missing value is written",
    ],
    [
      "a format that is none",
      ["--input", "a.csv", "-o", "b.json", "--format", "xls"],
      "--format xls: one of csv, jsonl, parquet",
    ],
    ["two texts for one output", ["--input", "a.csv", "-o", "-", "--json"], "both want standard output"],
    ["no such file", ["--input", "missing.csv", "-o", "b.json"], "no such file"],
    [
      "a broken file",
      ["--input", "broken.csv", "-o", "b.json"],
      "broken.csv:2: the line has 3 fields, the header has 2 (dataset_malformed)",
    ],
  ])("refuses %s with exit code 2 and writes nothing", async (_, words, message) => {
    const directory = await inDirectory({ "a.csv": csv, "broken.csv": "a,b\n1,2,3\n" });
    const there = words.map((word) => (/\.(csv|json)$/.test(word) ? path.join(directory, word) : word));
    const { exitCode, errors, output } = await dispatched(["baseline", "build", ...there]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain(message);
    expect(await readdir(directory)).toEqual(["a.csv", "broken.csv"]);
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
    expect(result.errors).toContain("(file_unwritable)");
  });

  it("draws its progress on a terminal only, and takes it away", async () => {
    const directory = await inDirectory({ "a.csv": csv });
    const words = ["baseline", "build", "--input", path.join(directory, "a.csv"), "-o", path.join(directory, "b.json")];
    const { errors } = await dispatched(words, { isErrorTerminal: true });
    expect(errors).toMatch(/^\r[#.]{30} +\d+ %  looking\u001b\[K[^]*\r\u001b\[K$/);
    expect((await dispatched(words)).errors).toBe("");
  });

  it("notices an input that changes while it is read", async () => {
    const directory = await temporaryDirectory();
    const input = path.join(directory, "a.csv");
    await writeFile(input, `a\n${"1\n".repeat(2_000_000)}`);
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
