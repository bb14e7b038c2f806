import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeBaseline } from "../../src/drift/baseline/baseline-file.ts";
import type { Baseline } from "../../src/drift/baseline/baseline.ts";
import { fetchBaseline, isOfOtherModel, readBaselineFile } from "../../src/registry/baseline-source.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";
import { baselineOf, normalFeature } from "../drift/support/some-baselines.ts";
import { until } from "../support/until.ts";

const baseline = baselineOf([normalFeature("x", 2000, seededRandom(1))], {
  source: { kind: "learned", name: "", digest: "", rows: 2000 },
});
const folder = mkdtempSync(path.join(tmpdir(), "outrider-baseline-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const file = path.join(folder, "baseline.json");
  writeFileSync(file, content);
  return file;
}

describe("a baseline file", () => {
  it("is read as the baseline that was written", async () => {
    expect(writeBaseline(await readBaselineFile(fileWith(writeBaseline(baseline))))).toBe(writeBaseline(baseline));
  });

  it("without a valid baseline is a configuration error that names the file", async () => {
    await expect(readBaselineFile(fileWith("[]"))).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringMatching(/^drift\.baseline: \/.*baseline\.json: /),
    });
    await expect(readBaselineFile(path.join(folder, "missing"))).rejects.toThrow("ENOENT");
  });
});

describe("the model of a baseline", () => {
  it.each<readonly [string, Baseline["model"], { readonly name: string; readonly version: string }, boolean]>([
    ["unstated", undefined, { name: "churn", version: "1" }, false],
    ["the served one", { name: "churn", version: "1" }, { name: "churn", version: "1" }, false],
    ["of any version", { name: "churn", version: "" }, { name: "churn", version: "1" }, false],
    ["of another version", { name: "churn", version: "2" }, { name: "churn", version: "1" }, true],
    ["another one", { name: "fraud", version: "" }, { name: "churn", version: "1" }, true],
    ["any, when the served one has no name", { name: "fraud", version: "" }, { name: "", version: "" }, false],
  ])("may be %s", (_name, of, served, isOther) => {
    expect(isOfOtherModel(baselineOf(baseline.features, of === undefined ? {} : { model: of }), served)).toBe(isOther);
  });
});

describe("a baseline from the registry", () => {
  /** Fetches from a registry with this response until the client is closed; gives the lines of the log and the baseline. */
  async function fetched(status: number, body: string) {
    const lines: string[] = [];
    const found: Baseline[] = [];
    let isClosed = false;
    const write = (level: string) => (_fields: unknown, message: string) => void lines.push(`${level} ${message}`);
    fetchBaseline({
      url: "http://mlflow",
      model: { name: "churn", version: "1" },
      openHttp: async () => ({
        get: async () => ({ status, body: new TextEncoder().encode(body) }),
        close: async () => void (isClosed = true),
      }),
      onBaseline: (one) => void found.push(one),
      log: { info: write("info"), warn: write("warn"), error: write("error") },
    });
    await until(() => isClosed, "the client to be closed");
    await new Promise((resolve) => setImmediate(resolve));
    return { lines, found };
  }

  it("is used when it is valid", async () => {
    const { lines, found } = await fetched(200, writeBaseline(baseline));
    expect(found.map(writeBaseline)).toEqual([writeBaseline(baseline)]);
    expect(lines).toEqual(["info the baseline comes from the registry"]);
  });

  it("is learned when the registry has none", async () => {
    expect(await fetched(404, "")).toEqual({
      lines: ["warn the registry has no baseline for this model: one is learned from requests"],
      found: [],
    });
  });

  it("is learned when the registry's is invalid", async () => {
    expect(await fetched(200, "{}")).toEqual({
      lines: ["error the registry's baseline is invalid: one is learned from requests"],
      found: [],
    });
  });
});
