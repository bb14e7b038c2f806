/** Request ids and trace ids: how new ones are made, and those of a connection's current request. */
import type { Random } from "../../clock.ts";

const hexPairs: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, "0");
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

const requestIdName = "x-request-id: ";
const traceparentName = "traceparent: ";
const traceparentAt = requestIdName.length + 32 + 2;
const zeros = (count: number): string => "0".repeat(count);

/**
 * Makes identities of 128 random bits, in hexadecimal, with no system call and no string: by sfc32, a small fast
 * generator (Chris Doty-Humphrey, PractRand) seeded once from the system's. They are unique, not secret. About 40 ns each.
 */
export class IdentitySource {
  /** All of it as the end of a head: both lines and the last CRLF. Everything here is overwritten by {@link next}. */
  readonly lines: Buffer = Buffer.from(`${requestIdName}${zeros(32)}\r\n${traceparentName}${zeros(55)}\r\n\r\n`);
  readonly requestIdLine: Buffer = this.lines.subarray(0, traceparentAt);
  readonly traceparentLine: Buffer = this.lines.subarray(traceparentAt, this.lines.length - 2);
  /** 32 hexadecimal digits. */
  readonly id: Buffer = this.requestIdLine.subarray(requestIdName.length, requestIdName.length + 32);
  /** A whole traceparent value, 55 bytes, of the same identity. */
  readonly traceparent: Buffer = this.traceparentLine.subarray(traceparentName.length, traceparentName.length + 55);
  readonly #state = new Uint32Array(4);

  constructor(random: Random) {
    random.fill(new Uint8Array(this.#state.buffer));
    this.traceparent.set([0x30, 0x30, 0x2d], 0);
    // Flags 00: this hop does not ask for sampling.
    this.traceparent.set([0x2d, 0x30, 0x30], 52);
    this.traceparent[35] = 0x2d;
  }

  /** Makes the next identity. */
  next(): void {
    // An identity of all zeros is invalid; one fixed bit rules it out.
    for (let word = 0; word < 4; word++) {
      const draw = this.#draw() | (word === 3 ? 1 : 0);
      writeHex(this.id, word * 8, draw);
      writeHex(this.traceparent, 3 + word * 8, draw);
    }
    writeHex(this.traceparent, 36, this.#draw());
    writeHex(this.traceparent, 44, this.#draw() | 1);
  }

  #draw(): number {
    const s = this.#state;
    const sum = (s[0]! + s[1]! + s[3]!) | 0;
    s[3]! += 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return sum;
  }
}

function writeHex(target: Uint8Array, at: number, word: number): void {
  for (let i = 0; i < 4; i++) {
    const pair = hexPairs[(word >>> (24 - i * 8)) & 255]!;
    target[at + i * 2] = pair & 255;
    target[at + i * 2 + 1] = pair >>> 8;
  }
}

const maxIdBytes = 128;
const ownIdName = "x-outrider-request-id: ";

/**
 * The identity of one request at a time: its id, as text and as the last lines of a response head, and its trace. Used
 * again for every request of a connection; views are made anew only when the length of the id changes.
 */
export class RequestIdentity {
  /** `x-request-id` and `x-outrider-request-id`, each with its CRLF, and the head's last CRLF. */
  both: Buffer = Buffer.alloc(0);
  /** `x-outrider-request-id` with its CRLF, and the head's last CRLF. */
  own: Buffer = Buffer.alloc(0);
  /** The request id itself; empty when the request could not be read. */
  id: Buffer = Buffer.alloc(0);
  readonly #bytes: Buffer = Buffer.alloc(requestIdName.length + ownIdName.length + 2 * maxIdBytes + 6);
  #ownAt = 0;
  readonly #traceId: Buffer = Buffer.alloc(32);
  /** True when the trace began here: its id is then the request's own. */
  #isOwnTrace = false;

  /** Takes the request id at [start, end), at most 128 bytes. */
  set(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length !== this.id.length) this.#layOut(length);
    source.copy(this.#bytes, requestIdName.length, start, end);
    source.copy(this.#bytes, this.#ownAt, start, end);
  }

  /** Forgets the id: the next response goes to a request that could not be read. */
  clear(): void {
    this.#layOut(0);
  }

  /** Takes the 32 digits of a trace id at `start`. */
  setTraceId(bytes: Buffer, start: number): void {
    this.#isOwnTrace = false;
    bytes.copy(this.#traceId, 0, start, start + 32);
  }

  /** The trace begins here; `isRequestId` when the request id is from `source` as well: both are then the same. */
  beginTrace(source: IdentitySource, isRequestId: boolean): void {
    this.#isOwnTrace = isRequestId;
    if (!isRequestId) source.id.copy(this.#traceId);
  }

  /** The trace id as text; empty when the request could not be read. */
  get traceId(): string {
    if (this.id.length === 0) return "";
    return (this.#isOwnTrace ? this.id : this.#traceId).toString("latin1");
  }

  #layOut(length: number): void {
    const bytes = this.#bytes;
    const lineEnd = requestIdName.length + length;
    this.#ownAt = lineEnd + 2 + ownIdName.length;
    bytes.write(requestIdName, 0, "latin1");
    bytes.write(`\r\n${ownIdName}`, lineEnd, "latin1");
    bytes.write("\r\n\r\n", this.#ownAt + length, "latin1");
    this.id = bytes.subarray(requestIdName.length, lineEnd);
    this.both = bytes.subarray(0, this.#ownAt + length + 4);
    this.own = bytes.subarray(lineEnd + 2, this.#ownAt + length + 4);
  }
}
