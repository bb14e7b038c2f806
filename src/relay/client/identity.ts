/** Names for requests and traces: 128 random bits in hexadecimal, made without a system call or a string. */
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
 * Makes identities with sfc32, a small fast generator (Chris Doty-Humphrey, PractRand) seeded once from the system's.
 * They need to be unlike each other, not secret. About 40 ns each.
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
    // Flags 00: this hop does not ask anybody to sample.
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
