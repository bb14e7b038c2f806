/** Counters of captured bodies: how many are read, and why the others are not. Read by a scrape. */
import { zeroCounts } from "../sample.ts";
import { bodySides, type BodySide } from "../../payload/exchange-content.ts";
import { unreadReasons, type UnreadReason } from "../../payload/body-content.ts";

/** Reasons why the bodies of an exchange were dropped unread; values of the label `reason`. */
export const captureDropReasons = ["not_sampled", "not_captured", "queue_full", "stopped"] as const;

/** See {@link captureDropReasons}. */
export type CaptureDropReason = (typeof captureDropReasons)[number];

/**
 * Counters end in `Total` and only grow; the others are gauges. At all times
 *
 * - `offeredTotal` = all of `dropped` + `queuedExchanges` + `decodingExchanges` + `doneTotal`,
 * - for each side, `doneTotal` = `loggedOnlyTotal` + `read` + all of `unread`.
 */
export class CaptureCounters {
  /**
   * Exchanges whose bodies could be read: successful predictions that are not streams, and all exchanges that are
   * logged.
   */
  offeredTotal = 0;
  /** Exchanges that were dropped unread, by reason. */
  readonly dropped: Record<CaptureDropReason, number> = zeroCounts(captureDropReasons);
  /** Exchanges that were processed, whatever their bodies held. */
  doneTotal = 0;
  /** Exchanges that were read for the log alone. */
  loggedOnlyTotal = 0;
  /** Bodies in which something was found, by side. */
  readonly read: Record<BodySide, number> = zeroCounts(bodySides);
  /** Bodies in which nothing was found, by side and reason. */
  readonly unread: Readonly<Record<BodySide, Record<UnreadReason, number>>> = {
    request: zeroCounts(unreadReasons),
    response: zeroCounts(unreadReasons),
  };
  /** Bytes handed to readers, without content coding. */
  readBytesTotal = 0;
  /**
   * Time spent on reading and counting, milliseconds: what the event loop spent, and how long decoding on other threads
   * took from its begin to its end, which is at least what it used.
   */
  busyMsTotal = 0;
  /** Calls of sinks that threw. */
  sinkFailuresTotal = 0;
  /** Exchanges and bytes that wait; the bytes include what their records take. */
  queuedExchanges = 0;
  queuedBytes = 0;
  /** Exchanges whose bodies are being decoded on another thread. */
  decodingExchanges = 0;
  /** Part of the exchanges that is read now, 0 to 1. */
  sampleRatio = 0;
}
