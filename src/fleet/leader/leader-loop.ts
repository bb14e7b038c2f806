/** What the leader does in a turn: it freezes windows that have ended, lets them be decided on, and remembers that they were. */
import { endedWindows } from "./ended-windows.ts";
import type { LeaderLease } from "./leader-lease.ts";
import type { MergedCounts, Outcome, StateStore, Verdict, Window } from "../store.ts";

/** What a leader is given in one turn. All reads and writes end within the store's time-outs. */
export interface LeaderRound {
  readonly nowMs: number;
  readonly token: number;
  /**
   * Windows to decide on, oldest first; none in most turns. They are frozen: whoever reads them again, the next leader
   * too, finds the same counts.
   */
  readonly ended: readonly Window[];
  keys(this: void, window: Window): Promise<Outcome<readonly string[]>>;
  read(this: void, key: string, window: Window): Promise<Outcome<MergedCounts>>;
  getDocument(this: void, key: string): Promise<Outcome<Verdict | undefined>>;
  /** False: this replica leads no more, and nothing was written. */
  putDocument(this: void, key: string, json: string): Promise<Outcome<boolean>>;
}

/**
 * Decides as the leader. When it rejects, the same windows are offered again in the next turn; it should reject when
 * the store fails it half-way. Writing a verdict twice must do no harm.
 */
export type Lead = (turn: LeaderRound) => Promise<void>;

/** Options of {@link LeaderLoop}. */
export interface LeaderLoopOptions {
  readonly store: StateStore;
  readonly leadership: LeaderLease;
  readonly lead: Lead;
  readonly windowsMs: readonly number[];
  readonly graceMs: number;
}

/** Where the index of the last window that was decided on is kept, beside the verdicts. */
const decidedKey = (windowMs: number): string => `decided/${windowMs}`;

/** Leads for as long as its replica holds the lease; see {@link LeaderRound}. */
export class LeaderLoop {
  readonly #options: LeaderLoopOptions;
  /** Also kept here: Redis may lose its copy. */
  readonly #decided = new Map<number, number>();

  constructor(options: LeaderLoopOptions) {
    this.#options = options;
  }

  /** One turn; rejects when `lead` does. Gives how many windows were decided on. */
  async take(nowMs: number): Promise<number> {
    const { leadership, lead, windowsMs } = this.#options;
    const ended: Window[] = [];
    for (const windowMs of windowsMs) ended.push(...(await this.#frozenWindows(windowMs, nowMs)));
    if (!leadership.isLeader) return 0;
    await lead(this.#turn(nowMs, ended));
    for (const window of ended) await this.#markDecided(window);
    return ended.length;
  }

  /** Windows of one length to decide on; none while the store cannot freeze them. */
  async #frozenWindows(windowMs: number, nowMs: number): Promise<readonly Window[]> {
    const { store, leadership, graceMs } = this.#options;
    const newest = endedWindows(windowMs, nowMs, graceMs, undefined).at(-1);
    if (newest === undefined || newest.windowIndex === this.#decided.get(windowMs)) return [];
    const decided = await this.#lastDecided(windowMs);
    if (decided === "unknown") return [];
    const windows = endedWindows(windowMs, nowMs, graceMs, decided);
    if (windows.length === 0) return [];
    const frozen = await store.freeze(leadership.leader, newest);
    if (frozen.kind === "done" && !frozen.value) leadership.lose();
    return frozen.kind === "done" && frozen.value ? windows : [];
  }

  /** Undefined when no window of this length was ever decided on. */
  async #lastDecided(windowMs: number): Promise<number | undefined | "unknown"> {
    const stored = await this.#options.store.getDocument(decidedKey(windowMs));
    if (stored.kind === "failed") return "unknown";
    const indexes = [this.#decided.get(windowMs), Number(stored.value?.json)].filter((index) => index !== undefined);
    const last = Math.max(...indexes.filter((index) => Number.isSafeInteger(index)));
    return Number.isSafeInteger(last) ? last : undefined;
  }

  #turn(nowMs: number, ended: readonly Window[]): LeaderRound {
    const { store, leadership } = this.#options;
    const { leader } = leadership;
    return {
      nowMs,
      token: leader.token,
      ended,
      keys: (window) => store.keys(window),
      read: (key, window) => store.read(key, window),
      getDocument: (key) => store.getDocument(key),
      putDocument: async (key, json) => {
        const written = await store.putDocument(leader, key, json);
        if (written.kind === "done" && !written.value) leadership.lose();
        return written;
      },
    };
  }

  async #markDecided({ windowMs, windowIndex }: Window): Promise<void> {
    const { store, leadership } = this.#options;
    this.#decided.set(windowMs, windowIndex);
    await store.putDocument(leadership.leader, decidedKey(windowMs), String(windowIndex));
  }
}
