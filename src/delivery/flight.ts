/** One delivery that is under way. */
import type { DeliveryResult, Destination } from "../prediction-log/destination.ts";
import type { LogEntry } from "../prediction-log/log-entry.ts";

/** See {@link startFlight}. */
export interface Flight {
  /** What became of it; undefined while it is under way. */
  readonly result: DeliveryResult | undefined;
  /** Asks the destination to give up. It may take its time, or never answer. */
  abort(): void;
}

/** Hands a batch to a destination; `onLanded` is called, never at once, when the result is there. A destination that throws is a retry. */
export function startFlight(destination: Destination, batch: readonly LogEntry[], onLanded: () => void): Flight {
  const controller = new AbortController();
  const flight: { result: DeliveryResult | undefined; abort(): void } = {
    result: undefined,
    abort: () => controller.abort(),
  };
  const land = (result: DeliveryResult): void => {
    flight.result = result;
    onLanded();
  };
  deliver(destination, batch, controller.signal).then(land, (error: unknown) =>
    land({ kind: "retry", reason: "write_failed", detail: `unexpected: ${String(error)}` }),
  );
  return flight;
}

/** Async, so that what is thrown at once is a rejection as well. */
async function deliver(
  destination: Destination,
  batch: readonly LogEntry[],
  signal: AbortSignal,
): Promise<DeliveryResult> {
  return await destination.deliver(batch, signal);
}
