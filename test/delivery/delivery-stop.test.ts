import { describe, expect, it } from "vitest";
import { aDelivery, expectBalance, range } from "./support/a-delivery.ts";
import { done, numbersOf, retry, type Answer } from "./support/scripted-destination.ts";

/** Whether a promise has settled after so much time. */
async function settlesIn(work: Promise<void>, advance: () => Promise<void>): Promise<boolean> {
  let isSettled = false;
  void work.then(() => (isSettled = true));
  await advance();
  return isSettled;
}

describe("the end of a delivery", () => {
  it("delivers what waits without waiting for more, and closes the destination", async () => {
    const { offer, time, destination, delivery, counters } = aDelivery();
    offer(0, 25);
    const stopped = delivery.stop(5000);
    expect(await settlesIn(stopped, () => time.advance(0))).toBe(true);
    expect(destination.kept).toEqual(range(0, 25));
    expect(destination.closed).toBe(1);
    expect(time.timers).toBe(0);
    expect(counters).toMatchObject({ sentTotal: 25, queuedEntries: 0 });
  });

  it("retries at once in the middle of a back-off, and drops the rest at the deadline", async () => {
    const { offer, time, destination, delivery, counters } = aDelivery({ random: () => 0.99 });
    destination.answer = retry();
    offer(0, 15);
    await time.advance(20_000);
    const before = destination.deliveries.length;
    const stopped = delivery.stop(3500);
    await time.advance(0);
    expect(destination.deliveries.length).toBe(before + 1);
    expect(await settlesIn(stopped, () => time.advance(3500))).toBe(true);
    expect(destination.deliveries.length).toBe(before + 3);
    expect(counters.dropped.stopped).toBe(15);
    expect(counters).toMatchObject({ queuedEntries: 0, queuedBytes: 0 });
    expectBalance(counters);
  });

  it.each<Answer>(["hang", "deaf"])("does not wait for a delivery that never ends (%s)", async (answer) => {
    const { offer, time, destination, delivery, counters, troubles } = aDelivery();
    destination.answer = answer;
    offer(0, 15);
    const stopped = delivery.stop(3000);
    expect(time.holding).toBe(1);
    expect(await settlesIn(stopped, () => time.advance(2999))).toBe(false);
    expect(await settlesIn(stopped, () => time.advance(1))).toBe(true);
    expect(counters.dropped.stopped).toBe(15);
    expect(troubles).toEqual([]);
    destination.release();
    await time.advance(60_000);
    expectBalance(counters);
    expect(destination.deliveries).toHaveLength(1);
  });

  it("stops at once when stop is called again with no time left", async () => {
    const { offer, time, destination, delivery, counters } = aDelivery();
    destination.answer = retry();
    offer(0, 15);
    const stopped = delivery.stop(20_000);
    expect(await settlesIn(stopped, () => time.advance(5000))).toBe(false);
    void delivery.stop(1000);
    expect(await settlesIn(stopped, () => time.advance(1000))).toBe(false);
    void delivery.stop(0);
    expect(await settlesIn(stopped, () => time.advance(0))).toBe(true);
    expect(counters.dropped.stopped).toBe(15);
    expectBalance(counters);
  });

  it("writes what is left to the spool, in order", async () => {
    const { offer, time, destination, delivery, counters, spool } = aDelivery({ withSpool: true });
    destination.answer = "deaf";
    offer(0, 45);
    const stopped = delivery.stop(800);
    expect(await settlesIn(stopped, () => time.advance(800))).toBe(true);
    expect(numbersOf(spool.stored)).toEqual(range(0, 45));
    expect(counters).toMatchObject({ spooledEntries: 45, queuedEntries: 0 });
    expect(spool.closed).toBe(1);
  });

  it("writes everything to the spool even with a limit of 0", async () => {
    const { offer, time, delivery, spool, destination } = aDelivery({ withSpool: true });
    destination.answer = "hang";
    offer(0, 45);
    expect(await settlesIn(delivery.stop(0), () => time.advance(0))).toBe(true);
    expect(numbersOf(spool.stored)).toEqual(range(0, 45));
  });

  it("leaves spooled entries on the disk, and appends what waits", async () => {
    const { offer, time, destination, delivery, spool, counters } = aDelivery({ withSpool: true });
    destination.answer = retry();
    offer(0, 25);
    await time.advance(6000);
    offer(25, 35);
    const stopped = delivery.stop(1000);
    offer(35, 37);
    expect(await settlesIn(stopped, () => time.advance(1000))).toBe(true);
    expect(numbersOf(spool.stored)).toEqual(range(0, 37));
    expect(counters.spooledEntries).toBe(37);
    expectBalance(counters);
  });

  it("ends although the disk hangs, and counts each entry once", async () => {
    const { offer, time, destination, delivery, spool, counters } = aDelivery({ withSpool: true });
    destination.answer = retry();
    offer(0, 25);
    await time.advance(4000);
    spool.pause();
    const stopped = delivery.stop(1000);
    expect(await settlesIn(stopped, () => time.advance(4000))).toBe(true);
    expect(counters.dropped.stopped).toBe(25);
    spool.isBroken = true;
    spool.resume();
    await time.advance(1000);
    expectBalance(counters);
  });

  it("returns the same promise to every caller, and drops entries that are offered later", async () => {
    const { offer, time, destination, delivery, counters } = aDelivery();
    const first = delivery.stop(1000);
    expect(delivery.stop(5)).toBe(first);
    await time.advance(0);
    await first;
    offer(0, 3);
    expect(counters.dropped.stopped).toBe(3);
    expectBalance(counters);
    await time.advance(5000);
    expect(destination.deliveries).toEqual([]);
    expect(destination.closed).toBe(1);
  });
});

describe("a flush", () => {
  it("resolves when the entries offered before are delivered, whatever is offered meanwhile", async () => {
    const { offer, time, destination, delivery } = aDelivery();
    offer(0, 3);
    const flushed = delivery.flush(5000);
    destination.answer = (batch) => {
      if (batch.some(({ line }) => line === "2")) offer(3, 5);
      return done;
    };
    expect(await settlesIn(flushed, () => time.advance(0))).toBe(true);
    expect(destination.kept.slice(0, 3)).toEqual([0, 1, 2]);
    await time.advance(1000);
    expect(destination.kept).toEqual(range(0, 5));
  });

  it("resolves at its limit, and at once when there is nothing", async () => {
    const { offer, time, destination, delivery, counters } = aDelivery();
    expect(await settlesIn(delivery.flush(5000), () => time.advance(0))).toBe(true);
    destination.answer = "hang";
    offer(0, 3);
    const flushed = delivery.flush(700);
    expect(await settlesIn(flushed, () => time.advance(699))).toBe(false);
    expect(await settlesIn(flushed, () => time.advance(1))).toBe(true);
    expect(counters.queuedEntries).toBe(3);
  });

  it("delivers everything from the disk", async () => {
    const { offer, time, destination, delivery } = aDelivery({ withSpool: true });
    destination.answer = retry();
    offer(0, 25);
    await time.advance(6000);
    destination.answer = done;
    expect(await settlesIn(delivery.flush(60_000), () => time.advance(10_000))).toBe(true);
    expect(destination.kept).toEqual(range(0, 25));
  });
});
