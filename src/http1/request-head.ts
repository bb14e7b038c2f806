/**
 * A request head (RFC 9112 §2–3), read strictly and incrementally. Anything that two honest parsers could read
 * differently is a {@link Fault}; the result never depends on how the bytes were cut.
 */
import { CR, LF, SP, equals, isTarget, isToken } from "./bytes.ts";
import { type ConnectionOptions, createConnectionOptions, readConnectionOptions } from "./connection-options.ts";
import { Field } from "./field.ts";
import type { Fault } from "./fault.ts";
import { type BodyFraming, requestFraming } from "./framing.ts";
import { type HeadLimits, HeaderSection, Progress, type ProgressValue } from "./header-section.ts";
import { isExpectContinue, isValidHost } from "./field-value.ts";
import { type TargetForm, readTargetForm } from "./target.ts";

const State = { start: 0, startLf: 1, method: 2, target: 3, version: 4, lineLf: 5, headers: 6 } as const;

const versionText = "HTTP/";
const versionLength = "HTTP/1.1".length;
const maxMethodLength = 64;

/** True for `HTTP/1.1` and one byte more: nearly every request line ends so. */
const isPlainVersionLine = (bytes: Uint8Array, at: number, stop: number): boolean =>
  at + versionLength < stop && equals(bytes, at, at + versionLength, "HTTP/1.1");

/** Reads one request head after another; all fields are valid between `done` and the next {@link reset}. */
export class RequestHead {
  readonly headers: HeaderSection;
  fault: Fault | "" = "";
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** Minor version: 0 for HTTP/1.0, 1 for every later HTTP/1.x. */
  minor = 1;
  /** True when the version was written as exactly `HTTP/1.1`. */
  isPlainVersion = true;
  target: TargetForm = { kind: "origin", authorityStart: 0, authorityEnd: 0, pathStart: 0 };
  framing: BodyFraming = { kind: "none", length: 0 };
  readonly options: ConnectionOptions = createConnectionOptions();
  expectsContinue = false;
  hasHost = false;
  readonly #limits: HeadLimits;
  #state: number = State.start;
  #at = 0;
  #versionAt = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.headers = new HeaderSection(limits);
  }

  /** Length of the head in bytes, once `done`. */
  get length(): number {
    return this.headers.at;
  }

  /** True once a byte of a request line has been read. */
  get hasBegun(): boolean {
    return this.#state > State.startLf;
  }

  /** Prepares for the next head. */
  reset(): void {
    this.#state = State.start;
    this.#at = 0;
    this.fault = "";
  }

  /**
   * Reads on: the head begins at `base` and there are bytes up to `end`. After `needsMore` call again with the same
   * bytes and more (at any place: offsets count from `base`). After `faulty` see {@link fault}.
   */
  read(bytes: Uint8Array, base: number, end: number): ProgressValue {
    if (this.#state !== State.headers) {
      const progress = this.#readLine(bytes, base, Math.min(end, base + this.#limits.headBytes));
      if (progress === Progress.faulty) return progress;
      if (progress === Progress.needsMore) {
        return this.#at >= this.#limits.headBytes ? this.#fail("head_too_large") : progress;
      }
    }
    const progress = this.headers.read(bytes, base, end);
    if (progress === Progress.needsMore) return progress;
    this.fault = progress === Progress.faulty ? this.headers.fault : this.#understand(bytes, base);
    return this.fault === "" ? Progress.done : Progress.faulty;
  }

  // oxlint-disable-next-line complexity -- the loop over every byte of a request line: a method for each state would cost a call a byte
  #readLine(bytes: Uint8Array, base: number, stop: number): ProgressValue {
    let i = base + this.#at;
    while (i < stop) {
      let fault: Fault | "" = "";
      switch (this.#state) {
        case State.start:
          fault = this.#begin(bytes[i]!, i - base);
          if ((this.#state as number) === State.startLf) i++;
          break;
        case State.startLf:
          if (bytes[i++] !== LF) fault = "line_end_malformed";
          this.methodStart = i - base;
          this.#state = State.method;
          break;
        case State.method:
          while (i < stop && isToken[bytes[i]!] === 1) i++;
          if (i - base - this.methodStart > maxMethodLength) fault = "request_line_malformed";
          else if (i < stop) fault = this.#endMethod(bytes[i]!, i++ - base);
          break;
        case State.target:
          while (i < stop && isTarget[bytes[i]!] === 1) i++;
          if (i - base - this.targetStart > this.#limits.targetBytes) fault = "target_too_long";
          else if (i < stop) fault = this.#endTarget(bytes[i]!, i++ - base);
          break;
        case State.version:
          if (this.#versionAt === 0 && isPlainVersionLine(bytes, i, stop)) {
            this.minor = 1;
            this.isPlainVersion = true;
            this.#versionAt = versionLength;
            i += versionLength;
          }
          fault = this.#readVersion(bytes[i++]!);
          break;
        default:
          if (bytes[i++] !== LF) return this.#fail("line_end_malformed");
          this.#state = State.headers;
          this.headers.reset(i - base);
          return Progress.done;
      }
      if (fault !== "") return this.#fail(fault);
    }
    this.#at = i - base;
    return Progress.needsMore;
  }

  /** One empty line before the request line is skipped (RFC 9112 §2.2). */
  #begin(byte: number, offset: number): Fault | "" {
    if (byte === CR) {
      this.#state = State.startLf;
      return "";
    }
    if (byte === LF) return "line_end_malformed";
    this.methodStart = offset;
    this.#state = State.method;
    return "";
  }

  #endMethod(byte: number, offset: number): Fault | "" {
    if (byte !== SP || offset === this.methodStart) {
      return byte === LF ? "line_end_malformed" : "request_line_malformed";
    }
    this.methodEnd = offset;
    this.targetStart = offset + 1;
    this.#state = State.target;
    return "";
  }

  #endTarget(byte: number, offset: number): Fault | "" {
    if (offset === this.targetStart) return "request_line_malformed";
    // A line without a version is HTTP/0.9.
    if (byte === CR) return "version_unsupported";
    if (byte === LF) return "line_end_malformed";
    if (byte !== SP) return "target_malformed";
    this.targetEnd = offset;
    this.#versionAt = 0;
    this.#state = State.version;
    return "";
  }

  #readVersion(byte: number): Fault | "" {
    const at = this.#versionAt++;
    if (at === versionLength) return this.#endVersion(byte);
    if (at < versionText.length) return byte === versionText.charCodeAt(at) ? "" : "request_line_malformed";
    if (at === versionText.length + 1) return byte === 0x2e ? "" : "request_line_malformed";
    if (byte < 0x30 || byte > 0x39) return "request_line_malformed";
    if (at === versionText.length) return byte === 0x31 ? "" : "version_unsupported";
    this.minor = byte === 0x30 ? 0 : 1;
    this.isPlainVersion = byte === 0x31;
    return "";
  }

  #endVersion(byte: number): Fault | "" {
    this.#state = State.lineLf;
    if (byte === CR) return "";
    return byte === LF ? "line_end_malformed" : "request_line_malformed";
  }

  /** What the lines mean together: the checks that need the whole head. */
  #understand(bytes: Uint8Array, base: number): Fault | "" {
    this.expectsContinue = false;
    const target = readTargetForm(bytes, base, this);
    if (typeof target === "string") return target;
    this.target = target;
    const hostFault = this.#checkHost(bytes, base);
    if (hostFault !== "") return hostFault;
    const framing = requestFraming(bytes, base, this.headers, this.minor);
    if (typeof framing === "string") return framing;
    this.framing = framing;
    return readConnectionOptions(this.options, bytes, base, this.headers);
  }

  #checkHost(bytes: Uint8Array, base: number): Fault | "" {
    const { headers } = this;
    let hosts = 0;
    for (let i = 0; i < headers.count; i++) {
      const field = headers.field[i];
      if (field === Field.host) {
        if (++hosts > 1) return "host_repeated";
        if (!isValidHost(bytes, base + headers.valueStart[i]!, base + headers.valueEnd[i]!)) return "host_malformed";
      } else if (field === Field.expect) {
        this.expectsContinue ||= isExpectContinue(bytes, base + headers.valueStart[i]!, base + headers.valueEnd[i]!);
      }
    }
    this.hasHost = hosts > 0;
    return hosts === 0 && this.minor === 1 ? "host_missing" : "";
  }

  #fail(fault: Fault): ProgressValue {
    this.fault = fault;
    return Progress.faulty;
  }
}
