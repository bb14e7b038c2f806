/**
 * Where everything in src/ belongs. This table is the rule: a new folder or package is entered here first, with its
 * level or its one owner.
 */

/** Level of each folder of src/; what is lower never imports what is higher. */
export const folderLevels: Readonly<Record<string, 0 | 0.5 | 1 | 2 | 2.5 | 3>> = {
  http1: 0,
  text: 0,
  stats: 0,
  sketch: 0,

  /** Error tables: like the shared root files, every level from 1 up may import them. */
  errors: 0.5,

  routing: 1,
  payload: 1,
  protocols: 1,
  metrics: 1,
  drift: 1,
  accuracy: 1,
  redaction: 1,
  "prediction-log": 1,
  rollout: 1,
  microbatching: 1,
  admission: 1,
  autoscale: 1,
  governance: 1,
  batch: 1,

  relay: 2,
  capture: 2,
  delivery: 2,
  loki: 2,
  fleet: 2,
  registry: 2,
  datasets: 2,
  probe: 2,
  exposition: 2,
  admin: 2,
  logging: 2,
  outbound: 2,
  config: 2,
  console: 2,
  kubernetes: 2,
  webhook: 2,
  git: 2,
  grpc: 2,

  /** Parts of the composition root: like sidecar.ts, they join edges. */
  assembly: 2.5,

  cli: 3,
};

/** The files beside the folders. `shared` ones are words and ports that every level from 1 up may import. */
export const rootFiles: Readonly<Record<string, "shared" | "composition" | "entry">> = {
  "exchange.ts": "shared",
  "outcome.ts": "shared",
  "clock.ts": "shared",
  "backoff.ts": "shared",
  "listen.ts": "shared",
  "sidecar.ts": "composition",
  "main.ts": "entry",
};

/** The one folder that may import each npm package. */
export const packageOwners: Readonly<Record<string, string>> = {
  "hdr-histogram-js": "metrics",
  "prom-client": "exposition",
  valibot: "config",
  yaml: "config",
  pino: "logging",
  "pino-pretty": "logging",
  undici: "outbound",
  ioredis: "fleet",
  hyparquet: "datasets",
  "hyparquet-compressors": "datasets",
  "hyparquet-writer": "datasets",
};

/** Packages so pure that level 0 or 1 may use them (in their owner's folder). */
export const purePackages: ReadonlySet<string> = new Set(["hdr-histogram-js"]);

/** Only these may import from config/; every other part takes its own options type. */
export const configReaders: ReadonlySet<string> = new Set(["config", "assembly", "cli", "sidecar.ts", "main.ts"]);

/** Names that say nothing about what is inside. */
export const emptyNames: ReadonlySet<string> = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "core",
  "lib",
  "shared",
  "misc",
  "types",
  "services",
  "managers",
]);

/** A folder with more files than this hides what belongs together: give it rooms. */
export const maxFilesInFolder = 20;

/** A file shorter than this whose only importer stands beside it belongs into that importer, unless named below. */
export const minLoneFileLines = 30;

/** Every folder in here has the same files as its siblings, however short: a new one is a copy. */
export const foldersOfOneShape: ReadonlySet<string> = new Set(["protocols"]);

/** Short files with one user beside them that stay files of their own, each with the reason; at most a dozen. */
export const loneFiles: Readonly<Record<string, string>> = {};
