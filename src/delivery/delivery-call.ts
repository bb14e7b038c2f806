/** One call of a destination. */
import type { DeliveryResult, Destination } from "../prediction-log/destination.ts";
import type { LogEntry } from "../prediction-log/log-entry.ts";

/** A call that {@link startCall} started; it outlives an abort until it settles. */
export interface DeliveryCall {
  /** Undefined until the call has settled. */
  readonly result: DeliveryResult | undefined;
  /** Asks the destination to stop. The call may settle much later, or never. */
  abort(): void;
}

/**
 * Gives a batch to a destination. `onSettled` runs when {@link DeliveryCall.result} is there, never before this function
 * returns. A destination that throws counts as a retry.
 */
export function startCall(destination: Destination, batch: readonly LogEntry[], onSettled: () => void): DeliveryCall {
  const controller = new AbortController();
  const call: { result: DeliveryResult | undefined; abort(): void } = {
    result: undefined,
    abort: () => controller.abort(),
  };
  const settle = (result: DeliveryResult): void => {
    call.result = result;
    onSettled();
  };
  deliver(destination, batch, controller.signal).then(settle, (error: unknown) =>
    settle({ kind: "retry", reason: "write_failed", detail: `unexpected: ${String(error)}` }),
  );
  return call;
}

/** Async, so that an error thrown synchronously is a rejection as well. */
async function deliver(
  destination: Destination,
  batch: readonly LogEntry[],
  signal: AbortSignal,
): Promise<DeliveryResult> {
  return await destination.deliver(batch, signal);
}
