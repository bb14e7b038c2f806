/** Delivers logged predictions to the push API of Loki. */
import type { DeliveryResult, Destination, EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { DeliveryAttempt } from "./delivery-attempt.ts";
import { StreamPusher, type StreamPusherOptions } from "./stream-pusher.ts";
import { mergeInto } from "./stream-progress.ts";

/** Options of {@link createLokiDestination}. Timeouts are set in the HTTP client. */
export interface LokiDestinationOptions extends StreamPusherOptions {
  /** Longest line, bytes of UTF-8. Longer ones are refused here: in a push they would make the response ambiguous. */
  readonly lineBytes: number;
}

/**
 * Creates the destination.
 *
 * * **A push holds one stream.** An ingester processes the streams of a push and responds with the result of the last
 *   one: 204 for a push of sixty streams of which eleven exceeded a limit and were lost. Only a push of one stream has a
 *   reliable response. Several streams are pushed at the same time; the order within each is kept.
 * * A retried entry has the same labels, time and line: Loki stores it once.
 * * A batch to be retried remembers its settled entries: the retry, possibly with more entries at the end, pushes only the
 *   others, and refused entries are counted once.
 * * After a 400 some entries are refused permanently and the others are stored: none is pushed again. A rate limit (429) is
 *   waited out; a chunk that can never pass at once is halved. Entries of a stream that Loki refuses to create are
 *   refused after three attempts, or after one if the stream is known for it, so that they do not block other streams.
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
  const worker = async (): Promise<void> => {
    for (const [stream, group] of streams) {
      if (attempt.isOver) return;
      const progress = await pusher.push(stream, group, attempt);
      mergeInto(refused, progress.refused);
      if (detail === "") detail = progress.detail;
    }
  };
  await Promise.all(Array.from({ length: maxConcurrentPushes }, worker));
  if (attempt.result !== undefined) return attempt.result;
  pusher.batchDone();
  const tooLong = batch.length - fitting.length;
  if (tooLong > 0) mergeInto(refused, new Map([["line_too_long", tooLong]]));
  return { kind: "done", refused, ...(detail === "" ? {} : { detail }) };
}

const maxConcurrentPushes = 4;
