import { encodeCounts } from "./counts-encoding.ts";
import { type Contribution, isKey, isWindow, stateLimits } from "../store.ts";

/** A valid contribution with its encoded counts. */
export interface EncodedContribution {
  readonly contribution: Contribution;
  readonly bytes: Buffer;
}

/** Encoded contributions for one call of the store. */
export type PublishBatch = readonly EncodedContribution[];

/** Small enough to encode within two milliseconds, to let Redis serve others in between, and to keep timeouts meaningful. */
const batchBytes = 65_536;
const batchLength = 64;

/** Encodes contributions while iterated: only one encoded batch exists at a time. */
export class PublishBatches {
  readonly #contributions: Iterable<Contribution>;
  #refused = 0;

  constructor(contributions: Iterable<Contribution>) {
    this.#contributions = contributions;
  }

  /** Contributions refused so far: too large, not finite, too many, or with an invalid key or window. */
  get refused(): number {
    return this.#refused;
  }

  *[Symbol.iterator](): Generator<PublishBatch> {
    let batch: EncodedContribution[] = [];
    let bytes = 0;
    let taken = 0;
    for (const contribution of this.#contributions) {
      const encoded = taken < stateLimits.contributions ? encode(contribution) : undefined;
      if (encoded === undefined) {
        this.#refused++;
        continue;
      }
      taken++;
      batch.push(encoded);
      bytes += encoded.bytes.length;
      if (batch.length < batchLength && bytes < batchBytes) continue;
      yield batch;
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) yield batch;
  }
}

function encode(contribution: Contribution): EncodedContribution | undefined {
  if (!isKey(contribution.key) || !isWindow(contribution)) return undefined;
  const encoded = encodeCounts(contribution.counts);
  if (encoded === undefined) return undefined;
  return { contribution, bytes: Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength) };
}
