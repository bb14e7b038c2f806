import { decodeCounts } from "../../../src/fleet/counts/counts-encoding.ts";
import { CountsMerger } from "../../../src/fleet/counts/counts-merger.ts";
import type { EncodedContribution } from "../../../src/fleet/counts/publish-batches.ts";
import {
  type Contribution,
  countsLifetimeMs,
  type MergedCounts,
  type Part,
  type Publication,
  type PublishTally,
  stateLimits,
  type Window,
} from "../../../src/fleet/store.ts";

/** One replica's counts under one key, encoded: an immutable copy that can be compared. */
interface StoredPart {
  readonly part: Part;
  readonly bytes: Buffer;
}

interface StoredWindow {
  readonly keys: Map<string, Map<string, StoredPart>>;
  expiresAtMs: number;
}

/** The counts of all windows that are not forgotten yet. Times are monotonic milliseconds. */
export class MemoryCounts {
  readonly #windows = new Map<string, StoredWindow>();
  readonly #frozen = new Map<number, number>();

  /** Keeps a contribution if it is news, and says under which heading of the tally it goes. */
  keep(from: Publication, { contribution, bytes }: EncodedContribution, nowMs: number): keyof PublishTally {
    const { replicaId, sequence, writtenAtMs } = from;
    const old = this.#find(contribution)?.get(replicaId);
    if (this.#isFrozen(contribution)) return old?.bytes.equals(bytes) === true ? "stored" : "late";
    const oldSequence = old?.part.sequence ?? -1;
    if (oldSequence >= sequence) return oldSequence > sequence ? "older" : "stored";
    const replicas = this.#replicasOf(contribution, nowMs + countsLifetimeMs(contribution.windowMs));
    if (replicas === undefined || (old === undefined && replicas.size >= stateLimits.replicasPerKey)) return "full";
    replicas.set(replicaId, { part: { replicaId, sequence, writtenAtMs }, bytes });
    return "stored";
  }

  read(key: string, window: Window): MergedCounts {
    const merger = new CountsMerger();
    const byId = [...(this.#find({ key, ...window }) ?? [])].toSorted(([left], [right]) => (left < right ? -1 : 1));
    for (const [, { part, bytes }] of byId) merger.add(part, decodeCounts(bytes));
    return merger.result();
  }

  keys(window: Window): readonly string[] {
    return [...(this.#windows.get(nameOf(window))?.keys.keys() ?? [])].toSorted();
  }

  freeze({ windowMs, windowIndex }: Window): void {
    this.#frozen.set(windowMs, Math.max(this.#frozen.get(windowMs) ?? -1, windowIndex));
  }

  forget(nowMs: number): void {
    for (const [name, { expiresAtMs }] of this.#windows) if (expiresAtMs <= nowMs) this.#windows.delete(name);
  }

  #find(where: Window & { readonly key: string }): Map<string, StoredPart> | undefined {
    return this.#windows.get(nameOf(where))?.keys.get(where.key);
  }

  #isFrozen({ windowMs, windowIndex }: Window): boolean {
    return (this.#frozen.get(windowMs) ?? -1) >= windowIndex;
  }

  /** The replicas under a key, made when there is room for it. */
  #replicasOf(contribution: Contribution, expiresAtMs: number): Map<string, StoredPart> | undefined {
    const name = nameOf(contribution);
    const window = this.#windows.get(name) ?? { keys: new Map<string, Map<string, StoredPart>>(), expiresAtMs };
    window.expiresAtMs = expiresAtMs;
    this.#windows.set(name, window);
    const found = window.keys.get(contribution.key);
    if (found !== undefined) return found;
    if (window.keys.size >= stateLimits.keysPerWindow) return undefined;
    const made = new Map<string, StoredPart>();
    window.keys.set(contribution.key, made);
    return made;
  }
}

const nameOf = ({ windowMs, windowIndex }: Window): string => `${windowMs}/${windowIndex}`;
