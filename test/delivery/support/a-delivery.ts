import { expect } from "vitest";
import { createDelivery, type Delivery } from "../../../src/delivery/delivery.ts";
import type { DeliveryOptions } from "../../../src/delivery/delivery-options.ts";
import { DeliveryCounters } from "../../../src/prediction-log/delivery-counters.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { manualTime, type ManualTime } from "../../support/manual-time.ts";
import { memorySpool, type MemorySpool } from "./memory-spool.ts";
import { numbered, scriptedDestination, type ScriptedDestination } from "./scripted-destination.ts";

/** A delivery whose ports the test controls. */
export interface DeliveryInHand {
  readonly delivery: Delivery;
  readonly destination: ScriptedDestination;
  readonly spool: MemorySpool;
  readonly counters: DeliveryCounters;
  readonly time: ManualTime;
  readonly troubles: string[];
  readonly recoveries: () => number;
  /** Offers entries of these numbers, without the last. */
  offer(from: number, to: number, bytes?: number): void;
}

/** How {@link aDelivery} differs from a queue of 100 entries, batches of 10, and waits of 1 s. */
export interface DeliveryCase {
  readonly options?: Partial<DeliveryOptions>;
  readonly withSpool?: boolean;
  readonly left?: readonly LogEntry[];
  readonly random?: () => number;
}

/** Starts a delivery. The equation of its counters is checked at every call of a port. */
export function aDelivery({
  options,
  withSpool = false,
  left = [],
  random = () => 0.5,
}: DeliveryCase = {}): DeliveryInHand {
  const counters = new DeliveryCounters();
  const check = (): void => expectBalance(counters);
  const time = manualTime();
  const destination = scriptedDestination(check);
  const spool = memorySpool(left, check);
  const troubles: string[] = [];
  let recoveries = 0;
  const delivery = createDelivery({
    destination,
    spool: withSpool ? spool : undefined,
    counters,
    clock: time.clock,
    schedule: time.schedule,
    random,
    onTrouble: (detail) => troubles.push(detail),
    onRecovered: () => recoveries++,
    options: {
      queueBytes: 10_000,
      batchBytes: 1000,
      batchAgeMs: 1000,
      retryFirstMs: 1000,
      retryMaxMs: 8000,
      spoolAfterMs: 5000,
      ...options,
    },
  });
  const offer = (from: number, to: number, bytes = 100): void => {
    for (let number = from; number < to; number++) delivery.offer(numbered(number, bytes));
  };
  return { delivery, destination, spool, counters, time, troubles, recoveries: () => recoveries, offer };
}

/** accepted + recovered = sent + dropped + queued + spooled. */
export function expectBalance(counters: DeliveryCounters): void {
  const { acceptedTotal, recoveredTotal, sentTotal, queuedEntries, spooledEntries } = counters;
  expect(sentTotal + droppedTotal(counters) + queuedEntries + spooledEntries, JSON.stringify(counters)).toBe(
    acceptedTotal + recoveredTotal,
  );
  expect(Math.min(sentTotal, queuedEntries, spooledEntries, counters.queuedBytes)).toBeGreaterThanOrEqual(0);
}

/** Dropped entries of all reasons. */
export const droppedTotal = ({ dropped }: DeliveryCounters): number =>
  Object.values(dropped).reduce((sum, count) => sum + count, 0);

/** Numbers from `from` to before `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
