/**
 * Header lines, read strictly and incrementally: the result is the same however the bytes are cut.
 * Nothing is copied and no string is made; a line is four offsets and the identity of its field.
 */
import { COLON, CR, DEL, LF, SP, TAB, isFieldValue, isToken } from "./bytes.ts";
import { fieldBit, type FieldId, identifyField } from "./field.ts";
import type { Fault } from "./fault.ts";

/** Limits of a head; a head that exceeds one is rejected. */
export interface HeadLimits {
  /** Start line and headers together, bytes. */
  readonly headBytes: number;
  readonly headerCount: number;
  /** Request target, bytes. */
  readonly targetBytes: number;
}

/** What a parser says after it has been given bytes. */
export const Progress = { needsMore: 0, done: 1, faulty: 2 } as const;

/** A value of {@link Progress}. */
export type ProgressValue = (typeof Progress)[keyof typeof Progress];

const State = { lineStart: 0, name: 1, valueStart: 2, value: 3, valueLf: 4, endLf: 5 } as const;

/**
 * The header lines of one head. Offsets count from the head's first byte, so they stay right when the bytes are moved
 * to another buffer between two calls. About 1 ns a byte.
 */
export class HeaderSection {
  count = 0;
  readonly nameStart: Int32Array;
  readonly nameEnd: Int32Array;
  readonly valueStart: Int32Array;
  /** End of the value without trailing white space; its line ends at {@link lineEnd}. */
  readonly valueEnd: Int32Array;
  /** Offset just after the line's CRLF. */
  readonly lineEnd: Int32Array;
  readonly field: Uint8Array;
  /** Offset of the next byte to read; after `done` the length of the head. */
  at = 0;
  fault: Fault | "" = "";
  /** Which fields there are: the bits of {@link fieldBit}. A search for any other field can be left out. */
  seen = 0;
  readonly #limits: HeadLimits;
  #state: number = State.lineStart;

  constructor(limits: HeadLimits) {
    const capacity = limits.headerCount;
    this.#limits = limits;
    this.nameStart = new Int32Array(capacity);
    this.nameEnd = new Int32Array(capacity);
    this.valueStart = new Int32Array(capacity);
    this.valueEnd = new Int32Array(capacity);
    this.lineEnd = new Int32Array(capacity);
    this.field = new Uint8Array(capacity);
  }

  /** Prepares for the lines that begin at offset `at` of a new head. */
  reset(at: number): void {
    this.count = 0;
    this.seen = 0;
    this.at = at;
    this.fault = "";
    this.#state = State.lineStart;
  }

  /** Offset just after the last header line: where the head's final CRLF begins, once `done`. */
  get linesEnd(): number {
    return this.at - 2;
  }

  /** Identity of line `index`. */
  fieldAt(index: number): FieldId {
    return this.field[index] as FieldId;
  }

  /**
   * Reads on through `bytes`, whose head begins at `base` and which holds bytes up to `end`. Call again with more after
   * `needsMore`; after `faulty`, {@link fault} says what is wrong.
   */
  // oxlint-disable-next-line complexity -- the loop over all bytes of all heads: a method for each state would cost a call a byte
  read(bytes: Uint8Array, base: number, end: number): ProgressValue {
    const stop = Math.min(end, base + this.#limits.headBytes);
    let i = base + this.at;
    let progress: ProgressValue | -1 = -1;
    while (i < stop && progress === -1) {
      switch (this.#state) {
        case State.lineStart:
          i = this.#wholeLines(bytes, base, i, stop);
          if (i === stop) break;
          progress = this.#startLine(bytes[i]!, i - base);
          if ((this.#state as number) === State.endLf) i++;
          break;
        case State.name:
          while (i < stop && isToken[bytes[i]!] === 1) i++;
          if (i < stop) progress = this.#endName(bytes, base, i++);
          break;
        case State.valueStart:
          while (i < stop && (bytes[i] === SP || bytes[i] === TAB)) i++;
          if (i < stop) {
            this.valueStart[this.count] = i - base;
            this.#state = State.value;
          }
          break;
        case State.value:
          while (i < stop && isFieldValue[bytes[i]!] === 1) i++;
          if (i < stop) progress = this.#endValue(bytes, base, i++);
          break;
        case State.valueLf:
          progress = this.#endLine(bytes[i]!, ++i - base);
          break;
        default:
          progress = bytes[i]! === LF ? Progress.done : this.#fail("line_end_malformed");
          i++;
      }
    }
    this.at = i - base;
    if (progress !== -1) return progress;
    return this.at >= this.#limits.headBytes ? this.#fail("head_too_large") : Progress.needsMore;
  }

  /**
   * Reads on over lines that lie whole and plain in the bytes, as nearly all do; returns where the first that does not
   * begins. It takes nothing that the states above would refuse, and costs half as much for each line.
   */
  // oxlint-disable-next-line complexity -- it is there for speed alone, see the micro-benchmark of heads
  #wholeLines(bytes: Uint8Array, base: number, from: number, stop: number): number {
    // Local names: the tables are looked up for every byte.
    const tokens = isToken;
    const most = this.nameStart.length;
    let lineStart = from;
    for (let { count } = this; count < most; count++) {
      let i = lineStart;
      while (i < stop && tokens[bytes[i]!] === 1) i++;
      const nameEnd = i;
      if (nameEnd === lineStart || nameEnd >= stop || bytes[i++] !== COLON) break;
      if (bytes[i] === SP) i++;
      const valueStart = i;
      // What isFieldValue says, in comparisons: one look-up a byte instead of two.
      for (; i < stop; i++) {
        const byte = bytes[i]!;
        if ((byte < SP && byte !== TAB) || byte === DEL) break;
      }
      if (i + 1 >= stop || bytes[i] !== CR || bytes[i + 1] !== LF) break;
      // Blanks at the edges and empty values are left to the states.
      if (bytes[valueStart]! <= SP || bytes[i - 1]! <= SP) break;
      this.nameStart[count] = lineStart - base;
      this.nameEnd[count] = nameEnd - base;
      this.valueStart[count] = valueStart - base;
      this.valueEnd[count] = i - base;
      const field = identifyField(bytes, lineStart, nameEnd);
      this.field[count] = field;
      this.seen |= fieldBit(field);
      lineStart = i + 2;
      this.lineEnd[count] = lineStart - base;
      this.count = count + 1;
    }
    return lineStart;
  }

  #startLine(byte: number, offset: number): ProgressValue | -1 {
    if (byte === CR) {
      this.#state = State.endLf;
      return -1;
    }
    if (byte === SP || byte === TAB) return this.#fail("header_folded");
    if (byte === LF) return this.#fail("line_end_malformed");
    if (this.count >= this.#limits.headerCount) return this.#fail("too_many_headers");
    this.nameStart[this.count] = offset;
    this.#state = State.name;
    return -1;
  }

  #endName(bytes: Uint8Array, base: number, i: number): ProgressValue | -1 {
    const start = base + this.nameStart[this.count]!;
    if (bytes[i] !== COLON || i === start) {
      return this.#fail(bytes[i] === LF ? "line_end_malformed" : "header_name_malformed");
    }
    this.nameEnd[this.count] = i - base;
    const field = identifyField(bytes, start, i);
    this.field[this.count] = field;
    this.seen |= fieldBit(field);
    this.#state = State.valueStart;
    return -1;
  }

  #endValue(bytes: Uint8Array, base: number, i: number): ProgressValue | -1 {
    const byte = bytes[i];
    if (byte !== CR) return this.#fail(byte === LF ? "line_end_malformed" : "header_value_malformed");
    let end = i;
    const start = base + this.valueStart[this.count]!;
    while (end > start && (bytes[end - 1] === SP || bytes[end - 1] === TAB)) end--;
    this.valueEnd[this.count] = end - base;
    this.#state = State.valueLf;
    return -1;
  }

  #endLine(byte: number, next: number): ProgressValue | -1 {
    if (byte !== LF) return this.#fail("line_end_malformed");
    this.lineEnd[this.count++] = next;
    this.#state = State.lineStart;
    return -1;
  }

  #fail(fault: Fault): ProgressValue {
    this.fault = fault;
    return Progress.faulty;
  }
}
