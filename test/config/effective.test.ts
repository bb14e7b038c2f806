import { writeFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assemble } from "../../src/config/layers/assemble.ts";
import { changedFields, effectiveValues, effectiveYaml, restartPaths } from "../../src/config/effective.ts";
import { fileLayer } from "../../src/config/layers/file-layer.ts";
import type { Input } from "../../src/config/table/field.ts";
import { fieldRows } from "../../src/config/table/table.ts";
import { fieldInputs } from "./field-inputs.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function assembleInputs(inputs: Partial<Record<string, Input>>): ReturnType<typeof assemble> {
  const entries = fieldRows
    .filter((row) => inputs[row.path] !== undefined)
    .map((row) => ({ row, input: inputs[row.path], origin: { kind: "flag", name: row.flag } as const }));
  return assemble([{ entries, mistakes: [] }]);
}

describe("the effective configuration", () => {
  it("printed and read again is the same configuration", async () => {
    const file = path.join(await temporaryDirectory(), "printed.yaml");
    await fc.assert(
      fc.asyncProperty(fieldInputs, async (inputs) => {
        const before = assembleInputs(inputs);
        expect(before.mistakes).toEqual([]);
        await writeFile(file, effectiveYaml(before));
        const after = assemble([await fileLayer(file)]);
        expect(after.mistakes).toEqual([]);
        expect(after.config).toEqual(before.config);
      }),
      { numRuns: 60 },
    );
  });

  it("names the origin of every value", () => {
    const assembly = assembleInputs({ "log.level": "debug" });
    expect(effectiveYaml(assembly)).toMatch(/^ {2}level: "debug" +# --log-level$/m);
    expect(effectiveYaml(assembly)).toMatch(/^# upstream: \(not set\) +# default$/m);
    const values = effectiveValues(assembly);
    expect(values.map((value) => value.path)).toEqual(fieldRows.map((row) => row.path));
    expect(values.find((value) => value.path === "upstream")).toEqual({
      path: "upstream",
      value: null,
      origin: "default",
    });
  });

  it("tells which fields changed and which of them need a restart", () => {
    const before = assembleInputs({}).config;
    const after = assembleInputs({ "log.level": "debug", listen: "127.0.0.1:1", "routes.allow": ["GET /a"] }).config;
    expect(changedFields(before, after).map((row) => row.path)).toEqual(["listen", "routes.allow", "log.level"]);
    expect(restartPaths(before, after)).toEqual(["listen"]);
    expect(changedFields(after, after)).toEqual([]);
  });
});
