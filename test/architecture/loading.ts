/** What the built product loads at once, read from esbuild's account of the build. */
import type { Metafile } from "esbuild";

/**
 * The source files that are in memory once the entry point and then each of `sources` (paths as in the account, loaded
 * lazily or not) have been imported: everything that static imports reach from the chunks that hold them.
 */
export function loadedFiles(metafile: Metafile, sources: readonly string[]): ReadonlySet<string> {
  const chunks = new Set<string>();
  const visit = (file: string): void => {
    if (chunks.has(file)) return;
    chunks.add(file);
    for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
      if (kind === "import-statement") visit(path);
    }
  };
  for (const source of sources) visit(chunkOf(metafile, source));
  return new Set([...chunks].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {})));
}

function chunkOf(metafile: Metafile, source: string): string {
  const found = Object.entries(metafile.outputs).find(([, output]) => source in output.inputs);
  if (!found) throw new Error(`${source} is not in the build`);
  return found[0];
}

/** Names of the npm packages among source files. */
export function packagesAmong(files: ReadonlySet<string>): ReadonlySet<string> {
  const pattern = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/;
  return new Set([...files].flatMap((file) => pattern.exec(file)?.[1] ?? []));
}
