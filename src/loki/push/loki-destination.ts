/** Delivers logged predictions to Loki by its push API. */
import type { DeliveryResult, Destination, EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { DeliveryAttempt } from "./delivery-attempt.ts";
import { StreamPusher, type StreamPusherOptions } from "./stream-pusher.ts";
import { mergeInto } from "./stream-progress.ts";

/** What it is made with. How long to wait for an answer is the client's business. */
export interface LokiDestinationOptions extends StreamPusherOptions {
  /** Longest line in bytes of UTF-8; a longer one is refused here, because a push with it would cost the answer its clarity. */
  readonly lineBytes: number;
}

/**
 * Makes the destination.
 *
 * * **A push holds one stream.** An ingester goes through the streams of a push and answers with what became of the last
 *   one: 204 for a push of sixty streams of which eleven were over the limit, and their entries are gone. So it is only
 *   known of a push of one stream what became of it. A few streams are pushed at once; the order within each is kept.
 * * An entry is pushed with the same labels, time and line however often: Loki stores it once.
 * * A batch that is not done keeps what is over with: when it comes again, possibly with more at its end, only the others
 *   are pushed, and the refused are counted once.
 * * 400 says that some were refused for good and the others are stored: never pushed again. A rate (429) is waited out,
 *   and what may never come at once is pushed in halves. Entries of a stream that Loki may not make are refused after
 *   three attempts, those of a stream that is known for it after one, so that they do not hold up the others.
 */
export function createLokiDestination(options: LokiDestinationOptions): Destination {
  const pusher = new StreamPusher(options);
  return {
    name: "loki",
    deliver: (batch, signal) => deliver(pusher, batch, { lineBytes: options.lineBytes, signal }),
    close: () => options.http.close().catch(() => undefined),
  };
}

async function deliver(
  pusher: StreamPusher,
  batch: readonly LogEntry[],
  { lineBytes, signal }: { readonly lineBytes: number; readonly signal: AbortSignal },
): Promise<DeliveryResult> {
  const fitting = batch.filter(({ line }) => line.length * 3 <= lineBytes || Buffer.byteLength(line) <= lineBytes);
  const attempt = new DeliveryAttempt(signal);
  const refused = new Map<EntryDropReason, number>();
  let detail = "";
  const streams = Map.groupBy(fitting, ({ stream }) => stream).entries();
  const lane = async (): Promise<void> => {
    for (const [stream, group] of streams) {
      if (attempt.isOver) return;
      const progress = await pusher.push(stream, group, attempt);
      mergeInto(refused, progress.refused);
      if (detail === "") detail = progress.detail;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (attempt.result !== undefined) return attempt.result;
  pusher.forget();
  const tooLong = batch.length - fitting.length;
  if (tooLong > 0) mergeInto(refused, new Map([["line_too_long", tooLong]]));
  return { kind: "done", refused, ...(detail === "" ? {} : { detail }) };
}

/** Pushes at once. */
const lanes = 4;
