/** How much of a stream is pushed at once. */
import type { LogEntry } from "../../prediction-log/log-entry.ts";

/**
 * A bound that is halved when Loki never takes so much at once, and doubled again after {@link passesToGrow} pieces that
 * it took. How much that is (`ingestion_burst_size_mb`, `per_stream_rate_limit_burst`, the size of messages) is nowhere said.
 */
export class PieceSize {
  #bytes = Infinity;
  #passes = 0;

  /** Longest piece by {@link LogEntry.bytes}; may be infinite. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The entries from `start` on that make a piece: at least one. */
  pieceOf(entries: readonly LogEntry[], start: number): readonly LogEntry[] {
    let bytes = 0;
    let end = start;
    while (end < entries.length) {
      bytes += entries[end]?.bytes ?? 0;
      if (bytes > this.#bytes && end > start) break;
      end++;
    }
    return start === 0 && end === entries.length ? entries : entries.slice(start, end);
  }

  /** A piece of `bytes` was taken. */
  passed(): void {
    if (this.#bytes === Infinity || ++this.#passes < passesToGrow) return;
    this.#passes = 0;
    this.#bytes = this.#bytes * 2 > maxBoundBytes ? Infinity : this.#bytes * 2;
  }

  /** A piece of `bytes` is too much. */
  tooMuch(bytes: number): void {
    this.#passes = 0;
    this.#bytes = Math.max(1, Math.floor(Math.min(this.#bytes, bytes) / 2));
  }
}

/** So seldom that it costs little to find out again that it is too much. */
const passesToGrow = 50;

/** The longest batch there is; a higher bound bounds nothing. */
const maxBoundBytes = 16 * 1024 * 1024;
