import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { writeBaseline } from "../../../src/drift/baseline/baseline-file.ts";
import type { Cell } from "../../../src/payload/body-content.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { built, tableOf } from "../../drift/support/built-baseline.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

type Columns = Readonly<Record<string, readonly Cell[]>>;

async function diff(old: Columns, fresh: Columns, ...flags: readonly string[]): Promise<Recorded> {
  const directory = await temporaryDirectory();
  const files = ["old.json", "new.json"].map((name) => path.join(directory, name));
  for (const [index, columns] of [old, fresh].entries()) {
    await writeFile(files[index]!, writeBaseline(built([tableOf(columns)]).baseline));
  }
  return dispatched(["baseline", "diff", ...files, ...flags]);
}

const values = Array.from({ length: 1000 }, (_, row) => row);

describe("outrider baseline diff", () => {
  it("ends with 0 when they are the same", async () => {
    expect(await diff({ a: values }, { a: values })).toEqual({
      exitCode: 0,
      errors: "",
      output: "1 column with a PSI below 0.05; --all shows them\nThe baselines do not differ beyond chance.\n",
    });
  });

  it("ends with 1 when a column shifted, was added, was removed or changed its type", async () => {
    const { exitCode, output } = await diff(
      { moved: values, gone: values, type: values },
      { moved: values.map((value) => value + 300), fresh: values, type: values.map(String).map((text) => `w${text}`) },
    );
    expect(exitCode).toBe(1);
    expect(output).toMatch(
      /^added: fresh\nremoved: gone\nchanged type: type\ncolumn +PSI +JS\nmoved +\d\.\d{3} +0\.\d{3} {2}different, approximate\n/,
    );
  });

  it("lists only the columns that differ and counts the rest; --all lists every one", async () => {
    const before = { moved: values, still: values, calm: values };
    const after = { ...before, moved: values.map((value) => value + 300) };
    const short = (await diff(before, after)).output;
    expect(short).toContain("\n2 columns with a PSI below 0.05; --all shows them\n");
    expect(short).not.toMatch(/^(still|calm) /m);
    const { output, exitCode } = await diff(before, after, "--all");
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^still +0\.000 +0\.000$/m);
    expect(output).not.toContain("--all");
  });

  it("prints the same as JSON", async () => {
    const { exitCode, output } = await diff({ a: values }, { a: values, b: values }, "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toEqual({
      different: true,
      threshold_psi: 0.05,
      columns: [{ name: "a", role: "feature", psi: 0, js_distance: 0, approximate: false, different: false }],
      added: ["b"],
      removed: [],
      retyped: [],
    });
  });

  it("ends with 2 when there is nothing to compare", async () => {
    expect(await dispatched(["baseline", "diff", "one.json"])).toMatchObject({ exitCode: 2 });
    expect(await dispatched(["baseline", "diff", "/no/one.json", "/no/two.json"])).toMatchObject({ exitCode: 2 });
  });
});
