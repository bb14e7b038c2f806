/** The spool as a queue of segment files: the oldest is read, the newest is written. */
import { unlink } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import type { EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { readBatch } from "./read-batch.ts";
import { writeCursor } from "./cursor.ts";
import { encodeFrames, maxFrameBytes } from "./frame.ts";
import type { SpoolLock } from "./lock.ts";
import type { Spool, SpooledBatch, SpoolLosses, SpoolPeek, SpoolPosition } from "./spool.ts";
import type { RecoveredSpool } from "./recovery.ts";
import { takeSegmentRun, type SegmentRun } from "./segment-run.ts";
import { segmentFile, type Segment } from "./segment.ts";
import { syncDirectory, SegmentWriter } from "./segment-writer.ts";

/** Options of {@link SegmentQueue} and of `openSpool`. */
export interface SpoolOptions {
  /** Used by this process alone. */
  readonly directory: string;
  /** Upper bound of all segments together, at least 65,536. Cursor and lock take less than 1 KiB more. */
  readonly maxBytes: number;
  /** When written entries are synced to the disk: in every append, every `syncMs`, or never. */
  readonly fsync: "always" | "interval" | "never";
  /** Milliseconds; default 1000. */
  readonly syncMs?: number;
}

/**
 * Runs overlapping calls one after the other. Memory: about 200 bytes for each segment, the entries being appended, and
 * the peeked batch.
 */
export class SegmentQueue implements Spool {
  readonly #options: SpoolOptions;
  readonly #lock: SpoolLock;
  readonly #segments: Segment[];
  readonly #segmentBytes: number;
  #nextSequence: number;
  #damaged: number;
  /** Writes the last segment. None right after the start, because an earlier process may have left a torn end. */
  #writer: SegmentWriter | undefined;
  #peeked: { readonly segment: Segment; readonly batch: SpooledBatch } | undefined;
  #isDirectorySynced = true;
  #syncTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SpoolOptions, recovered: RecoveredSpool, lock: SpoolLock) {
    this.#options = options;
    this.#lock = lock;
    this.#segments = recovered.segments;
    this.#segmentBytes = segmentBytesOf(options.maxBytes);
    this.#nextSequence = recovered.nextSequence;
    this.#damaged = recovered.damaged;
  }

  get entries(): number {
    return this.#segments.reduce((sum, { entries }) => sum + entries, 0);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get damagedTotal(): number {
    return this.#damaged;
  }

  append(entries: readonly LogEntry[]): Promise<SpoolLosses> {
    return this.#inTurn(() => this.#append(entries));
  }

  async peek(maxBytes: number): Promise<SpoolPeek> {
    const found = await this.#inTurn(() => this.#peek(maxBytes));
    // The caller tries again at once, because there are entries: this limits it to once a second.
    if (found.isPutOff) await delay(busyMs, undefined, { ref: false });
    return { batch: found.batch, lost: found.lost };
  }

  release(position: SpoolPosition): Promise<void> {
    return this.#inTurn(() => this.#release(position));
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #append(entries: readonly LogEntry[]): Promise<SpoolLosses> {
    const losses = new Map<EntryDropReason, number>();
    for (let from = 0; from < entries.length;) {
      const left = this.#segmentBytes - (this.#writer?.segment.bytes ?? 0);
      const run = takeSegmentRun(entries, from, { left, whole: this.#segmentBytes });
      from += run.entries.length;
      await this.#appendRun(run, losses);
    }
    return losses;
  }

  async #appendRun(run: SegmentRun, losses: Losses): Promise<void> {
    if (this.#isClosed) return lose(losses, "spool_failed", run.entries.length);
    if (!(await this.#makeRoom(run.bytes, losses))) return lose(losses, "spool_full", run.entries.length);
    try {
      const writer = await this.#writerFor(run.bytes);
      await writer.write(encodeFrames(run.entries, run.bytes));
      if (this.#options.fsync === "always") await this.#sync();
      writer.segment.bytes += run.bytes;
      writer.segment.entries += run.entries.length;
      if (this.#options.fsync === "interval") this.#syncLater();
    } catch {
      lose(losses, "spool_failed", run.entries.length);
      await this.#cutBack();
    }
  }

  /** Drops the oldest segments whole. False when the bytes do not fit even so, because the segment being read must stay. */
  async #makeRoom(bytes: number, losses: Losses): Promise<boolean> {
    const read = this.#peeked?.segment;
    if (bytes > maxFrameBytes || bytes + (read?.bytes ?? 0) > this.#options.maxBytes) return false;
    while (this.bytes + bytes > this.#options.maxBytes) {
      const oldest = this.#segments.find((segment) => segment !== read);
      if (oldest === undefined) return false;
      lose(losses, "spool_full", oldest.entries);
      await this.#drop(oldest);
    }
    return true;
  }

  async #writerFor(bytes: number): Promise<SegmentWriter> {
    if (this.#writer !== undefined && this.#writer.segment.bytes + bytes <= this.#segmentBytes) return this.#writer;
    await this.#seal();
    const sequence = this.#nextSequence++;
    const file = segmentFile(this.#options.directory, sequence);
    this.#writer = await SegmentWriter.create({ sequence, file, bytes: 0, offset: 0, entries: 0 });
    this.#segments.push(this.#writer.segment);
    this.#isDirectorySynced = false;
    return this.#writer;
  }

  /** After a failed write: restores the end of the segment, or stops writing to it. */
  async #cutBack(): Promise<void> {
    if (this.#writer === undefined) return;
    if (this.#writer.segment.entries === 0) return this.#drop(this.#writer.segment);
    try {
      await this.#writer.truncate();
    } catch {
      await this.#seal();
    }
  }

  async #peek(maxBytes: number): Promise<SpoolPeek & { readonly isPutOff: boolean }> {
    const lost = new Map<EntryDropReason, number>();
    for (let segment = this.#segments[0]; segment !== undefined && !this.#isClosed; segment = this.#segments[0]) {
      const found = await readBatch(segment, maxBytes);
      if (found.kind === "not_now") return { batch: undefined, lost, isPutOff: true };
      if (found.missing > 0) {
        lose(lost, "spool_failed", found.missing);
        segment.entries -= found.missing;
        this.#damaged++;
      }
      if (found.entries.length > 0) {
        const batch = { entries: found.entries, position: { segment: segment.sequence, offset: found.end } };
        this.#peeked = { segment, batch };
        return { batch, lost, isPutOff: false };
      }
      await this.#drop(segment);
    }
    return { batch: undefined, lost, isPutOff: false };
  }

  async #release({ segment: sequence, offset }: SpoolPosition): Promise<void> {
    if (this.#peeked === undefined || this.#isClosed) return;
    const { segment, batch } = this.#peeked;
    if (batch.position.segment !== sequence || batch.position.offset !== offset) return;
    this.#peeked = undefined;
    segment.offset = offset;
    segment.entries -= batch.entries.length;
    if (segment.entries === 0) await this.#drop(segment);
    else await writeCursor(this.#options.directory, batch.position);
  }

  async #drop(segment: Segment): Promise<void> {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    if (this.#peeked?.segment === segment) this.#peeked = undefined;
    if (this.#writer?.segment === segment) {
      await this.#writer.close();
      this.#writer = undefined;
    }
    // A file that cannot be deleted is read again after a restart, which does no harm.
    await unlink(segment.file).catch(() => undefined);
  }

  /** Stops writing to the current segment. */
  async #seal(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    if (this.#options.fsync !== "never") await writer.sync().catch(() => undefined);
    await writer.close();
  }

  async #sync(): Promise<void> {
    await this.#writer?.sync();
    if (this.#isDirectorySynced) return;
    this.#isDirectorySynced = true;
    await syncDirectory(this.#options.directory);
  }

  #syncLater(): void {
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      // After a failed sync the file cannot be trusted: later entries go to another one.
      void this.#inTurn(() => this.#sync().catch(() => this.#seal()));
    }, this.#options.syncMs ?? 1000).unref();
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#syncTimer);
    if (this.#options.fsync !== "never") await this.#sync().catch(() => undefined);
    await this.#seal();
    await this.#lock.release();
  }
}

/** Pause of a peek while files cannot be opened. */
const busyMs = 1000;

/** Eight segments or more, so that dropping one loses little; at most about a thousand. */
function segmentBytesOf(maxBytes: number): number {
  return Math.floor(Math.max(Math.min(maxBytes / 8, 8_388_608), maxBytes / 1024));
}

type Losses = Map<EntryDropReason, number>;

function lose(losses: Losses, reason: EntryDropReason, count: number): void {
  if (count > 0) losses.set(reason, (losses.get(reason) ?? 0) + count);
}
