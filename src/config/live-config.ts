/**
 * The configuration of a running sidecar, which can be reloaded. A version with mistakes changes nothing: the last good
 * one stays in force.
 */
import { restartPaths } from "./effective.ts";
import type { LoadedConfig, LoadResult } from "./load.ts";
import type { Mistake } from "./mistake.ts";
import { valueAt, nest } from "./layers/assemble.ts";
import type { Origin } from "./origin.ts";
import { fieldRows, type Config } from "./table/table.ts";

/** Counts of reloads since the start, for metrics. */
export interface ReloadCounters {
  readonly succeeded: number;
  readonly failed: number;
  /** False if the last reload was rejected. */
  readonly isLastGood: boolean;
  /** Wall time of the last successful load, at first that of the start; milliseconds since the epoch. */
  readonly loadedAtMs: number;
}

/** Result of one reload. A rejected one changes nothing. */
export type ReloadOutcome =
  | {
      readonly kind: "applied";
      /** Paths of changed fields that need a restart; their old values stay in force. */
      readonly restartPaths: readonly string[];
    }
  | { readonly kind: "rejected"; readonly mistakes: readonly Mistake[] };

/** Options of {@link LiveConfig}. */
export interface LiveConfigOptions {
  readonly initial: LoadedConfig;
  /** Reads all layers again. */
  load(): Promise<LoadResult>;
  /** Applies a valid version; returns the paths of changed fields that need a restart. */
  apply(config: Config): readonly string[];
  /** Wall clock, milliseconds since the epoch. */
  wallMs(): number;
}

/** See the top of the file. One reload runs at a time; a call during a reload waits for it and then loads again. */
export class LiveConfig {
  readonly #options: LiveConfigOptions;
  #loaded: LoadedConfig;
  #counters: ReloadCounters;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: LiveConfigOptions) {
    this.#options = options;
    this.#loaded = options.initial;
    this.#counters = { succeeded: 0, failed: 0, isLastGood: true, loadedAtMs: options.wallMs() };
  }

  /** The configuration in force: the last good version, but with the old values of fields that need a restart. */
  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  get counters(): ReloadCounters {
    return this.#counters;
  }

  /** Loads again and applies the result. Rejects only if `apply` throws. */
  async reload(): Promise<ReloadOutcome> {
    const turn = this.#running.then(() => this.#reloadNow());
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  async #reloadNow(): Promise<ReloadOutcome> {
    const { succeeded, failed } = this.#counters;
    const result = await this.#options.load();
    if (result.kind === "mistakes") {
      this.#counters = { ...this.#counters, failed: failed + 1, isLastGood: false };
      return { kind: "rejected", mistakes: result.mistakes };
    }
    const refused = this.#options.apply(result.loaded.config);
    const waiting = new Set([...restartPaths(this.#loaded.config, result.loaded.config), ...refused]);
    this.#loaded = inForce(this.#loaded, result.loaded, waiting);
    this.#counters = { succeeded: succeeded + 1, failed, isLastGood: true, loadedAtMs: this.#options.wallMs() };
    return { kind: "applied", restartPaths: [...waiting] };
  }
}

/** The new version, but with the old values of fields that need a restart. */
function inForce(before: LoadedConfig, after: LoadedConfig, waiting: ReadonlySet<string>): LoadedConfig {
  const values = new Map<string, unknown>();
  const origins = new Map<string, Origin>();
  for (const row of fieldRows) {
    const source = waiting.has(row.path) ? before : after;
    values.set(row.path, valueAt(source.config, row));
    origins.set(row.path, source.origins.get(row.path) ?? { kind: "default" });
  }
  return { config: nest(values), origins, file: after.file };
}
