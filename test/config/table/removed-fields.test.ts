import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { environmentLayer } from "../../../src/config/layers/environment-layer.ts";
import { fileLayer } from "../../../src/config/layers/file-layer.ts";
import { removedFields } from "../../../src/config/table/removed-fields.ts";
import { environmentOf, fieldRows, flagOf, rowAt } from "../../../src/config/table/table.ts";
import { configFlags } from "../../../src/cli/config/config-flags.ts";
import { readArguments } from "../../../src/cli/program/arguments.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("removed fields", () => {
  it.each(Object.entries(removedFields))(
    "%s is refused in the file, the environment and flags, with the reason",
    async (name, fate) => {
      const problem = `this field was removed: ${fate}`;
      const [section = "", key = ""] = name.split(".");
      const file = path.join(await temporaryDirectory(), "outrider.yaml");
      await writeFile(file, `${section}:\n  ${key}: 5\n`);
      expect((await fileLayer(file)).mistakes).toMatchObject([{ path: name, problem, origin: { line: 2 } }]);
      expect(environmentLayer({ [environmentOf(name)]: "5" }).mistakes).toMatchObject([{ problem }]);
      const { mistakes, operands } = readArguments([flagOf(name), "5"], { maxOperands: 0 }, configFlags);
      expect(mistakes).toMatchObject([{ problem, origin: { name: flagOf(name) } }]);
      expect(operands).toEqual([]);
    },
  );

  it("never come back as other fields, and name only fields that exist", () => {
    expect(Object.keys(removedFields).filter((name) => rowAt(name) !== undefined)).toEqual([]);
    const named = Object.values(removedFields).flatMap((fate) =>
      [...fate.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const known = new Set(fieldRows.map((row) => row.path));
    expect(named.filter((name) => !known.has(name ?? ""))).toEqual([]);
  });
});
