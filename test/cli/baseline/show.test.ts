import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import type { CommandContext } from "../../../src/cli/program/command.ts";
import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { built, tableOf } from "../../drift/support/built-baseline.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const { baseline } = built(
  [
    tableOf({
      wide: range(1000).map((row) => Math.tan(((row + 0.5) / 1000) * Math.PI - Math.PI / 2)),
      few: range(1000).map((row) => (row < 700 ? 0 : row < 900 ? 1 : null)),
      city: range(1000).map((row) => (row < 600 ? "Zürich" : row < 990 ? "a\u001b[31m" : `rare ${row}`)),
      empty: range(1000).map(() => null),
      many: range(1000).map((row) => `v${row % 20}`),
      answer: range(1000).map((row) => row % 4 === 0),
      truth: range(1000).map((row) => row % 5 === 0),
      p: range(1000).map((row) => row / 1000),
    }),
  ],
  { roles: { prediction: "answer", label: "truth", score: "p" } },
);
const example: Baseline = { ...baseline, model: { name: "churn", version: "7" } };

async function show(flags: readonly string[], context: Partial<CommandContext> = {}): Promise<Recorded> {
  const file = path.join(await temporaryDirectory(), "b.json");
  await writeFile(file, writeBaseline(example));
  return dispatched(["baseline", "show", file, ...flags], context);
}

const utf8 = { environment: { LANG: "de_CH.UTF-8" } };

describe("outrider baseline show", () => {
  it("says where the baseline is from and draws every column", async () => {
    const { output, exitCode, errors } = await show([], utf8);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    const [first, digest, quality] = output.split("\n");
    expect(first).toBe("Baseline of train.csv: 1,000 rows, made 2026-01-02T03:04:05.678Z, for churn 7");
    expect(digest).toBe(example.source.digest);
    expect(quality).toMatch(/^1,000 labelled rows, accuracy 65\.0 %, calibrated in \d+ points$/);
    for (const title of [
      "wide  numeric",
      "few  numeric",
      "city  categorical",
      "prediction:\nanswer",
      "\nconfidence  numeric",
    ]) {
      expect(output).toContain(`\n${title}`);
    }
    expect(output).toContain("empty  numeric, all missing\n  (missing)  100.0 %");
  });

  it("draws bars in proportion, to the width of the terminal", async () => {
    const { output } = await show(["--columns", "few"], { ...utf8, columns: 60 });
    const lines = output.slice(output.indexOf("few  ")).split("\n").slice(1, -1);
    expect(lines).toHaveLength(4);
    const bars = lines.slice(1).map((line) => (line.match(/█/g) ?? []).length);
    expect(lines[1]).toMatch(/^ {2}0 … 1 +70\.0 %/);
    expect(lines[2]).toMatch(/^ {2}1 +20\.0 %/);
    expect(lines[3]).toMatch(/^ {2}\(missing\) +10\.0 %/);
    expect(Math.max(...lines.slice(1).map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(bars[0]! / bars[1]!).toBeGreaterThan(3);
  });

  it("draws rows of equal width for many bins, marked as approximate, and the outermost bins as they are", async () => {
    const { output } = await show(["--columns", "wide"], utf8);
    const lines = output.split("\n").filter((line) => line.includes(" … "));
    expect(lines).toHaveLength(14);
    expect(lines[0]).toMatch(/^ {2}-636\.6 … -6\.25 +5\.0 % /);
    expect(lines.at(-1)).toMatch(/^ {2}6\.379 … 636\.6 +5\.0 % /);
    expect(lines.slice(1, -1).every((line) => line.includes(" ≈"))).toBe(true);
    const shares = lines.map((line) => Number(/([\d.]+) %/.exec(line)?.[1]));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
  });

  it.each([40, 47, 60])("does not run over the edge of a terminal of %d columns", async (columns) => {
    const { output } = await show([], { ...utf8, columns });
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(output).toMatch(/\(8 mor.* +40\.0 % {2}█/);
  });

  it("shows the number of distinct values as a lower bound where counting ended", async () => {
    const many = built([tableOf({ id: range(5000).map((row) => `v${row}`) })], {}).baseline;
    const file = path.join(await temporaryDirectory(), "b.json");
    await writeFile(file, writeBaseline(many));
    expect((await dispatched(["baseline", "show", file])).output).toMatch(
      /^id {2}categorical, at least [\d,]+ different values,/m,
    );
  });

  it("draws twelve values, the others together", async () => {
    const { output } = await show(["--columns", "many"], utf8);
    expect(output).toContain("many  categorical, 20 different values\n");
    expect(output).toContain("(8 more values)");
    expect((await show(["--columns", "city"], utf8)).output).toContain("(other)");
  });

  it("is plain ASCII where the locale is not UTF-8, coloured only on a terminal, and never lets the file draw", async () => {
    const plain = (await show([])).output;
    expect(plain.replaceAll(/Zürich/g, "")).toMatch(/^[\n\u0020-\u007e]*$/);
    expect(plain).toContain("a?[31m");
    const coloured = (await show([], { ...utf8, isTerminal: true })).output;
    expect(coloured).toContain("\u001b[36m█");
    const uncoloured = (await show([], { isTerminal: true, environment: { ...utf8.environment, NO_COLOR: "1" } }))
      .output;
    expect(uncoloured).not.toContain("\u001b");
  });

  it("prints the baseline as JSON, with the selected columns", async () => {
    expect((await show(["--json"])).output).toBe(writeBaseline(example));
    const { features, prediction, confidence } = JSON.parse(
      (await show(["--json", "--columns", "city,answer"])).output,
    ) as Baseline;
    expect(features.map((feature) => feature.name)).toEqual(["city"]);
    expect(prediction?.name).toBe("answer");
    expect(confidence).toBeUndefined();
  });

  it("refuses what it cannot show", async () => {
    const directory = await temporaryDirectory();
    const broken = path.join(directory, "b.json");
    await writeFile(broken, '{"format":"outrider-baseline","version":2}');
    expect(await show(["--columns", "citty"])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("did you mean city?") as string,
    });
    expect(await show(["--columns", "nope"])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("the columns are wide, few, city") as string,
    });
    expect(await dispatched(["baseline", "show"])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("See `outrider help baseline show`.") as string,
    });
    const { exitCode, errors } = await dispatched(["baseline", "show", broken]);
    expect(exitCode).toBe(2);
    expect(errors).toContain("$.version: made by a newer Outrider");
    expect(errors).toContain("(baseline_invalid)");
    expect(await dispatched(["baseline", "show", path.join(directory, "no.json")])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining("file_unreadable") as string,
    });
  });
});
