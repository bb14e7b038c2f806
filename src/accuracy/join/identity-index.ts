/**
 * Maps identities to numbers and stores a hash of 64 bits in place of the identity: a hundred thousand strings that
 * live until their labels arrive would slow down the garbage collector.
 *
 * Two identities among a million share a hash once in 40 million times; the second then counts as the first sent
 * again.
 */
export class IdentityIndex {
  readonly #mask: number;
  /** Two words for each place; both are 0 in an empty one. */
  readonly #hashes: Uint32Array;
  readonly #values: Int32Array;
  #size = 0;

  /** `capacity` identities fit; 24 to 48 bytes each. */
  constructor(capacity: number) {
    // At most half full, or searches grow long.
    const places = 2 ** Math.ceil(Math.log2(Math.max(2, capacity) * 2));
    this.#mask = places - 1;
    this.#hashes = new Uint32Array(places * 2);
    this.#values = new Int32Array(places);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of an identity; -1 when it has none. */
  get({ high, low }: IdentityHash): number {
    const place = this.#placeOf(high, low);
    return this.#isEmpty(place) ? -1 : this.#values[place]!;
  }

  /** Sets the number of an identity, from 0 on. The caller keeps to the capacity. */
  set({ high, low }: IdentityHash, value: number): void {
    const place = this.#placeOf(high, low);
    if (this.#isEmpty(place)) {
      this.#size++;
      this.#hashes[place * 2] = high;
      this.#hashes[place * 2 + 1] = low;
    }
    this.#values[place] = value;
  }

  /** Forgets an identity; nothing happens when it is not known. */
  delete({ high, low }: IdentityHash): void {
    let hole = this.#placeOf(high, low);
    if (this.#isEmpty(hole)) return;
    this.#size--;
    // What follows moves up, so that no search ends early at the hole (Knuth, The Art of Computer Programming 6.4, R).
    for (let place = (hole + 1) & this.#mask; !this.#isEmpty(place); place = (place + 1) & this.#mask) {
      const home = this.#hashes[place * 2]! & this.#mask;
      const distance = (place - home) & this.#mask;
      if (distance < ((place - hole) & this.#mask)) continue;
      this.#hashes.copyWithin(hole * 2, place * 2, place * 2 + 2);
      this.#values[hole] = this.#values[place]!;
      hole = place;
    }
    this.#hashes.fill(0, hole * 2, hole * 2 + 2);
  }

  /** Forgets all. */
  clear(): void {
    this.#hashes.fill(0);
    this.#size = 0;
  }

  /** Where the identity is, or would be put. */
  #placeOf(high: number, low: number): number {
    let place = high & this.#mask;
    while (!this.#isEmpty(place)) {
      if (this.#hashes[place * 2] === high && this.#hashes[place * 2 + 1] === low) break;
      place = (place + 1) & this.#mask;
    }
    return place;
  }

  #isEmpty(place: number): boolean {
    return this.#hashes[place * 2] === 0 && this.#hashes[place * 2 + 1] === 0;
  }
}

/** Remembers at least the last `count` identities, at most twice as many. */
export class RecentIdentities {
  readonly #count: number;
  #newer: IdentityIndex;
  #older: IdentityIndex;

  constructor(count: number) {
    this.#count = count;
    this.#newer = new IdentityIndex(count);
    this.#older = new IdentityIndex(count);
  }

  add(hash: IdentityHash): void {
    if (this.#newer.size >= this.#count) {
      const emptied = this.#older;
      emptied.clear();
      this.#older = this.#newer;
      this.#newer = emptied;
    }
    this.#newer.set(hash, 0);
  }

  has(hash: IdentityHash): boolean {
    return this.#newer.get(hash) >= 0 || this.#older.get(hash) >= 0;
  }
}

/** Two words of 32 bits, never both 0. */
export interface IdentityHash {
  readonly high: number;
  readonly low: number;
}

/**
 * The hash of an identity: two of 32 bits, each multiplied and mixed over its UTF-16 code units (the mixing of
 * MurmurHash3). About 60 ns for 32 characters.
 */
export function hashIdentity(id: string): IdentityHash {
  let high = 0x9e3779b9 ^ id.length;
  let low = 0x85ebca77;
  for (let index = 0; index < id.length; index++) {
    const unit = id.charCodeAt(index);
    high = Math.imul(high ^ unit, 0xcc9e2d51);
    high = (high << 15) | (high >>> 17);
    low = Math.imul(low ^ unit, 0x1b873593);
    low = (low << 13) | (low >>> 19);
  }
  const last = mixed(low ^ high);
  return { high: mixed(high), low: last === 0 ? 1 : last };
}

function mixed(value: number): number {
  let state = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
