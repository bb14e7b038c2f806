/**
 * What the replicas of a fleet share, as a port: counts that add up, who is there, who leads, verdicts, labels. Two
 * adapters keep it: {@link ./memory-store.ts} for one process and for tests, {@link ./redis-store.ts} for a fleet.
 *
 * No method throws or rejects: a store that cannot do what it is asked says why, and counts it.
 */

/** How a call ended. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly reason: FailureReason };

/** Why a store could not do something; the values of the label `reason` of `outrider_state_failures_total`. */
export const failureReasons = [
  "unreachable",
  "timeout",
  "out_of_memory",
  "read_only",
  "loading",
  "busy",
  "denied",
  "unavailable",
  "moved",
  "garbage",
  "too_large",
  "clock",
  "backlog",
  "closed",
  "other",
] as const;

/** One of {@link failureReasons}. */
export type FailureReason = (typeof failureReasons)[number];

/** A slice of time: `[index × lengthMs, (index + 1) × lengthMs)` since the Unix epoch. */
export interface Window {
  readonly windowMs: number;
  readonly windowIndex: number;
}

/** Counters in a fixed order, or by name. Finite numbers; both kinds merge by addition. */
export type Counts = Float64Array | ReadonlyMap<string, number>;

/** What one replica has counted under one key in one window, from the window's start until now. */
export interface Contribution extends Window {
  /** For instance `drift/<baseline digest>/<model>/<version>/<variant>`; what does not add up needs another key. */
  readonly key: string;
  readonly counts: Counts;
}

/** A replica's own counts, absolute, at one moment. A key and window at most once: the first one counts. */
export interface Publication {
  /** New with every start of the process. */
  readonly replicaId: string;
  /** Grows with every publication of this replica: an older write that arrives late never replaces a newer one. */
  readonly sequence: number;
  readonly writtenAtMs: number;
  readonly contributions: Iterable<Contribution>;
}

/** What became of the contributions of a {@link Publication}; they add up to all of them. */
export interface PublishTally {
  /** Kept, or kept already by an earlier try of the same publication. */
  readonly stored: number;
  /** A newer publication of this replica was there. */
  readonly older: number;
  /** Different counts for a window that is frozen; see {@link StateStore.freeze}. */
  readonly late: number;
  /** Too many keys in the window or too many replicas under the key. */
  readonly full: number;
  /** Too large, not finite, or an impossible key or window. */
  readonly refused: number;
}

/** Whose counts are in a sum. */
export interface Part {
  readonly replicaId: string;
  readonly sequence: number;
  readonly writtenAtMs: number;
}

/** The last counts of all replicas, added up. */
export interface MergedCounts {
  /** Undefined when no replica has written. */
  readonly counts: Counts | undefined;
  /** In order of replica id, which makes sums of fractions the same whoever adds them. */
  readonly parts: readonly Part[];
  /** Replicas whose counts could not be read or have another shape than those of the first. */
  readonly unreadable: number;
  /** Names past {@link stateLimits.names}, left out of the sum. */
  readonly namesDropped: number;
}

/** What a replica says of itself. */
export interface Replica {
  readonly replicaId: string;
  readonly startedAtMs: number;
  /** Address, pod name or whatever finds it. At most {@link stateLimits.addressChars} characters are kept. */
  readonly address: string;
  /** How often it writes. */
  readonly flushMs: number;
}

/** A replica's sign of life. */
export interface Heartbeat extends Replica {
  readonly sequence: number;
  readonly seenAtMs: number;
}

/** A replica as the store knows it. */
export interface KnownReplica extends Heartbeat {
  /** It said goodbye. */
  readonly hasLeft: boolean;
}

/** The leader lease as one replica sees it. */
export interface Lease {
  readonly isLeader: boolean;
  /** Grows each time that the lease changes hands. Not 0 when `isLeader`. */
  readonly token: number;
}

/** Who writes as the leader. */
export interface LeaderToken {
  readonly replicaId: string;
  readonly token: number;
}

/** Something that the leader wrote: a verdict, or what it must remember for the next one. */
export interface Verdict {
  /** A JSON text, as written. */
  readonly json: string;
  readonly token: number;
}

/** A label on its way to the replica that holds the prediction. */
export interface LabelItem {
  /** The id of the request. */
  readonly id: string;
  readonly label: string;
  /** Which row of the request; left out for all of it. */
  readonly row?: number;
}

/** A stretch of a stream of labels. */
export interface LabelPage {
  readonly items: readonly ReceivedLabel[];
  /** From where to read on. */
  readonly lastId: string;
  /** Entries read, those that are no labels among them. */
  readonly entries: number;
  /** Entries without an id or a label, or with texts that are too long. */
  readonly malformed: number;
  /** How many entries the stream has ever had; undefined when the store cannot tell (Redis before 7). */
  readonly addedTotal: number | undefined;
  /** False when there may be more to read at once. */
  readonly isAtEnd: boolean;
}

/** A label and the replica that passed it on; empty when it came from a stream of the user's. */
export interface ReceivedLabel extends LabelItem {
  readonly from: string;
}

/** Which stream of labels to read: the fleet's own, or one by its full name, which the user fills. */
export type LabelStream = { readonly kind: "fleet" } | { readonly kind: "named"; readonly name: string };

/** How the store itself is doing. */
export interface StoreHealth {
  readonly failures: ReadonlyMap<FailureReason, number>;
  /** Wall time of the last call that succeeded; 0 before the first. */
  readonly lastSuccessMs: number;
}

/** Bounds of what is kept and sent; what does not fit is refused and counted. */
export const stateLimits = {
  keyChars: 1024,
  addressChars: 256,
  replicaIdChars: 128,
  /** Keys in one window. */
  keysPerWindow: 2000,
  /** Replicas under one key and window; replicas that restart count each time. */
  replicasPerKey: 1000,
  /** Replicas that are remembered, those that have gone among them. */
  replicas: 1000,
  /** Encoded size of one contribution. */
  contributionBytes: 1_048_576,
  /** Contributions of one publication. */
  contributions: 4000,
  /** Names of a sum, and of one contribution. */
  names: 10_000,
  nameBytes: 1024,
  documentChars: 4_194_304,
  labelIdChars: 512,
  labelChars: 1024,
  /** Labels that the fleet's stream keeps, roughly. */
  streamLabels: 100_000,
  /** Labels in one call. */
  labelsPerCall: 500,
} as const;

/** How long things are kept after the last write, milliseconds. */
export const stateLifetimes = {
  /** Counts outlive their window by this and by its own length. */
  countsMs: 600_000,
  /** Gone replicas: an hour. */
  replicasMs: 3_600_000,
  /** A week. */
  documentsMs: 604_800_000,
  /** A day. */
  labelsMs: 86_400_000,
} as const;

/** Clocks of replicas and of the store may differ by this much. */
export const clockToleranceMs = 60_000;

/** State that replicas share. Every method may be called again after a failure: none of them counts twice. */
export interface StateStore {
  /** Replaces this replica's counts under each key and window. */
  publish(publication: Publication): Promise<Outcome<PublishTally>>;
  /** Adds up what all replicas have counted under a key. */
  read(key: string, window: Window): Promise<Outcome<MergedCounts>>;
  /** Keys under which any replica has counted in this window, sorted. */
  keys(window: Window): Promise<Outcome<readonly string[]>>;
  /**
   * Ends a window and all before it of the same length: counts that arrive later change nothing and are tallied as
   * late. False when the token is no longer the leader's. Fails as `clock` for a window that has not ended yet by the
   * store's clock and {@link clockToleranceMs}.
   */
  freeze(leader: LeaderToken, window: Window): Promise<Outcome<boolean>>;

  /** Says that this replica lives, and gives all that are known. */
  heartbeat(heartbeat: Heartbeat): Promise<Outcome<readonly KnownReplica[]>>;
  /** Says that this replica stops on purpose. Heartbeats on their way change nothing any more. */
  goodbye(heartbeat: Heartbeat): Promise<Outcome<void>>;

  /** Takes the lease when it is free, and prolongs it when this replica holds it. */
  acquire(replicaId: string, ttlMs: number): Promise<Outcome<Lease>>;
  /** Gives the lease back; nothing happens when another holds it. */
  release(leader: LeaderToken): Promise<Outcome<void>>;
  /**
   * Writes as the leader. False, and nothing is written, when another has taken the lease since, even if this replica
   * has not noticed. Also for what the next leader must know (the last windows of each feature).
   */
  putDocument(leader: LeaderToken, key: string, json: string): Promise<Outcome<boolean>>;
  getDocument(key: string): Promise<Outcome<Verdict | undefined>>;

  /** Appends to the fleet's stream; gives how many were taken: texts that are too long are not. */
  appendLabels(from: string, items: readonly LabelItem[]): Promise<Outcome<number>>;
  /** Reads what came after `afterId` (`<ms>-<n>`), at most {@link stateLimits.labelsPerCall}. Never waits for more. */
  readLabels(stream: LabelStream, afterId: string): Promise<Outcome<LabelPage>>;

  health(): StoreHealth;
  /** Gives up connections; calls after this fail as `closed`. */
  close(): Promise<void>;
}

/** True for a window that has ended, or may have where the clock is a little behind. */
export const hasEnded = ({ windowMs, windowIndex }: Window, wallMs: number): boolean =>
  (windowIndex + 1) * windowMs <= wallMs + clockToleranceMs;

/** When counts of a window may be forgotten: so long after a write. */
export const countsLifetimeMs = (windowMs: number): number => 2 * windowMs + stateLifetimes.countsMs;

/** True for a key that can be written under. */
export const isKey = (key: string): boolean => key.length > 0 && key.length <= stateLimits.keyChars;

/** True for a window that can exist: whole numbers, a length of at least 1 ms. */
export const isWindow = ({ windowMs, windowIndex }: Window): boolean =>
  Number.isSafeInteger(windowMs) && windowMs > 0 && Number.isSafeInteger(windowIndex) && windowIndex >= 0;

/** True for a label that the stream takes. */
export function isLabelItem({ id, label, row }: LabelItem): boolean {
  const isIdFine = id.length > 0 && id.length <= stateLimits.labelIdChars;
  const isRowFine = row === undefined || (Number.isSafeInteger(row) && row >= 0);
  return isIdFine && isRowFine && label.length <= stateLimits.labelChars;
}
