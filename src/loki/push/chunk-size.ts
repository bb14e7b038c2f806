/** Splits the entries of a stream into chunks that Loki accepts. */
import type { LogEntry } from "../../prediction-log/log-entry.ts";

/**
 * An adaptive bound: halved when Loki rejects a chunk as too large, doubled after {@link chunksToGrow} accepted chunks.
 * Loki does not tell its limits (`ingestion_burst_size_mb`, `per_stream_rate_limit_burst`, message sizes).
 */
export class ChunkSize {
  #bytes = Infinity;
  #acceptedChunks = 0;

  /** Upper bound of a chunk by {@link LogEntry.bytes}; Infinity until Loki has rejected one. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The next chunk from `start` on: within the bound, but at least one entry. */
  chunkOf(entries: readonly LogEntry[], start: number): readonly LogEntry[] {
    let bytes = 0;
    let end = start;
    while (end < entries.length) {
      bytes += entries[end]?.bytes ?? 0;
      if (bytes > this.#bytes && end > start) break;
      end++;
    }
    return start === 0 && end === entries.length ? entries : entries.slice(start, end);
  }

  /** Loki accepted a chunk. */
  accepted(): void {
    if (this.#bytes === Infinity || ++this.#acceptedChunks < chunksToGrow) return;
    this.#acceptedChunks = 0;
    this.#bytes = this.#bytes * 2 > maxBoundBytes ? Infinity : this.#bytes * 2;
  }

  /** Loki rejected a chunk of `bytes` as too large: the next ones are at most half of it. */
  rejected(bytes: number): void {
    this.#acceptedChunks = 0;
    this.#bytes = Math.max(1, Math.floor(Math.min(this.#bytes, bytes) / 2));
  }
}

/** Rare enough that a rejected attempt to grow costs little. */
const chunksToGrow = 50;

/** The largest batch; a higher bound has no effect. */
const maxBoundBytes = 16 * 1024 * 1024;
