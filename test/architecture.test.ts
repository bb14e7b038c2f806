import { describe, expect, it } from "vitest";
import { build } from "esbuild";
import { buildOptions } from "../scripts/build.ts";
import { checkArchitecture } from "./architecture/check.ts";
import { loadedFiles, packagesAmong } from "./architecture/loading.ts";
import { lawful, planted } from "./architecture/planted.ts";
import { readSourceFiles } from "./architecture/source-files.ts";

describe("architecture of src/", () => {
  it("keeps every rule", () => {
    const files = readSourceFiles();
    expect(files.size).toBeGreaterThan(5);
    expect(checkArchitecture(files)).toEqual([]);
  });
});

describe("the checker", () => {
  it("finds nothing in a tree that keeps the rules", () => {
    expect(checkArchitecture(new Map(Object.entries(lawful)))).toEqual([]);
  });

  it.each(planted)("catches: $what", ({ rule, files }) => {
    const found = checkArchitecture(new Map(Object.entries(files))).filter((violation) => violation.rule === rule);
    expect(found).not.toEqual([]);
    if (rule !== "cycle") expect(found[0]?.file).toBe(Object.keys(files)[0]);
  });
});

/** What only some users configure or ask for. */
const lazyPackages: ReadonlySet<string> = new Set(["yaml", "pino-pretty", "@valibot/to-json-schema"]);

describe("the build", () => {
  it("loads no package for `help`, and for `run` neither the config file's parser nor the terminal's log colours", async () => {
    const { metafile } = await build({ ...buildOptions, write: false });
    const atStart = packagesAmong(loadedFiles(metafile, ["src/main.ts"]));
    expect([...atStart]).toEqual([]);
    const running = loadedFiles(metafile, ["src/main.ts", "src/cli/run.ts", "src/sidecar.ts"]);
    expect([...running].some((file) => file.startsWith("src/relay/"))).toBe(true);
    expect([...packagesAmong(running)].filter((name) => lazyPackages.has(name))).toEqual([]);
  });

  it("is caught when it would load a parser that nobody asked for", async () => {
    const { metafile } = await build({
      ...buildOptions,
      write: false,
      entryPoints: {},
      stdin: {
        contents: 'import { parse } from "yaml"; console.log(parse);',
        resolveDir: import.meta.dirname,
        sourcefile: "planted-entry.ts",
      },
    });
    const loaded = packagesAmong(loadedFiles(metafile, ["test/planted-entry.ts"]));
    expect([...loaded].filter((name) => lazyPackages.has(name))).toEqual(["yaml"]);
  });
});
