import { describe, expect, it } from "vitest";
import { aDelivery, expectBalance, range } from "./support/a-delivery.ts";
import { done, numbered, refusing, retry } from "./support/scripted-destination.ts";

const withSpool = true;

describe("delivery over a spool", () => {
  it("does not touch the disk while deliveries go well", async () => {
    const { offer, time, spool, counters } = aDelivery({ withSpool });
    for (let number = 0; number < 1000; number += 50) {
      offer(number, number + 50);
      await time.advance(100);
    }
    await time.advance(1000);
    expect(counters).toMatchObject({ sentTotal: 1000, spooledTotal: 0 });
    expect(spool.appends).toBe(0);
  });

  it("spills after a while of failures, delivers from the disk in order, and then returns to memory", async () => {
    const { offer, time, spool, destination, counters } = aDelivery({ withSpool });
    destination.answer = retry();
    offer(0, 12);
    await time.advance(4999);
    expect(spool.entries).toBe(0);
    await time.advance(1);
    expect(spool.stored.map(({ line }) => Number(line))).toEqual(range(0, 12));
    expect(counters).toMatchObject({ queuedEntries: 0, spooledEntries: 12, spooledTotal: 12, spooledBytes: 1200 });
    offer(12, 15);
    await time.advance(1000);
    expect(spool.entries).toBe(15);
    destination.answer = done;
    await time.advance(8000);
    expect(destination.kept).toEqual(range(0, 15));
    expect(counters).toMatchObject({ sentTotal: 15, spooledEntries: 0, spooledBytes: 0 });
    offer(15, 25);
    await time.advance(1000);
    expect(destination.kept).toEqual(range(0, 25));
    expect(counters.spooledTotal).toBe(15);
  });

  it("spills at once when the queue fills up while deliveries fail", async () => {
    const { offer, time, destination, counters } = aDelivery({ withSpool, options: { spoolAfterMs: 600_000 } });
    destination.answer = retry(300_000);
    offer(0, 50);
    await time.advance(0);
    expect(counters).toMatchObject({ queuedEntries: 50, spooledEntries: 0 });
    offer(50, 51);
    await time.advance(0);
    expect(counters).toMatchObject({ queuedEntries: 1, spooledEntries: 50 });
    for (let number = 51; number < 1000; number += 10) {
      offer(number, number + 10);
      await time.advance(0);
    }
    expect(counters.dropped.queue_full).toBe(0);
  });

  it("abandons a call that hangs in favour of the disk, and never makes two calls at a time", async () => {
    const { offer, time, destination, counters, spool } = aDelivery({ withSpool });
    destination.answer = "deaf";
    offer(0, 60);
    await time.advance(999);
    expect(counters.spooledEntries).toBe(0);
    await time.advance(1);
    expect(counters).toMatchObject({ queuedEntries: 0, spooledEntries: 60 });
    await time.advance(60_000);
    expect(destination.deliveries).toHaveLength(1);
    destination.answer = done;
    destination.release();
    await time.advance(0);
    expect(destination.kept).toEqual(range(0, 60));
    expect(spool.entries).toBe(0);
  });

  it("delivers first what an earlier process has left", async () => {
    const { offer, time, destination, counters } = aDelivery({ withSpool, left: range(0, 25).map((n) => numbered(n)) });
    expect(counters).toMatchObject({ recoveredTotal: 25, spooledEntries: 25, spooledTotal: 0 });
    offer(25, 27);
    expectBalance(counters);
    await time.advance(1000);
    expect(destination.kept).toEqual(range(0, 27));
    expect(counters).toMatchObject({ sentTotal: 27, spooledTotal: 0 });
  });

  it("keeps entries in the queue while the disk is busy, and their order", async () => {
    const { offer, time, destination, counters, spool } = aDelivery({ withSpool });
    destination.answer = retry();
    offer(0, 10);
    await time.advance(4000);
    spool.pause();
    await time.advance(1000);
    offer(10, 60);
    await time.advance(1000);
    expect(counters).toMatchObject({ queuedEntries: 60, spooledEntries: 0 });
    expectBalance(counters);
    destination.answer = done;
    spool.resume();
    await time.advance(10_000);
    expect(destination.kept).toEqual(range(0, 60));
  });

  it("retries a batch from the disk with the very same entries", async () => {
    const { time, destination, counters } = aDelivery({ withSpool, left: range(0, 10).map((n) => numbered(n)) });
    destination.answer = retry();
    await time.advance(3000);
    expect(destination.deliveries.length).toBeGreaterThan(2);
    for (const batch of destination.batches) expect(batch).toBe(destination.batches[0]);
    destination.answer = done;
    await time.advance(20_000);
    expect(destination.kept).toEqual(range(0, 10));
    expect(counters.spooledEntries).toBe(0);
  });

  it("counts entries that the disk drops, that are damaged there and that the destination refuses", async () => {
    const { offer, time, destination, counters, spool, troubles } = aDelivery({ withSpool });
    destination.answer = retry();
    spool.capacity = 20;
    offer(0, 30);
    await time.advance(5000);
    offer(30, 40);
    await time.advance(1000);
    expect(counters).toMatchObject({ spooledEntries: 20, queuedEntries: 0 });
    expect(counters.dropped.spool_full).toBe(20);
    expect(troubles).toEqual(["connection refused", "the spool is full: its oldest entries are dropped"]);
    spool.damageNext = 3;
    destination.answer = refusing("too_old", 1);
    await time.advance(10_000);
    // Damage is met by the second peek at the latest: the first batch may have been read before.
    expect(counters.dropped.spool_failed).toBe(3);
    expect(counters).toMatchObject({ spooledEntries: 0, spoolDamagedTotal: 1 });
    expectBalance(counters);
  });

  it("stays in memory for a while when the disk fails", async () => {
    const { offer, time, destination, counters, spool, troubles } = aDelivery({ withSpool });
    destination.answer = retry();
    spool.isBroken = true;
    offer(0, 10);
    await time.advance(5000);
    expect(counters.dropped.spool_failed).toBe(10);
    expect(troubles).toEqual(["connection refused", "the spool cannot be written: its entries were dropped"]);
    offer(10, 70);
    await time.advance(4999);
    expect(counters).toMatchObject({ queuedEntries: 60 });
    spool.isBroken = false;
    await time.advance(1);
    expect(counters).toMatchObject({ queuedEntries: 0, spooledEntries: 60 });
  });

  it("counts the time of failing from the last success", async () => {
    const { offer, time, destination, counters } = aDelivery({ withSpool });
    for (const end of [done, refusing("too_large", 1)]) {
      destination.answer = retry();
      offer(0, 1);
      await time.advance(3000);
      destination.answer = end;
      await time.advance(20_000);
      expect(counters).toMatchObject({ queuedEntries: 0, spooledTotal: 0 });
    }
    destination.answer = retry();
    offer(0, 10);
    await time.advance(4999);
    expect(counters.spooledTotal).toBe(0);
    await time.advance(1);
    expect(counters.spooledTotal).toBe(10);
  });

  it("lets a call take its time after the disk failed", async () => {
    const { offer, time, destination, counters, spool } = aDelivery({ withSpool });
    destination.answer = retry();
    spool.isBroken = true;
    offer(0, 10);
    await time.advance(20_000);
    spool.isBroken = false;
    destination.answer = "hang";
    offer(10, 20);
    await time.advance(4999);
    expect(counters).toMatchObject({ queuedEntries: 10 });
    await time.advance(1);
    expect(counters).toMatchObject({ queuedEntries: 0, spooledEntries: 10 });
  });

  it("delivers from memory while a disk that failed is left alone", async () => {
    const { offer, time, destination, counters, spool } = aDelivery({ withSpool, options: { retryMaxMs: 1000 } });
    destination.answer = retry();
    spool.isBroken = true;
    offer(0, 10);
    await time.advance(5000);
    offer(10, 70);
    await time.advance(1000);
    destination.answer = done;
    await time.advance(3000);
    expect(destination.kept).toEqual(range(10, 70));
    expect(counters.spooledTotal).toBe(0);
  });

  it("asks again when the disk cannot be read for now", async () => {
    const { time, destination, spool } = aDelivery({ withSpool, left: range(0, 15).map((n) => numbered(n)) });
    const peek = spool.peek.bind(spool);
    let isPutOff = true;
    spool.peek = (maxBytes) => {
      if (!isPutOff) return peek(maxBytes);
      isPutOff = false;
      return Promise.resolve({ batch: undefined, lost: new Map() });
    };
    await time.advance(0);
    expect(destination.kept).toEqual(range(0, 15));
  });

  it("returns to memory when all entries of the disk were refused", async () => {
    const { offer, time, destination, counters } = aDelivery({ withSpool, left: range(0, 3).map((n) => numbered(n)) });
    destination.answer = refusing("too_large", 3);
    await time.advance(20_000);
    expect(counters.dropped.too_large).toBe(3);
    destination.answer = retry();
    offer(3, 5);
    await time.advance(5999);
    expect(counters).toMatchObject({ queuedEntries: 2, spooledEntries: 0 });
    await time.advance(1);
    expect(counters).toMatchObject({ queuedEntries: 0, spooledEntries: 2 });
  });

  it("corrects its counters when the disk has fewer entries than they say", async () => {
    const left = range(0, 15).map((n) => numbered(n));
    const { time, counters, spool } = aDelivery({ withSpool, left });
    const peek = spool.peek.bind(spool);
    spool.peek = async (maxBytes) => ({ ...(await peek(maxBytes)), lost: new Map() });
    spool.damageNext = 5;
    await time.advance(0);
    expect(counters).toMatchObject({ spooledEntries: 0 });
    expect(counters.dropped.spool_failed).toBe(5);
  });
});
