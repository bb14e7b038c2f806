/** Checks the import rules of src/ over a map of files, so that a test can plant violations. */
import path from "node:path/posix";
import { findCycles } from "./cycles.ts";
import { readImports } from "./imports.ts";
import {
  configReaders,
  emptyNames,
  folderLevels,
  foldersOfOneShape,
  loneFiles,
  maxFilesInFolder,
  minLoneFileLines,
  packageOwners,
  purePackages,
  rootFiles,
} from "./rules.ts";

/** A broken rule: its name, the file that breaks it, and how. */
export interface Violation {
  readonly rule: Rule;
  readonly file: string;
  readonly detail: string;
}

/** Names of the rules. */
export type Rule =
  | "place"
  | "empty-name"
  | "extension"
  | "level"
  | "sibling-edge"
  | "cycle"
  | "pure"
  | "package-owner"
  | "config-reader"
  | "barrel"
  | "crowded"
  | "lone-file"
  | "protocol-name"
  | "address-type"
  | "index-idiom"
  | "process-exit";

/** An import resolved: to a file of src/, to a module of Node, or to a package. */
type Target =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "package"; readonly name: string };

/** One import of one file, for the rules below. */
interface Edge {
  readonly from: string;
  readonly target: Target;
  readonly specifier: string;
  readonly isLazy: boolean;
}

/** Every violation in `files`: path below src/ → source text. */
export function checkArchitecture(files: ReadonlyMap<string, string>): readonly Violation[] {
  const edges = [...files].flatMap(([from, source]) => edgesOf(from, source));
  return [
    ...[...files].flatMap(([file, source]) => fileRules.flatMap((rule) => rule(file, source))),
    ...edges.flatMap((edge) => edgeRules.flatMap((rule) => rule(edge))),
    ...cycleRule(edges),
    ...crowdedRule([...files.keys()]),
    ...loneFileRule(files, edges),
    ...protocolNameRule(files),
  ];
}

function edgesOf(from: string, source: string): readonly Edge[] {
  return readImports(source).map(({ specifier, kind }) => ({
    from,
    specifier,
    target: resolve(from, specifier),
    isLazy: kind === "lazy",
  }));
}

function resolve(from: string, specifier: string): Target {
  if (specifier.startsWith(".")) return { kind: "file", file: path.join(path.dirname(from), specifier) };
  if (specifier.startsWith("node:")) return { kind: "node", name: specifier };
  const parts = specifier.split("/");
  return { kind: "package", name: parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/") };
}

/** The folder below src/, or the file's own name when it stands beside the folders. */
function placeOf(file: string): string {
  return file.split("/")[0] ?? file;
}

function levelOf(file: string): number {
  const place = placeOf(file);
  const kind = rootFiles[place];
  if (kind === "shared") return 0.5;
  if (kind === "composition") return 2.5;
  if (kind === "entry") return 4;
  return folderLevels[place] ?? Number.NaN;
}

const fileRules: readonly ((file: string, source: string) => readonly Violation[])[] = [
  placeRule,
  emptyNameRule,
  barrelRule,
  processExitRule,
  indexIdiomRule,
  addressTypeRule,
];

const edgeRules: readonly ((edge: Edge) => readonly Violation[])[] = [
  extensionRule,
  levelRule,
  siblingEdgeRule,
  pureRule,
  packageOwnerRule,
  configReaderRule,
];

function placeRule(file: string): readonly Violation[] {
  if (!Number.isNaN(levelOf(file))) return [];
  return [{ rule: "place", file, detail: `${placeOf(file)} is not in test/architecture/rules.ts` }];
}

function emptyNameRule(file: string): readonly Violation[] {
  const names = file.replace(/\.ts$/, "").split("/");
  return names
    .filter((name) => emptyNames.has(name))
    .map((name) => ({ rule: "empty-name", file, detail: `"${name}" does not say what is inside` }));
}

function barrelRule(file: string, source: string): readonly Violation[] {
  const passedOn = readImports(source).filter(({ kind }) => kind === "reexport");
  const byName = /(?:^|\/)index\.ts$/.test(file) ? [{ specifier: "its name" }] : [];
  return [...passedOn, ...byName].map(({ specifier }) => ({ rule: "barrel", file, detail: specifier }));
}

function processExitRule(file: string, source: string): readonly Violation[] {
  const code = source.replace(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");
  if (file === "main.ts" || !/\bprocess\s*\??\.\s*(?:exit|reallyExit|abort)\b/.test(code)) return [];
  return [{ rule: "process-exit", file, detail: "only main.ts ends the process" }];
}

/** A host with its port is a `TcpAddress`, so that there is one formatter, which knows the brackets of IPv6. */
function addressTypeRule(file: string, source: string): readonly Violation[] {
  if (file === "text/address.ts" || !/\bhost: string;\s*(?:readonly )?port: number\b/.test(source)) return [];
  return [{ rule: "address-type", file, detail: "use TcpAddress or Address of text/address.ts" }];
}

/** An element that is there by construction is written `values[index]!`; a cast of it would hide a wrong type too. */
function indexIdiomRule(file: string, source: string): readonly Violation[] {
  if (!/\] as (?:number|string)\b/.test(source)) return [];
  return [{ rule: "index-idiom", file, detail: "write values[index]! in place of a cast" }];
}

function extensionRule({ from, target, specifier }: Edge): readonly Violation[] {
  const isFine = target.kind !== "file" || /\.(?:ts|json)$/.test(specifier);
  return isFine ? [] : [{ rule: "extension", file: from, detail: specifier }];
}

function levelRule({ from, target, specifier }: Edge): readonly Violation[] {
  if (target.kind !== "file") return [];
  const own = levelOf(from);
  const isOutsideOfLevel0 = own === 0 && placeOf(from) !== placeOf(target.file);
  const isHigher = levelOf(target.file) > own;
  return isHigher || isOutsideOfLevel0 ? [{ rule: "level", file: from, detail: specifier }] : [];
}

function siblingEdgeRule({ from, target, specifier }: Edge): readonly Violation[] {
  if (target.kind !== "file" || placeOf(from) === placeOf(target.file)) return [];
  const areEdges = levelOf(from) === 2 && levelOf(target.file) === 2;
  return areEdges ? [{ rule: "sibling-edge", file: from, detail: specifier }] : [];
}

function pureRule({ from, target, specifier }: Edge): readonly Violation[] {
  const isPure = target.kind === "file" || (target.kind === "package" && purePackages.has(target.name));
  return levelOf(from) > 1 || isPure ? [] : [{ rule: "pure", file: from, detail: specifier }];
}

function packageOwnerRule({ from, target }: Edge): readonly Violation[] {
  if (target.kind !== "package" || packageOwners[target.name] === placeOf(from)) return [];
  const owner = packageOwners[target.name] ?? "no folder yet: enter it in test/architecture/rules.ts";
  return [{ rule: "package-owner", file: from, detail: `${target.name} belongs to ${owner}` }];
}

function configReaderRule({ from, target, specifier }: Edge): readonly Violation[] {
  const isConfig = target.kind === "file" && placeOf(target.file) === "config";
  return isConfig && !configReaders.has(placeOf(from))
    ? [{ rule: "config-reader", file: from, detail: specifier }]
    : [];
}

/**
 * Cycles between files, and between the folders of one level. What is loaded lazily closes no cycle: a table may name
 * the commands that it loads, and one of them may read the table.
 */
function cycleRule(edges: readonly Edge[]): readonly Violation[] {
  const files = edges.flatMap(({ from, target, isLazy }) =>
    target.kind === "file" && !isLazy ? [[from, target.file] as const] : [],
  );
  const folders = files.map(([from, to]) => [placeOf(from), placeOf(to)] as const).filter(([from, to]) => from !== to);
  return [...findCycles(files), ...findCycles(folders)].map((cycle) => ({
    rule: "cycle",
    file: cycle[0] ?? "",
    detail: cycle.join(" → "),
  }));
}

function crowdedRule(files: readonly string[]): readonly Violation[] {
  const folders = Map.groupBy(files, (file) => path.dirname(file));
  return [...folders]
    .filter(([, inside]) => inside.length > maxFilesInFolder)
    .map(([folder, inside]) => ({ rule: "crowded", file: inside[0] ?? folder, detail: `${inside.length} files` }));
}

/** Lazy imports count as importers: what is loaded on its own has to be a file of its own. */
function loneFileRule(files: ReadonlyMap<string, string>, edges: readonly Edge[]): readonly Violation[] {
  return [...files].flatMap(([file, source]): readonly Violation[] => {
    const importers = edges.filter(({ target }) => target.kind === "file" && target.file === file);
    const [importer] = importers;
    const hasOneBeside =
      importers.length === 1 && importer?.isLazy === false && path.dirname(importer.from) === path.dirname(file);
    const isExempt = !file.includes("/") || foldersOfOneShape.has(path.dirname(path.dirname(file)));
    const lines = source.trimEnd().split("\n").length;
    if (isExempt || !hasOneBeside || lines >= minLoneFileLines || loneFiles[file] !== undefined) return [];
    return [{ rule: "lone-file", file, detail: `${lines} lines, used by ${importer.from} alone` }];
  });
}

/**
 * A serving protocol is known by name in its own folder, in the list beside it, and in the examples of config fields. All
 * other code takes what it needs from the protocol's definition.
 */
function protocolNameRule(files: ReadonlyMap<string, string>): readonly Violation[] {
  const names = new Set([...files.keys()].flatMap((file) => /^protocols\/([^/]+)\//.exec(file)?.[1] ?? []));
  return [...files]
    .filter(([file]) => !file.startsWith("protocols/") && !file.startsWith("config/fields/"))
    .flatMap(([file, source]) =>
      [...source.matchAll(/(["'`])([a-z0-9-]+)\1/g)]
        .map(([, , text = ""]) => text)
        .filter((text) => names.has(text))
        .map((text) => ({ rule: "protocol-name" as const, file, detail: `"${text}"; see src/protocols/protocol.ts` })),
    );
}
