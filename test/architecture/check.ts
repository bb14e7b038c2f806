/** Checks the import rules of src/ over a map of files, so that a test can plant violations. */
import path from "node:path/posix";
import { findCycles } from "./cycles.ts";
import { readImports } from "./imports.ts";
import { configReaders, emptyNames, folderLevels, packageOwners, purePackages, rootFiles } from "./rules.ts";

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
  | "process-exit"
  | "address-type";

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
