import type { Spool, SpoolLosses, SpoolPosition } from "../../../src/delivery/spool/spool.ts";
import type { EntryDropReason } from "../../../src/prediction-log/destination.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";

/** A spool in memory that can be made to fail, to be full and to be slow. */
export interface MemorySpool extends Spool {
  readonly stored: readonly LogEntry[];
  /** Appends fail. */
  isBroken: boolean;
  /** Most entries; the oldest that are not peeked go. */
  capacity: number;
  /** Makes appends wait until {@link resume}. */
  pause(): void;
  resume(): void;
  /** The next peek finds so many of the oldest damaged. */
  damageNext: number;
  readonly appends: number;
  readonly closed: number;
}

/** See {@link MemorySpool}. `onCall` is called at the start of each call. */
export function memorySpool(left: readonly LogEntry[] = [], onCall: () => void = () => {}): MemorySpool {
  const stored = [...left];
  let peeked = 0;
  let gate = Promise.resolve();
  let openGate = (): void => {};
  const lossesOf = (reason: EntryDropReason, count: number): SpoolLosses =>
    new Map(count === 0 ? [] : [[reason, count]]);
  const spool = {
    isBroken: false,
    capacity: Infinity,
    damageNext: 0,
    damagedTotal: 0,
    appends: 0,
    closed: 0,
    get stored(): readonly LogEntry[] {
      return stored;
    },
    get entries() {
      return stored.length;
    },
    get bytes() {
      return stored.reduce((sum, entry) => sum + entry.bytes, 0);
    },
    pause() {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      openGate = held.resolve;
    },
    resume() {
      openGate();
    },
    async append(entries: readonly LogEntry[]) {
      onCall();
      spool.appends++;
      await gate;
      if (spool.isBroken) return lossesOf("spool_failed", entries.length);
      stored.push(...entries);
      const over = Math.max(0, Math.min(stored.length - spool.capacity, stored.length - peeked));
      stored.splice(peeked, over);
      return lossesOf("spool_full", over);
    },
    async peek(maxBytes: number) {
      onCall();
      const lost = Math.min(spool.damageNext, stored.length);
      stored.splice(0, lost);
      spool.damageNext = 0;
      if (lost > 0) spool.damagedTotal++;
      let bytes = 0;
      let count = 0;
      for (const entry of stored) {
        bytes += entry.bytes;
        if (count > 0 && bytes > maxBytes) break;
        count++;
      }
      peeked = count;
      const batch =
        count === 0 ? undefined : { entries: stored.slice(0, count), position: { segment: 0, offset: count } };
      // An append may come and go meanwhile.
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      return { batch, lost: lossesOf("spool_failed", lost) };
    },
    async release(position: SpoolPosition) {
      onCall();
      await Promise.resolve();
      if (position.offset !== peeked) throw new Error("released what was not peeked last");
      stored.splice(0, peeked);
      peeked = 0;
    },
    close: () => {
      spool.closed++;
      return Promise.resolve();
    },
  };
  return spool;
}
