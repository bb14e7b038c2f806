/** The Date header line, made once a second. */
import type { Clock } from "../clock.ts";

/** Keeps a `Date` line (RFC 9110 §6.6.1) with its CRLF. */
export class DateLine {
  readonly #clock: Clock;
  #second = -1;
  #line: Buffer = Buffer.alloc(0);

  constructor(clock: Clock) {
    this.#clock = clock;
    this.update();
  }

  /** The line as of the last {@link update}. */
  get bytes(): Buffer {
    return this.#line;
  }

  /** Makes the line anew when a second has passed. */
  update(): void {
    const second = Math.floor(this.#clock.wallMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = Buffer.from(`Date: ${new Date(second * 1000).toUTCString()}\r\n`, "latin1");
    }
  }
}
