import { describe, expect, it } from "vitest";
import { build } from "esbuild";
import { buildOptions } from "../scripts/build.ts";
import { checkArchitecture } from "./architecture/check.ts";
import { loadedBy, packagesAmong } from "./architecture/loading.ts";
import { lawful, planted } from "./architecture/planted.ts";
import { loneFiles } from "./architecture/rules.ts";
import { readSourceFiles } from "./architecture/source-files.ts";

describe("architecture of src/", () => {
  it("keeps every rule", () => {
    const files = readSourceFiles();
    expect(files.size).toBeGreaterThan(5);
    expect(checkArchitecture(files)).toEqual([]);
  });

  it("has at most a dozen short files with one user beside them, all still there", () => {
    const files = readSourceFiles();
    expect(Object.keys(loneFiles).filter((file) => !files.has(file))).toEqual([]);
    expect(Object.keys(loneFiles).length).toBeLessThanOrEqual(12);
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
const lazyPackages: ReadonlySet<string> = new Set([
  "yaml",
  "pino-pretty",
  "@valibot/to-json-schema",
  "ioredis",
  "undici",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet-writer",
]);

/** Node's own HTTP and TLS: 8 MB of resident memory and more that the relay has no use for. */
const heavyBuiltins: ReadonlySet<string> = new Set(["http", "https", "http2", "tls", "inspector"]);

const among = (names: ReadonlySet<string>, wanted: ReadonlySet<string>): readonly string[] =>
  [...names].filter((name) => wanted.has(name));

describe("the build", () => {
  it("loads no package until a command is known", async () => {
    const { metafile } = await build({ ...buildOptions, write: false });
    expect([...packagesAmong(loadedBy(metafile, ["src/main.ts"]).files)]).toEqual([]);
  });

  it("loads for `run` neither what only some configure nor Node's own HTTP", async () => {
    const { metafile } = await build({ ...buildOptions, write: false });
    const { files, builtins } = loadedBy(metafile, [
      "src/main.ts",
      "src/cli/run/run.ts",
      "src/sidecar.ts",
      "src/assembly/body-telemetry.ts",
    ]);
    for (const folder of ["relay", "capture"]) {
      expect([...files].some((file) => file.startsWith(`src/${folder}/`))).toBe(true);
    }
    expect(builtins).toContain("net");
    expect(among(packagesAmong(files), lazyPackages)).toEqual([]);
    expect(among(builtins, heavyBuiltins)).toEqual([]);
    // The reader of the protocol in use is loaded once that is known; the others never are.
    expect([...files].filter((file) => /^src\/protocols\/[^/]+\/reader\.ts$/.test(file))).toEqual([]);
  });

  it("exports every name that is taken from a lazily loaded file, though some chunks hold several files", async () => {
    const { metafile } = await build({ ...buildOptions, write: false });
    const exported = new Set(Object.values(metafile.outputs).flatMap((output) => output.exports));
    const taken = [...readSourceFiles().values()].flatMap((source) =>
      [...source.matchAll(/\(await import\("\.\/[^"]+"\)\)\.(?<name>\w+)/g)].map(
        (match) => match.groups?.["name"] ?? "",
      ),
    );
    expect(taken.length).toBeGreaterThan(15);
    expect(taken.filter((name) => !exported.has(name))).toEqual([]);
  });

  it("is caught when it would load a parser or an HTTP client that nobody asked for", async () => {
    const contents = 'import { parse } from "yaml"; import { get } from "node:http"; console.log(parse, get);';
    const stdin = { contents, resolveDir: import.meta.dirname, sourcefile: "planted-entry.ts" };
    const { metafile } = await build({ ...buildOptions, write: false, entryPoints: {}, stdin });
    const { files, builtins } = loadedBy(metafile, ["test/planted-entry.ts"]);
    expect(among(packagesAmong(files), lazyPackages)).toEqual(["yaml"]);
    expect(among(builtins, heavyBuiltins)).toEqual(["http"]);
  });
});
