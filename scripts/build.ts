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
 * Each protocol loads its own reader, but the readers share most of their code: as lazy chunks of their own they would cut
 * that code into a dozen pieces more, and each piece costs a start time and memory. So one chunk holds all readers.
 */
const readersInOneChunk: Plugin = {
  name: "readers-in-one-chunk",
  setup(bundler) {
    bundler.onResolve({ filter: /^\.\/reader\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "readers", namespace: "readers" } : undefined,
    );
    bundler.onLoad({ filter: /^readers$/, namespace: "readers" }, () => {
      const files = globSync("src/protocols/*/reader.ts", { cwd: rootDir }).toSorted();
      const contents = files.map((file) => `export * from ${JSON.stringify(`./${file}`)};`).join("\n");
      return { contents, resolveDir: rootDir };
    });
  },
};

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
  plugins: [readersInOneChunk],
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
