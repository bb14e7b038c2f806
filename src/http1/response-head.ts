/**
 * A response head (RFC 9112 §4), read as strictly as a request's: what is ambiguous is refused.
 */
import { CR, LF, SP, isFieldValue } from "./bytes.ts";
import { type ConnectionOptions, createConnectionOptions, readConnectionOptions } from "./connection-options.ts";
import { Field } from "./field.ts";
import type { Fault } from "./fault.ts";
import { type BodyFraming, noBody, responseFraming } from "./framing.ts";
import { type HeadLimits, HeaderSection, Progress, type ProgressValue } from "./header-section.ts";
import { isMediaType } from "./list-value.ts";

const State = { version: 0, status: 1, reason: 2, lineLf: 3, headers: 4 } as const;

const versionText = "HTTP/1.";
/** `HTTP/1.1 200`: after these bytes follow a space and the reason, or the line's end. */
const statusEnd = versionText.length + 5;

/** Reads one response head after another; all fields are valid between `done` and the next {@link reset}. */
export class ResponseHead {
  readonly headers: HeaderSection;
  fault: Fault | "" = "";
  minor = 1;
  /** True when the version was written as exactly `HTTP/1.1`. */
  isPlainVersion = true;
  status = 0;
  /** End of the status line without its CRLF. */
  lineEnd = 0;
  framing: BodyFraming = noBody;
  readonly options: ConnectionOptions = createConnectionOptions();
  hasDate = false;
  hasRequestId = false;
  isEventStream = false;
  contentTypeLine = -1;
  contentEncodingLine = -1;
  upgradeLine = -1;
  readonly #limits: HeadLimits;
  #state: number = State.version;
  #at = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.headers = new HeaderSection(limits);
  }

  /** Length of the head in bytes, once `done`. */
  get length(): number {
    return this.headers.at;
  }

  /** Prepares for the next head. */
  reset(): void {
    this.#state = State.version;
    this.#at = 0;
    this.status = 0;
    this.fault = "";
  }

  /**
   * Reads on, as {@link RequestHead.read} does. `isHead` is true when the request was HEAD: the response then has no
   * body whatever it says.
   */
  read(bytes: Uint8Array, base: number, end: number, isHead: boolean): ProgressValue {
    if (this.#state !== State.headers) {
      const progress = this.#readLine(bytes, base, Math.min(end, base + this.#limits.headBytes));
      if (progress === Progress.faulty) return progress;
      if (progress === Progress.needsMore) {
        return this.#at >= this.#limits.headBytes ? this.#fail("head_too_large") : progress;
      }
    }
    const progress = this.headers.read(bytes, base, end);
    if (progress === Progress.needsMore) return progress;
    this.fault = progress === Progress.faulty ? this.headers.fault : this.#understand(bytes, base, isHead);
    return this.fault === "" ? Progress.done : Progress.faulty;
  }

  #readLine(bytes: Uint8Array, base: number, stop: number): ProgressValue {
    let i = base + this.#at;
    while (i < stop) {
      switch (this.#state) {
        case State.version:
          if (!this.#readVersion(bytes[i]!, i - base)) return this.#fail("version_unsupported");
          i++;
          break;
        case State.status:
          if (!this.#readStatus(bytes[i]!, i++ - base)) return this.#fail("request_line_malformed");
          break;
        case State.reason:
          while (i < stop && isFieldValue[bytes[i]!] === 1) i++;
          if (i < stop && !this.#endReason(bytes[i]!, i++ - base)) return this.#fail("line_end_malformed");
          break;
        default:
          if (bytes[i++] !== LF) return this.#fail("line_end_malformed");
          this.#state = State.headers;
          this.headers.reset(i - base);
          return Progress.done;
      }
    }
    this.#at = i - base;
    return Progress.needsMore;
  }

  #readVersion(byte: number, at: number): boolean {
    if (at < versionText.length) return byte === versionText.charCodeAt(at);
    this.minor = byte === 0x30 ? 0 : 1;
    this.isPlainVersion = byte === 0x31;
    this.#state = State.status;
    return byte >= 0x30 && byte <= 0x39;
  }

  /** A space, three digits from 100 to 999 (a status above 599 is passed on like a 5xx), and a space; the reason may be empty and its space missing. */
  #readStatus(byte: number, at: number): boolean {
    if (at === versionText.length + 1) return byte === SP;
    if (at < statusEnd) {
      const digit = byte - 0x30;
      if (digit < 0 || digit > 9) return false;
      this.status = this.status * 10 + digit;
      return true;
    }
    if (this.status < 100) return false;
    this.#state = byte === CR ? State.lineLf : State.reason;
    this.lineEnd = at;
    return byte === SP || byte === CR;
  }

  #endReason(byte: number, at: number): boolean {
    this.lineEnd = at;
    this.#state = State.lineLf;
    return byte === CR;
  }

  #understand(bytes: Uint8Array, base: number, isHead: boolean): Fault | "" {
    const { headers, status } = this;
    this.#findLines(bytes, base);
    const hasNoBody = isHead || status < 200 || status === 204 || status === 304;
    const framing = responseFraming(bytes, base, headers, { minor: this.minor, hasNoBody });
    if (typeof framing === "string") return framing;
    this.framing = framing;
    return readConnectionOptions(this.options, bytes, base, headers);
  }

  #findLines(bytes: Uint8Array, base: number): void {
    const { headers } = this;
    this.hasDate = false;
    this.hasRequestId = false;
    this.isEventStream = false;
    this.contentTypeLine = -1;
    this.contentEncodingLine = -1;
    this.upgradeLine = -1;
    for (let i = 0; i < headers.count; i++) {
      switch (headers.fieldAt(i)) {
        case Field.date:
          this.hasDate = true;
          break;
        case Field.xRequestId:
          this.hasRequestId = true;
          break;
        case Field.upgrade:
          this.upgradeLine = i;
          break;
        case Field.contentEncoding:
          this.contentEncodingLine = i;
          break;
        case Field.contentType: {
          const start = base + headers.valueStart[i]!;
          this.contentTypeLine = i;
          this.isEventStream = isMediaType(bytes, start, base + headers.valueEnd[i]!, "text/event-stream");
          break;
        }
        default:
      }
    }
  }

  #fail(fault: Fault): ProgressValue {
    this.fault = fault;
    return Progress.faulty;
  }
}
