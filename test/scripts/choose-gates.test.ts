import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { chooseGates } from "../../scripts/gates/choose-gates.mjs";
import { gates, tiers } from "../../scripts/gates/gates.mjs";
import { loadComponents } from "../../scripts/setup/components.mjs";
import { rootDir } from "../architecture/source-files.ts";

/** The stages as `TIER[COMPONENTS]: GATES`. */
const chosen = (...args: readonly string[]): readonly string[] | undefined =>
  chooseGates(args)?.map(
    (stage) => `${stage.tier}[${stage.components.join(" ")}]: ${stage.gates.map((gate) => gate.name).join(" ")}`,
  );

const firstTier = "test[test]: format lint types declarations deadcode build docs unit fuzz e2e";

describe("the gates of a run", () => {
  it("are those of the first tier unless another one is asked for", () => {
    expect(chosen()).toEqual([firstTier]);
    expect(chosen("--tier", "test")).toEqual([firstTier]);
    expect(chosen("--tier", "infra")).toEqual(["infra[infra]: build infra"]);
  });

  it("are all of both tiers, each once, when every tier is asked for", () => {
    expect(chosen("--tier", "all")).toEqual([firstTier, "infra[infra]: infra"]);
    const names = chooseGates(["--tier", "all"])?.flatMap((stage) => stage.gates);
    expect(new Set(names)).toEqual(new Set(gates));
  });

  it("are some of them when some are named, and need components only for tests", () => {
    expect(chosen("--only", "lint,types")).toEqual(["test[]: lint types"]);
    expect(chosen("--only=unit,lint")).toEqual(["test[test]: lint unit"]);
    expect(chosen("--tier", "infra", "--only", "build")).toEqual(["infra[]: build"]);
    expect(chosen("--tier", "all", "--only", "infra")).toEqual(["infra[infra]: infra"]);
  });

  it("are none when help is asked for", () => {
    expect(chosen("--help")).toBeUndefined();
    expect(chosen("--only", "lint", "-h")).toBeUndefined();
  });

  it("are not guessed from wrong arguments", () => {
    expect(() => chosen("--only", "lint,infra")).toThrow("infra");
    expect(() => chosen("--only", "")).toThrow("not among the gates");
    expect(() => chosen("--only")).toThrow("only");
    expect(() => chosen("--tier", "third")).toThrow("unknown tier third");
    expect(() => chosen("lint")).toThrow("lint");
  });
});

describe("a tier", () => {
  it("is named after components that there are", async () => {
    const groups = (await loadComponents()).flatMap((component) => component.groups);
    expect(groups).toEqual(expect.arrayContaining([...tiers]));
  });

  it("is run by a command, and CI runs them all", async () => {
    const { scripts } = JSON.parse(await readFile(path.join(rootDir, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(scripts["test"]).toBe("node scripts/test.mjs");
    for (const tier of tiers.slice(1)) expect(scripts[`test:${tier}`]).toBe(`node scripts/test.mjs --tier ${tier}`);
    expect(await readFile(path.join(rootDir, ".ci/run"), "utf8")).toContain("npm test -- --tier all");
  });
});
