/**
 * The shared state of a fleet, as a port: counts that add up, membership, the leader lease, the leader's documents,
 * labels. {@link ./redis/redis-store.ts} is the adapter; the tests have one in memory under the same contract.
 *
 * No method throws or rejects: a failed call returns its reason, and the store counts it.
 */

/** Result of a call of the store. Calls never reject: a failure is a value with its reason. */
export type Outcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly reason: FailureReason };

/** Why a call failed; the values of the label `reason` of `outrider_state_failures_total`. */
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

/** The counts of one replica under one key in one window, from the window's start until now. */
export interface Contribution extends Window {
  /** For instance `drift/<baseline digest>/<model>/<version>/<variant>`; counts that must not be added need different keys. */
  readonly key: string;
  readonly counts: Counts;
}

/** A replica's own absolute counts at one moment. Each key and window at most once: the first one counts. */
export interface Publication {
  /** New with every start of the process. */
  readonly replicaId: string;
  /** Grows with every publication of this replica: a write that arrives late never replaces a newer one. */
  readonly sequence: number;
  readonly writtenAtMs: number;
  readonly contributions: Iterable<Contribution>;
}

/** Results of the contributions of a {@link Publication}; the five add up to their number. */
export interface PublishTally {
  /** Stored now, or by an earlier attempt of the same publication. */
  readonly stored: number;
  /** The store had a newer publication of this replica. */
  readonly older: number;
  /** Different counts for a window that is frozen; see {@link StateStore.freeze}. */
  readonly late: number;
  /** Too many keys in the window or too many replicas under the key. */
  readonly full: number;
  /** Too large, not finite, or an impossible key or window. */
  readonly refused: number;
}

/** Which replica contributed to a sum, and how recent its counts are. */
export interface Part {
  readonly replicaId: string;
  readonly sequence: number;
  readonly writtenAtMs: number;
}

/** The last published counts of all replicas, added up; a replica that failed to publish counts with its older ones. */
export interface MergedCounts {
  /** Undefined when no replica has written. */
  readonly counts: Counts | undefined;
  /** In order of replica id, so that sums of fractions are the same on every replica. */
  readonly parts: readonly Part[];
  /** Replicas whose counts could not be decoded, or differ in shape from those of the first. */
  readonly unreadable: number;
  /** Names past {@link stateLimits.names}, left out of the sum. */
  readonly namesDropped: number;
}

/** Identity and address of a replica. */
export interface Replica {
  readonly replicaId: string;
  readonly startedAtMs: number;
  /** Address or pod name, for people. Truncated to {@link stateLimits.addressChars} characters. */
  readonly address: string;
  /** Its flush interval. */
  readonly flushMs: number;
}

/** What a replica publishes at each flush to show that it is alive. */
export interface Heartbeat extends Replica {
  /** Number of its last publication. */
  readonly sequence: number;
  /** Time of the heartbeat by the replica's own clock, milliseconds since the epoch. */
  readonly seenAtMs: number;
}

/** A replica, as the store holds it. */
export interface KnownReplica extends Heartbeat {
  /** It has left on purpose. */
  readonly hasLeft: boolean;
}

/** The leader lease as one replica sees it. */
export interface Lease {
  readonly isLeader: boolean;
  /** Fencing token: grows each time the lease changes hands. Not 0 when `isLeader`. */
  readonly token: number;
}

/** Authorizes writes as the leader: they are rejected when another replica has acquired the lease since. */
export interface LeaderToken {
  readonly replicaId: string;
  readonly token: number;
}

/** A document that the leader wrote: a report, or state that the next leader needs. */
export interface LeaderDocument {
  /** The JSON text, as written. */
  readonly json: string;
  readonly token: number;
}

/** A label on its way to the replica that has the prediction. */
export interface LabelItem {
  /** The request id. */
  readonly id: string;
  readonly label: string;
  /** Row of the request; undefined for the whole request. */
  readonly row?: number;
}

/** Labels that one call read from a stream, and where to continue. */
export interface LabelPage {
  readonly items: readonly ReceivedLabel[];
  /** The id to read after next. */
  readonly lastId: string;
  /** Entries read, including malformed ones. */
  readonly entries: number;
  /** Entries without an id or a label, or with overlong texts. */
  readonly malformed: number;
  /** Entries ever added to the stream; undefined when the store does not know (Redis before 7). */
  readonly addedTotal: number | undefined;
  /** False when there may be more to read now. */
  readonly isAtEnd: boolean;
}

/** A label and the replica that sent it; `from` is empty for a stream of the user's. */
export interface ReceivedLabel extends LabelItem {
  readonly from: string;
}

/** A stream of labels: the fleet's own, or one that the user fills, by its full name. */
export type LabelStream = { readonly kind: "fleet" } | { readonly kind: "named"; readonly name: string };

/** Whether the store responds, for metrics and `/fleet`. */
export interface StoreHealth {
  /** Failed calls since the start, by reason. */
  readonly failures: ReadonlyMap<FailureReason, number>;
  /** Wall time of the last call that succeeded; 0 before the first. */
  readonly lastSuccessMs: number;
}

/** Bounds of stored and sent data; what exceeds them is refused and counted. */
export const stateLimits = {
  keyChars: 1024,
  addressChars: 256,
  replicaIdChars: 128,
  /** Keys in one window. */
  keysPerWindow: 2000,
  /** Replicas under one key and window; a restart counts as a new replica. */
  replicasPerKey: 1000,
  /** Replicas that the store remembers, including those that left. */
  replicas: 1000,
  /** Encoded size of one contribution. */
  contributionBytes: 1_048_576,
  /** Contributions of one publication. */
  contributions: 4000,
  /** Names in a sum, and in one contribution. */
  names: 10_000,
  nameBytes: 1024,
  documentChars: 4_194_304,
  labelIdChars: 512,
  labelChars: 1024,
  /** Length of the fleet's label stream, approximately. */
  streamLabels: 100_000,
  /** Labels in one call. */
  labelsPerCall: 500,
} as const;

/** Time to live after the last write, milliseconds. */
export const stateLifetimes = {
  /** Counts outlive their window by this and by its own length. */
  countsMs: 600_000,
  /** Replicas without a heartbeat: an hour. */
  replicasMs: 3_600_000,
  /** A week. */
  documentsMs: 604_800_000,
  /** A day. */
  labelsMs: 86_400_000,
} as const;

/** Allowed difference between the clocks of replicas and of the store. */
export const clockToleranceMs = 60_000;

/** The shared state. Every method may be repeated after a failure: none of them counts twice. */
export interface StateStore {
  /** Replaces this replica's counts under each key and window. */
  publish(publication: Publication): Promise<Outcome<PublishTally>>;
  /** Sum of the counts of all replicas under a key. */
  read(key: string, window: Window): Promise<Outcome<MergedCounts>>;
  /** Keys with counts of any replica in this window, sorted. */
  keys(window: Window): Promise<Outcome<readonly string[]>>;
  /**
   * Freezes a window and all earlier ones of the same length: counts that arrive later change nothing and are tallied
   * as late. False when the token is no longer the leader's. Fails as `clock` for a window that has not ended yet by
   * the store's clock plus {@link clockToleranceMs}.
   */
  freeze(leader: LeaderToken, window: Window): Promise<Outcome<boolean>>;

  /** Writes this replica's heartbeat and returns all known replicas. */
  heartbeat(heartbeat: Heartbeat): Promise<Outcome<readonly KnownReplica[]>>;
  /** Marks this replica as having left on purpose. Heartbeats that arrive later are ignored. */
  leave(heartbeat: Heartbeat): Promise<Outcome<void>>;

  /** Acquires the lease when it is free, and extends it when this replica holds it. */
  acquire(replicaId: string, ttlMs: number): Promise<Outcome<Lease>>;
  /** Releases the lease; does nothing when another replica holds it. */
  release(leader: LeaderToken): Promise<Outcome<void>>;
  /**
   * Writes a document as the leader. Returns false and writes nothing when another replica has acquired the lease
   * since, even if this one has not noticed.
   */
  putDocument(leader: LeaderToken, key: string, json: string): Promise<Outcome<boolean>>;
  getDocument(key: string): Promise<Outcome<LeaderDocument | undefined>>;

  /** Appends to the fleet's stream; returns how many were accepted: overlong texts are not. */
  appendLabels(from: string, items: readonly LabelItem[]): Promise<Outcome<number>>;
  /** Reads entries after `afterId` (`<ms>-<n>`), at most {@link stateLimits.labelsPerCall}. Never blocks for more. */
  readLabels(stream: LabelStream, afterId: string): Promise<Outcome<LabelPage>>;

  health(): StoreHealth;
  /** Closes connections; calls after this fail as `closed`. */
  close(): Promise<void>;
}

/** Time to live of a window's counts after a write. */
export const countsLifetimeMs = (windowMs: number): number => 2 * windowMs + stateLifetimes.countsMs;

/** True for a key of 1 to {@link stateLimits.keyChars} characters. */
export const isKey = (key: string): boolean => key.length > 0 && key.length <= stateLimits.keyChars;

/** True for a valid window: whole numbers, a length of at least 1 ms. */
export const isWindow = ({ windowMs, windowIndex }: Window): boolean =>
  Number.isSafeInteger(windowMs) && windowMs > 0 && Number.isSafeInteger(windowIndex) && windowIndex >= 0;

/** True for a label that the stream accepts. */
export function isLabelItem({ id, label, row }: LabelItem): boolean {
  const isIdValid = id.length > 0 && id.length <= stateLimits.labelIdChars;
  const isRowValid = row === undefined || (Number.isSafeInteger(row) && row >= 0);
  return isIdValid && isRowValid && label.length <= stateLimits.labelChars;
}
