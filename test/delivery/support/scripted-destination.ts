import type { DeliveryResult, Destination, EntryDropReason } from "../../../src/prediction-log/destination.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";

/** Scripted result of a delivery. */
export type Answer =
  | DeliveryResult
  /** Settles when it is aborted. */
  | "hang"
  /** Never settles, even when it is aborted; see {@link ScriptedDestination.release}. */
  | "deaf"
  | "throw";

/** A destination with scripted results, which records its calls. */
export interface ScriptedDestination extends Destination {
  /** Result of later deliveries. */
  answer: Answer | ((batch: readonly LogEntry[]) => Answer);
  /** All deliveries, as numbers of entries. */
  readonly deliveries: (readonly number[])[];
  readonly batches: (readonly LogEntry[])[];
  /** Numbers of the entries of deliveries that went well, refused ones among them. */
  readonly kept: number[];
  /** Deliveries that have not been answered. */
  readonly pending: number;
  readonly closed: number;
  /** Settles all deaf deliveries as retries. */
  release(): void;
}

/** A delivery that went well. */
export const done: DeliveryResult = { kind: "done", refused: new Map() };

/** A delivery of which some were refused. */
export const refusing = (reason: EntryDropReason, count: number): DeliveryResult => ({
  kind: "done",
  refused: new Map([[reason, count]]),
});

/** A delivery that has to be made again. */
export const retry = (afterMs?: number): DeliveryResult => ({
  kind: "retry",
  reason: "connection",
  detail: "connection refused",
  ...(afterMs === undefined ? {} : { afterMs }),
});

/** An entry with its number as the line; takes `bytes` in a queue. */
export const numbered = (number: number, bytes = 100): LogEntry => ({
  timeNs: String(number),
  stream: "{}",
  metadata: "",
  line: String(number),
  bytes,
});

/** The numbers of such entries. */
export const numbersOf = (entries: readonly LogEntry[]): number[] => entries.map(({ line }) => Number(line));

/** See {@link ScriptedDestination}. `onCall` is called at the start of each delivery. */
export function scriptedDestination(onCall: () => void = () => {}): ScriptedDestination {
  const deaf: (() => void)[] = [];
  let closed = 0;
  let pending = 0;
  const settle = (batch: readonly LogEntry[], answer: Answer, signal: AbortSignal): Promise<DeliveryResult> => {
    if (answer === "throw") throw new Error("broken");
    const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
    if (answer === "hang") signal.addEventListener("abort", () => resolve(retry()));
    else if (answer === "deaf") deaf.push(() => resolve(retry()));
    else {
      if (answer.kind === "done") destination.kept.push(...numbersOf(batch));
      resolve(answer);
    }
    return promise;
  };
  const destination = {
    name: "loki" as const,
    answer: done as ScriptedDestination["answer"],
    deliveries: [] as number[][],
    batches: [] as (readonly LogEntry[])[],
    kept: [] as number[],
    get pending() {
      return pending;
    },
    get closed() {
      return closed;
    },
    async deliver(batch: readonly LogEntry[], signal: AbortSignal) {
      onCall();
      if (pending > 0) throw new Error("two deliveries at a time");
      destination.deliveries.push(numbersOf(batch));
      destination.batches.push(batch);
      const answer = typeof destination.answer === "function" ? destination.answer(batch) : destination.answer;
      pending++;
      try {
        return await settle(batch, answer, signal);
      } finally {
        pending--;
      }
    },
    close: () => {
      closed++;
      return Promise.resolve();
    },
    release() {
      for (const end of deaf.splice(0)) end();
    },
  };
  return destination;
}
