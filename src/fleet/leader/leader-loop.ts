/** What the leader does: freezes windows that have ended, runs the leader tasks on them, and records which are decided. */
import type { LeaderLease } from "./leader-lease.ts";
import type { LeaderDocument, MergedCounts, Outcome, StateStore, Window } from "../store.ts";

/** One round of the leader: its input, and its calls of the store. Each call ends within the store's timeout, and rejects when it fails. */
export interface LeaderRound {
  readonly nowMs: number;
  readonly token: number;
  /** Windows to decide on, oldest first; most rounds have none. They are frozen: every later read returns the same counts. */
  readonly ended: readonly Window[];
  keys(this: void, window: Window): Promise<readonly string[]>;
  read(this: void, key: string, window: Window): Promise<MergedCounts>;
  getDocument(this: void, key: string): Promise<LeaderDocument | undefined>;
  /** False: this replica no longer leads, and nothing was written. */
  putDocument(this: void, key: string, json: string): Promise<boolean>;
}

/**
 * A task that the leader runs in every round on behalf of all replicas. It rejects when the store fails half-way; the
 * next round then offers the same windows again, so writing a document twice must do no harm.
 */
export interface LeaderTask {
  runAsLeader(round: LeaderRound): Promise<void>;
}

/** Options of {@link LeaderLoop}. */
export interface LeaderLoopOptions {
  readonly store: StateStore;
  readonly lease: LeaderLease;
  /** Run in this order, see {@link runLeaderTasks}. */
  readonly tasks: readonly LeaderTask[];
  /** Lengths of the windows to decide on. */
  readonly windowsMs: readonly number[];
  /** How long after the end of a window late counts are accepted. */
  readonly graceMs: number;
}

/** Key of the document with the index of the last window of this length that was decided. */
const decidedKey = (windowMs: number): string => `decided/${windowMs}`;

/** The leader's rounds. Writes only while this replica holds the lease; the store refuses a write under an older token. */
export class LeaderLoop {
  readonly #options: LeaderLoopOptions;
  /** Also kept here: Redis may lose its copy. */
  readonly #decided = new Map<number, number>();

  constructor(options: LeaderLoopOptions) {
    this.#options = options;
  }

  /** Runs one round and returns how many windows were decided. Rejects when a task does. */
  async runRound(nowMs: number): Promise<number> {
    const { lease, tasks, windowsMs } = this.#options;
    const ended: Window[] = [];
    for (const windowMs of windowsMs) ended.push(...(await this.#freezeEnded(windowMs, nowMs)));
    if (!lease.isLeader) return 0;
    await runLeaderTasks(tasks, this.#round(nowMs, ended));
    for (const window of ended) await this.#markDecided(window);
    return ended.length;
  }

  /** Freezes and returns the windows of one length to decide on; none while the store cannot freeze them. */
  async #freezeEnded(windowMs: number, nowMs: number): Promise<readonly Window[]> {
    const { store, lease, graceMs } = this.#options;
    const newest = endedWindows(windowMs, nowMs, graceMs, undefined).at(-1);
    if (newest === undefined || newest.windowIndex === this.#decided.get(windowMs)) return [];
    const decided = await this.#lastDecided(windowMs);
    if (decided === "unknown") return [];
    const windows = endedWindows(windowMs, nowMs, graceMs, decided);
    if (windows.length === 0) return [];
    const frozen = await store.freeze(lease.leader, newest);
    if (frozen.kind === "done" && !frozen.value) lease.lose();
    return frozen.kind === "done" && frozen.value ? windows : [];
  }

  /** Undefined when no window of this length was ever decided. */
  async #lastDecided(windowMs: number): Promise<number | undefined | "unknown"> {
    const stored = await this.#options.store.getDocument(decidedKey(windowMs));
    if (stored.kind === "failed") return "unknown";
    const indexes = [this.#decided.get(windowMs), Number(stored.value?.json)].filter((index) => index !== undefined);
    const last = Math.max(...indexes.filter((index) => Number.isSafeInteger(index)));
    return Number.isSafeInteger(last) ? last : undefined;
  }

  /** The token is that of the round's start: a write after a new election is refused, even if this replica won it. */
  #round(nowMs: number, ended: readonly Window[]): LeaderRound {
    const { store, lease } = this.#options;
    const { leader } = lease;
    return {
      nowMs,
      token: leader.token,
      ended,
      keys: async (window) => valueOrThrow(await store.keys(window)),
      read: async (key, window) => valueOrThrow(await store.read(key, window)),
      getDocument: async (key) => valueOrThrow(await store.getDocument(key)),
      putDocument: async (key, json) => {
        const isWritten = valueOrThrow(await store.putDocument(leader, key, json));
        if (!isWritten) lease.lose();
        return isWritten;
      },
    };
  }

  async #markDecided({ windowMs, windowIndex }: Window): Promise<void> {
    const { store, lease } = this.#options;
    this.#decided.set(windowMs, windowIndex);
    await store.putDocument(lease.leader, decidedKey(windowMs), String(windowIndex));
  }
}

/**
 * Runs each task, in this order, also after one that failed: one task must not stop the others. Rejects at the end with
 * all failures, so that the round is repeated; tasks that succeeded run again then.
 */
export async function runLeaderTasks(tasks: readonly LeaderTask[], round: LeaderRound): Promise<void> {
  const failures: unknown[] = [];
  for (const task of tasks) {
    try {
      await task.runAsLeader(round);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
}

/** The value of a call that succeeded; throws for one that failed, so that the round is repeated. */
function valueOrThrow<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "failed") throw new Error(`the shared state failed: ${outcome.reason}`);
  return outcome.value;
}

/** A leader catches up with at most this many undecided windows of one length. */
const maxWindowsToCatchUp = 8;

/**
 * The windows of one length that have ended, are past their grace, and come after the last decided one; oldest first.
 * At most eight: older ones are skipped (there was no leader for long). When none was ever decided, only the newest:
 * earlier windows are not this leader's to judge.
 *
 * @param graceMs how long after the end of a window late counts are accepted
 * @param decidedIndex the last window that was decided
 */
export function endedWindows(
  windowMs: number,
  nowMs: number,
  graceMs: number,
  decidedIndex: number | undefined,
): readonly Window[] {
  const newest = Math.floor((nowMs - graceMs) / windowMs) - 1;
  const first = decidedIndex === undefined ? newest : Math.max(decidedIndex + 1, newest - maxWindowsToCatchUp + 1);
  const windows: Window[] = [];
  for (let index = Math.max(first, 0); index <= newest; index++) windows.push({ windowMs, windowIndex: index });
  return windows;
}
