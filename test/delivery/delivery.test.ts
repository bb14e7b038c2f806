import { describe, expect, it } from "vitest";
import { createDelivery } from "../../src/delivery/delivery.ts";
import { DeliveryCounters } from "../../src/prediction-log/delivery-counters.ts";
import { until } from "../support/until.ts";
import { aDelivery, expectBalance, range } from "./support/a-delivery.ts";
import { numbered, refusing, retry, scriptedDestination } from "./support/scripted-destination.ts";

describe("delivery", () => {
  it("delivers a full batch at once and a smaller one when its oldest entry is old enough", async () => {
    const { offer, time, destination, counters } = aDelivery();
    offer(0, 13);
    await time.advance(0);
    expect(destination.deliveries).toEqual([range(0, 10)]);
    await time.advance(999);
    expect(destination.deliveries).toHaveLength(1);
    await time.advance(1);
    expect(destination.deliveries).toEqual([range(0, 10), [10, 11, 12]]);
    expect(counters).toMatchObject({ acceptedTotal: 13, sentTotal: 13, queuedEntries: 0, queuedBytes: 0 });
    expect(counters.lastSuccessMs).toBe(time.clock.wallMs());
  });

  it("delivers an entry that is larger than a batch by itself", async () => {
    const { delivery, time, destination } = aDelivery();
    for (const [number, bytes] of [100, 5000, 100].entries()) delivery.offer(numbered(number, bytes));
    await time.advance(0);
    await time.advance(1000);
    expect(destination.deliveries).toEqual([[0], [1], [2]]);
  });

  it("makes one call at a time and leaves newer entries for the next batch", async () => {
    const { offer, time, destination } = aDelivery();
    destination.answer = "hang";
    offer(0, 10);
    await time.advance(0);
    offer(10, 40);
    await time.advance(60_000);
    expect(destination.deliveries).toEqual([range(0, 10)]);
  });

  it("drops the oldest entries that are not in flight when the queue is full", async () => {
    const { offer, time, destination, counters, delivery } = aDelivery();
    destination.answer = "deaf";
    offer(0, 10);
    await time.advance(0);
    offer(10, 130);
    expect(counters.dropped.queue_full).toBe(30);
    expect(counters).toMatchObject({ queuedEntries: 100, queuedBytes: 10_000 });
    expectBalance(counters);
    delivery.offer(numbered(999, 9001));
    expect(counters.dropped.queue_full).toBe(31);
    destination.answer = refusing("too_old", 0);
    destination.release();
    await time.advance(60_000);
    expect(destination.kept).toEqual([...range(0, 10), ...range(40, 130)]);
  });

  it("retries a batch with the very same entries, within a bound that doubles up to the maximum", async () => {
    const { offer, time, destination, counters } = aDelivery({ random: () => 0.999_999 });
    const startedMs = time.clock.monotonicMs();
    const attemptsMs: number[] = [];
    destination.answer = () => {
      attemptsMs.push(Math.round((time.clock.monotonicMs() - startedMs) / 1000));
      return retry();
    };
    offer(0, 10);
    await time.advance(0);
    offer(10, 15);
    await time.advance(31_500);
    expect(attemptsMs).toEqual([0, 1, 3, 7, 15, 23, 31]);
    expect(counters.retried.connection).toBe(7);
    for (const batch of destination.batches) expect(batch).toEqual(destination.batches[0]);
    const first = destination.batches[0] ?? [];
    expect(destination.batches.at(-1)?.every((entry, index) => entry === first[index])).toBe(true);
  });

  it("waits as long as the destination requests, up to five minutes", async () => {
    const { offer, time, destination } = aDelivery({ random: () => 0 });
    destination.answer = retry(60_000);
    offer(0, 10);
    await time.advance(59_999);
    expect(destination.deliveries).toHaveLength(1);
    destination.answer = retry(1e12);
    await time.advance(1);
    expect(destination.deliveries).toHaveLength(2);
    await time.advance(299_999);
    expect(destination.deliveries).toHaveLength(2);
    await time.advance(1);
    expect(destination.deliveries).toHaveLength(3);
  });

  it("counts refused entries by reason and the others as sent", async () => {
    const { offer, time, destination, counters } = aDelivery();
    destination.answer = {
      kind: "done",
      refused: new Map([
        ["too_old", 2],
        ["line_too_long", 1],
      ]),
    };
    offer(0, 10);
    await time.advance(0);
    expect(counters.sentTotal).toBe(7);
    expect(counters.dropped).toMatchObject({ too_old: 2, line_too_long: 1 });
  });

  it("treats a destination that throws as a failure", async () => {
    const { offer, time, destination, counters, troubles } = aDelivery();
    destination.answer = "throw";
    offer(0, 10);
    await time.advance(0);
    expect(counters.retried.write_failed).toBe(1);
    expect(troubles).toEqual(["unexpected: Error: broken"]);
  });

  it("reports a trouble once for each reason, and its end", async () => {
    const { offer, time, destination, troubles, recoveries } = aDelivery();
    destination.answer = retry();
    offer(0, 10);
    await time.advance(60_000);
    expect(troubles).toEqual(["connection refused"]);
    destination.answer = { kind: "retry", reason: "server_error", detail: "500" };
    await time.advance(60_000);
    expect(troubles).toEqual(["connection refused", "500"]);
    expect(recoveries()).toBe(0);
    destination.answer = refusing("too_old", 0);
    await time.advance(60_000);
    offer(10, 20);
    await time.advance(60_000);
    expect(recoveries()).toBe(1);
  });

  it("measures the duration of deliveries that got an answer", async () => {
    const { offer, time, destination, counters } = aDelivery();
    offer(0, 10);
    await time.advance(0);
    destination.answer = retry();
    offer(10, 20);
    await time.advance(0);
    expect(counters.duration.cumulative().at(-1)).toBe(1);
  });

  it("works with the timers of the event loop", async () => {
    const destination = scriptedDestination();
    const counters = new DeliveryCounters();
    const delivery = createDelivery({
      destination,
      counters,
      clock: { wallMs: () => 1, monotonicMs: () => performance.now() },
      random: () => 0,
      onTrouble: () => {},
      onRecovered: () => {},
      options: {
        queueBytes: 10_000,
        batchBytes: 1000,
        batchAgeMs: 20,
        retryFirstMs: 1,
        retryMaxMs: 1,
        spoolAfterMs: 1,
      },
    });
    delivery.offer(numbered(1));
    await until(() => counters.sentTotal === 1, "a delivery by age");
    delivery.offer(numbered(2));
    await delivery.stop(1000);
    expect(destination.kept).toEqual([1, 2]);
  });
});
