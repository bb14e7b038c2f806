import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import type { PredictionRecord } from "../../../src/prediction-log/prediction-record.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { loaded } from "../baseline/built-from-csv.ts";
import { linesOf, logDirectory, recordAt, timeAfterNoon } from "./log.ts";
import { startProgram } from "../support/program.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

interface Exported extends Recorded {
  readonly file: string;
  readonly folder: string;
}

async function exported(
  records: readonly PredictionRecord[],
  name: string,
  ...words: readonly string[]
): Promise<Exported> {
  const directory = await logDirectory(linesOf(records));
  const folder = await temporaryDirectory();
  const file = path.join(folder, name);
  const recorded = await dispatched(["predictions", "export", "--directory", directory, "-o", file, ...words]);
  return { ...recorded, file, folder };
}

const batch = recordAt(0, {
  rows: 2,
  features: [
    { age: 31, city: 'Rom, "alt"' },
    { age: null, member: true },
  ],
  prediction: ["yes", "no"],
  score: [0.9, 0.6],
  sampling: { reason: "sample", probability: 0.25 },
});
const failed = recordAt(1, { outcome: "timeout", status: 504, rows: 0, features: [], prediction: [] });

describe("outrider predictions export", () => {
  it("writes a row for each row of features", async () => {
    const { file, output, errors, exitCode } = await exported([batch, failed], "a.jsonl");
    expect({ errors, exitCode }).toEqual({ errors: "", exitCode: 0 });
    expect(output).toBe(`${file}: 2 rows of 1 record, 12 columns (3 features); 1 record without rows left out\n`);
    const facts = {
      request_id: "r0",
      time: timeAfterNoon(0),
      model: "iris",
      version: "1",
      variant: "stable",
      outcome: "ok",
      weight: 4,
    };
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { age: 31, city: 'Rom, "alt"', prediction: "yes", score: 0.9, ...facts },
      { age: null, member: true, prediction: "no", score: 0.6, ...facts },
    ]);
  });

  it("gives the same rows in every format", async () => {
    const records = [batch, recordAt(2, { features: [{ age: 5 }], prediction: ["no"], label_id: "order-1" })];
    const rowsOf = async (name: string): Promise<unknown> => {
      const { rows, names } = await readDataset(
        (await exported(records, name, "--columns", "age,city,member,label_id,prediction,weight")).file,
      );
      return rows.map((row) => names.map((column) => row[column] ?? null));
    };
    const csv = await rowsOf("a.csv");
    expect(csv).toEqual([
      [31, 'Rom, "alt"', null, null, "yes", 4],
      [null, null, true, null, "no", 4],
      [5, null, null, "order-1", "no", 100],
    ]);
    expect(await rowsOf("a.parquet")).toEqual(csv);
  });

  it("makes text of a column with values of several types", async () => {
    const records = [
      recordAt(0, { features: [{ a: 1, b: true }], prediction: [1] }),
      recordAt(1, { features: [{ a: "x", b: false }], prediction: [false] }),
    ];
    const { file } = await exported(records, "a.parquet", "--columns", "a,b,prediction");
    expect((await readDataset(file)).rows).toEqual([
      { a: "1", b: true, prediction: "1" },
      { a: "x", b: false, prediction: "false" },
    ]);
  });

  it("leaves features their names, whatever they are called", async () => {
    const features = JSON.parse(
      '[{"weight": 70, "outrider_weight": 1, "__proto__": 2, "constructor": 3, "": 4}]',
    ) as [];
    const { file, output } = await exported([recordAt(0, { features })], "a.jsonl");
    expect(output).toContain("The column weight is called outrider_outrider_weight, because a feature has its name.\n");
    const [line = ""] = (await readFile(file, "utf8")).split("\n");
    expect(line).toContain('{"weight":70,"outrider_weight":1,"__proto__":2,"constructor":3,"":4,');
    expect(line).toContain('"outrider_outrider_weight":100}');
  });

  it("keeps answers to requests that held no table", async () => {
    const { features: _, ...image } = recordAt(0, { prediction: ["cat"] });
    const { file } = await exported([image], "a.jsonl", "--columns", "prediction,request_id");
    expect(await readFile(file, "utf8")).toBe('{"prediction":"cat","request_id":"r0"}\n');
  });

  it("reports as JSON", async () => {
    const { file, output } = await exported([batch, failed], "a.csv", "--json", "--columns", "age,weight");
    expect(JSON.parse(output)).toEqual({
      output: file,
      format: "csv",
      rows: 2,
      records: 2,
      records_without_rows: 1,
      malformed_lines: 0,
      torn_lines: 0,
      columns: [
        { name: "age", type: "number", feature: true },
        { name: "weight", type: "number", feature: false },
      ],
    });
  });

  it("writes the input of a baseline, with the weight of each record", async () => {
    const records = Array.from({ length: 40 }, (_, index) =>
      recordAt(index, {
        features: [{ age: index, city: index % 2 === 0 ? "Rom" : "Bern" }],
        prediction: [index % 4 === 0 ? "yes" : "no"],
        score: [0.5 + index / 100],
        sampling: { reason: "sample", probability: index < 20 ? 0.5 : 0.1 },
      }),
    );
    for (const format of ["csv", "jsonl", "parquet"]) {
      const { file, folder } = await exported(records, `a.${format}`, "--for-baseline");
      const output = path.join(folder, "b.json");
      const roles = ["--prediction", "prediction", "--score", "score", "--weight", "weight"];
      const built = await dispatched(["baseline", "build", "--input", file, ...roles, "-o", output]);
      expect(built).toMatchObject({ exitCode: 0, errors: "" });
      const baseline = await loaded(output);
      expect(baseline.features.map(({ name }) => name)).toEqual(["age", "city"]);
      expect(baseline.prediction).toMatchObject({ values: ["no", "yes"], counts: [180, 60] });
    }
  });

  it("leaves the score out of a baseline's data when no answer has one", async () => {
    const { file } = await exported([recordAt(0)], "a.csv", "--for-baseline");
    expect(await readFile(file, "utf8")).toBe("age,prediction,weight\n31,1,100\n");
  });

  it("writes to standard output", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    const words = ["--directory", directory, "-o", "-", "--format", "csv", "--for-baseline"];
    expect(await dispatched(["predictions", "export", ...words])).toEqual({
      exitCode: 0,
      output: "age,prediction,weight\n31,1,100\n",
      errors: "Data set: 1 row of 1 record, 3 columns (1 feature)\n",
    });
  });

  it("writes nothing when there is nothing, and ends with 4", async () => {
    const none = await exported([recordAt(0)], "a.csv", "--model", "other");
    expect(none).toMatchObject({ exitCode: 4, output: "" });
    expect(none.errors).toContain("matches: nothing is written");
    const empty = await exported([failed], "a.csv");
    expect(empty).toMatchObject({ exitCode: 4, output: "" });
    expect(empty.errors).toContain("None of 1 record in");
    expect(await readdir(empty.folder)).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ["no output", [], "-o is needed"],
    ["an ending that says nothing", ["-o", "a.txt"], "a.txt: the file extension does not say the format"],
    ["compression", ["-o", "a.csv.gz"], "the output is not compressed"],
    ["a format that is none", ["-o", "a.csv", "--format", "xls"], "--format xls: one of csv, jsonl, parquet"],
    ["Parquet on standard output", ["-o", "-", "--format", "parquet"], "Parquet cannot go to standard output"],
    ["two texts for one output", ["-o", "-", "--format", "csv", "--json"], "both write to standard output"],
    ["a column twice", ["-o", "a.csv", "--columns", "age,age"], "--columns names age twice"],
    [
      "a column that is not there",
      ["-o", "FOLDER/a.csv", "--columns", "agee"],
      "--columns agee: there is no such column; did you mean age?",
    ],
  ])("refuses %s with exit code 2 and writes nothing", async (_, words, message) => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    const folder = await temporaryDirectory();
    const there = words.map((word) => word.replace("FOLDER", folder));
    const { exitCode, errors, output } = await dispatched([
      "predictions",
      "export",
      "--directory",
      directory,
      ...there,
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it("ends with 1 when the output cannot be written", async () => {
    const directory = await logDirectory(linesOf([recordAt(0)]));
    const output = path.join(directory, "no/a.csv");
    const { exitCode, errors } = await dispatched(["predictions", "export", "--directory", directory, "-o", output]);
    expect(exitCode).toBe(1);
    expect(errors).toContain(`${output}: its folder does not exist (file_unwritable)`);
  });

  it("draws its progress on a terminal, and removes it", async () => {
    const directory = await logDirectory(linesOf([batch]));
    const folder = await temporaryDirectory();
    const words = ["predictions", "export", "--directory", directory, "-o", path.join(folder, "a.csv")];
    expect((await dispatched(words, { isErrorTerminal: true })).errors).toMatch(/reading\u001b\[K[^]*\r\u001b\[K$/);
  });

  it("leaves nothing behind when a signal ends it, and the old file as it was", async () => {
    const many = linesOf(Array.from({ length: 2000 }, (_, index) => recordAt(index)));
    const directory = await logDirectory(many.repeat(60));
    const folder = await temporaryDirectory();
    await mkdir(path.join(folder, "out"));
    const file = path.join(folder, "out/a.csv");
    await writeFile(file, "old");
    const program = startProgram(["predictions", "export", "--directory", directory, "-o", file]);
    const stopWhenWriting = setInterval(() => {
      void readdir(path.dirname(file)).then((names) => names.length > 1 && program.child.kill("SIGINT"));
    }, 5);
    const code = await program.ended;
    clearInterval(stopWhenWriting);
    expect(code).toBe(130);
    expect(await readdir(path.dirname(file))).toEqual(["a.csv"]);
    expect(await readFile(file, "utf8")).toBe("old");
  });
});
