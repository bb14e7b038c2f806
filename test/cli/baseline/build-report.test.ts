import { describe, expect, it } from "vitest";

import { build } from "./built-from-csv.ts";

describe("the report of outrider baseline build", () => {
  it("reports the problem of every problematic column", async () => {
    const rows = Array.from(
      { length: 2000 },
      (_, row) => `${row % 100 === 0 ? "?" : row},7,,id-${row},${row % 3 === 0 ? "inf" : row},${row < 1500 ? "" : 1}`,
    );
    const { output } = await build([], `mixed,same,none,id,infinite,mostly\n${rows.join("\n")}\nshort\n`);
    const lines = output.split("\n").slice(1, -1);
    expect(lines).toEqual(
      [
        "  rows with fewer fields than the header: 1; the other fields count as missing",
        '  mixed: text and numbers are mixed, e.g. "?"; all values count as categories. --numeric counts the text as invalid, --exclude leaves the column out',
        "  same: every row has the same value",
        "  none: no row has a value",
        "  id: at least 2,000 different values, none frequent enough to be counted separately, so new values cannot be distinguished from rare ones. --exclude leaves the column out",
        "  infinite: rows without a finite number: 667",
        "  mostly: 75.0 % of the rows have no value",
        "  mostly: every row has the same value",
      ].toSorted((a, b) => lines.indexOf(a) - lines.indexOf(b)),
    );
  });

  it("asks for the separator when there is only one column", async () => {
    const { output } = await build([], "a\tb\n1\t2\n3\t4\n");
    expect(output).toContain('  the only column is named "a\\tb": is a tab the separator? it must be a comma\n');
    expect((await build([], "a\n1\n2\n")).output).not.toContain("separat");
  });

  it("takes a positive class that is only a prediction, and scores that are numbers in some rows", async () => {
    const content = "answer,truth,p\nyes,no,0.9\nno,no,high\n";
    const flags = ["--prediction", "answer", "--label", "truth", "--score", "p", "--positive", "yes"];
    const { output } = await build(flags, content);
    expect(output).toContain("  scores that are not a number from 0 to 1: 1\n  no row has the label yes\n");
  });

  it("tells rows from their weight", async () => {
    const { output, baseline } = await build(["--weight", "w"]);
    expect(baseline.source).toMatchObject({ rows: 4, weightedRows: 4 });
    expect(output).toContain(": 4 rows, weight 4 of a.csv, ");
    expect((await build([], "a,b\n1,x\n")).output).toContain(": 1 row of a.csv, 1 numeric and 1 categorical feature\n");
  });

  it("reports integers beyond 2^53 as too large, not as invalid numbers", async () => {
    const rows = [...Array.from({ length: 20 }, (_, row) => `${row}.5`), "9007199254740993", "inf"];
    const { output } = await build([], `a\n${rows.join("\n")}\n`);
    expect(output.split("\n").slice(1, -1)).toEqual([
      '  a: rows with an integer too large to be exact: 1, e.g. "9007199254740993"; they count as invalid',
      "  a: rows without a finite number: 1",
    ]);
  });

  it("rounds the mean absolute error in the text", async () => {
    const flags = ["--prediction", "y", "--label", "t"];
    expect((await build(flags, "y,t\n1.1,0.5\n2.5,1.25\n0.3,0.1\n")).output).toContain("mean absolute error 0.6833");
  });

  it("reports as JSON", async () => {
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
});
