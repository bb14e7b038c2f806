/** The Date header line, made once a second. */
import type { Clock } from "../clock.ts";

/** Keeps a `Date` line (RFC 9110 §6.6.1) with its CRLF. */
export class DateLine {
  readonly #clock: Clock;
  #second = -1;
  #line: Uint8Array = new Uint8Array(0);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The line for now. */
  get bytes(): Uint8Array {
    const second = Math.floor(this.#clock.wallMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = Buffer.from(`Date: ${new Date(second * 1000).toUTCString()}\r\n`, "latin1");
    }
    return this.#line;
  }
}
