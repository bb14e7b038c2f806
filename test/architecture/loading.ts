/** What the built product loads at once, read from esbuild's account of the build. */
import type { Metafile } from "esbuild";

/** What is in memory after some files have been imported. */
export interface Loaded {
  /** Source files, as paths in the account. */
  readonly files: ReadonlySet<string>;
  /** Modules of Node, without `node:`. */
  readonly builtins: ReadonlySet<string>;
}

/**
 * What is in memory once each of `sources` (paths as in the account) has been imported: everything that static imports
 * reach from the chunks that hold them.
 */
export function loadedBy(metafile: Metafile, sources: readonly string[]): Loaded {
  const chunks = new Set<string>();
  const builtins = new Set<string>();
  const visit = (file: string): void => {
    if (chunks.has(file)) return;
    chunks.add(file);
    for (const { path, kind, external } of metafile.outputs[file]?.imports ?? []) {
      if (external && kind !== "dynamic-import") builtins.add(path.replace(/^node:/, ""));
      else if (kind === "import-statement") visit(path);
    }
  };
  for (const source of sources) visit(chunkOf(metafile, source));
  return { files: new Set([...chunks].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}))), builtins };
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
