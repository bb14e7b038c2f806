/**
 * Builds the product: `dist/outrider.mjs` with the chunks that it loads only when they are needed, and
 * `dist/meta.json`, which says what went where. `node scripts/build.ts` or `npm run build`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { nodeFlags } from "../deploy/docker/image.mjs";

const rootDir: string = path.resolve(import.meta.dirname, "..");

/** Packages in the older module format call `require` for Node's own modules; a module has to bring its own. */
const requireShim =
  'import{createRequire as outriderRequire}from"node:module";const require=outriderRequire(import.meta.url);';

/**
 * Files whose lazy imports share most of their code. As chunks of their own these imports would cut that code into many
 * small chunks, and each chunk that `run` loads costs start time and memory. So all lazy imports of a group are one chunk:
 * the readers of all protocols, and the commands that work on data.
 */
const chunkGroups: Readonly<Record<string, string>> = {
  readers: "src/protocols/*/definition.ts",
  "data-commands": "src/cli/{accuracy,baseline,drift,predictions,replay}/commands.ts",
};

const groupedChunks: Plugin = {
  name: "grouped-chunks",
  setup(bundler) {
    const groupOf = new Map(
      Object.entries(chunkGroups).flatMap(([group, importers]) =>
        globSync(importers, { cwd: rootDir }).map((file) => [path.join(rootDir, file), group] as const),
      ),
    );
    bundler.onResolve({ filter: /^\.\// }, ({ kind, importer }) => {
      const group = kind === "dynamic-import" ? groupOf.get(importer) : undefined;
      return group === undefined ? undefined : { path: group, namespace: "grouped-chunks" };
    });
    bundler.onLoad({ filter: /.*/, namespace: "grouped-chunks" }, async ({ path: wanted }) => {
      const importers = [...groupOf].flatMap(([file, group]) => (group === wanted ? [file] : [])).toSorted();
      const contents = await Promise.all(importers.map(lazyImportsAsExports));
      return { contents: contents.flat().join("\n"), resolveDir: rootDir };
    });
  },
};

/** `export * from` for each file that a source file imports lazily from its own folder. */
async function lazyImportsAsExports(file: string): Promise<readonly string[]> {
  const imported = (await readFile(file, "utf8")).matchAll(/\bimport\("(\.\/[^"]+)"\)/g);
  return [...imported].map(([, name = ""]) => `export * from ${JSON.stringify(path.join(path.dirname(file), name))};`);
}

/** How esbuild makes the product; shared with the test that checks what is loaded when. */
export const buildOptions: BuildOptions & { readonly outdir: string; readonly metafile: true } = {
  absWorkingDir: rootDir,
  entryPoints: { outrider: "src/main.ts" },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24.12",
  mainFields: ["module", "main"],
  // Names stay as they are: stack traces are read by people, and keepNames would pay for them with a call and half a
  // megabyte for the names of minified functions.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "external",
  metafile: true,
  banner: { js: requireShim },
  logLevel: "warning",
  plugins: [groupedChunks],
};

/** With the flags of the image, see docs/decisions/memory-of-v8.md. */
const hashbang = `#!/usr/bin/env -S node ${nodeFlags.join(" ")}\n`;

async function main(): Promise<void> {
  const outdir = path.join(rootDir, buildOptions.outdir);
  const startedAt = performance.now();
  await rm(outdir, { recursive: true, force: true });
  const define = { builtRevision: JSON.stringify(sourceRevision()) };
  const { metafile } = await build({ ...buildOptions, define });
  const entry = path.join(outdir, "outrider.mjs");
  const code = await readFile(entry, "utf8");
  if (!code.startsWith("#!")) await writeFile(entry, hashbang + code);
  await chmod(entry, 0o755);
  // The product keeps its compiled code here when the folder is there: the second start is the quick one.
  await mkdir(path.join(outdir, "compile-cache"));
  await writeFile(path.join(outdir, "meta.json"), JSON.stringify(metafile));
  const outputs = Object.entries(metafile.outputs).filter(([file]) => file.endsWith(".mjs"));
  const kilobytes = outputs.reduce((sum, [, output]) => sum + output.bytes, 0) / 1000;
  const took = Math.round(performance.now() - startedAt);
  console.log(`dist/outrider.mjs and ${outputs.length - 1} chunks, ${kilobytes.toFixed(0)} kB, ${took} ms`);
}

/** The commit that is built, abbreviated; empty where there is no repository or no git. */
function sourceRevision(): string {
  // Without this, git would look in the folders above and might find another repository.
  if (!existsSync(path.join(rootDir, ".git"))) return "";
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      cwd: rootDir,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
