/** The time-out that an exchange has exceeded, if any: one pure function instead of a timer for each request. */
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { RelayTimeouts } from "../options.ts";

/** What an exchange waits for, and since when. Times are monotonic milliseconds. */
export interface Waiting {
  readonly beganMs: number;
  /** Time of the last byte that was sent to the upstream. */
  readonly sentMs: number;
  /** Time of the last byte in either direction. */
  readonly activeMs: number;
  /** When it was queued for a connection; 0 when it is not queued. */
  readonly queuedMs: number;
  /** When it began to wait for the upstream to accept a connection; 0 when it does not wait for that. */
  readonly connectingMs: number;
  /** The whole request has been sent and the final response has not begun. */
  readonly awaitsFirstByte: boolean;
  readonly isTunnel: boolean;
}

/** The time-out that has passed at `nowMs`, or an empty string. */
export function overdue(waiting: Waiting, timeouts: RelayTimeouts, nowMs: number): WireErrorCode | "" {
  if (waiting.isTunnel) {
    return isPast(waiting.activeMs, timeouts.tunnelIdleMs, nowMs) ? "stream_idle_timeout" : "";
  }
  if (isPast(waiting.beganMs, timeouts.totalMs, nowMs)) return "total_timeout";
  if (waiting.queuedMs > 0) return nowMs - waiting.queuedMs >= timeouts.queueMs ? "queue_timeout" : "";
  if (waiting.connectingMs > 0) {
    return nowMs - waiting.connectingMs >= timeouts.connectMs ? "upstream_connect_timeout" : "";
  }
  if (waiting.awaitsFirstByte) {
    return isPast(waiting.sentMs, timeouts.firstByteMs, nowMs) ? "first_byte_timeout" : "";
  }
  return isPast(waiting.activeMs, timeouts.streamIdleMs, nowMs) ? "stream_idle_timeout" : "";
}

/** A limit of 0 never passes. */
const isPast = (sinceMs: number, limitMs: number, nowMs: number): boolean => limitMs > 0 && nowMs - sinceMs >= limitMs;
