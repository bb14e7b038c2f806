import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createDelivery, type Delivery } from "../../src/delivery/delivery.ts";
import { createFileDestination } from "../../src/delivery/sinks/file-destination.ts";
import { listLogFiles } from "../../src/delivery/sinks/log-files.ts";
import { openSpool } from "../../src/delivery/spool/open-spool.ts";
import type { Spool } from "../../src/delivery/spool/spool.ts";
import { DeliveryCounters } from "../../src/prediction-log/delivery-counters.ts";
import type { Destination } from "../../src/prediction-log/destination.ts";
import { until } from "../support/until.ts";
import { expectBalance, range } from "./support/a-delivery.ts";
import { done, numbered, retry, scriptedDestination } from "./support/scripted-destination.ts";

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "outrider-delivery-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Started {
  readonly delivery: Delivery;
  readonly counters: DeliveryCounters;
  readonly troubles: string[];
}

function start(destination: Destination, spool?: Spool): Started {
  const counters = new DeliveryCounters();
  const troubles: string[] = [];
  const delivery = createDelivery({
    destination,
    spool,
    counters,
    clock: systemClock,
    random: Math.random,
    onTrouble: (detail) => troubles.push(detail),
    onRecovered: () => troubles.push("recovered"),
    options: {
      queueBytes: 1_000_000,
      batchBytes: 5000,
      batchAgeMs: 5,
      retryFirstMs: 2,
      retryMaxMs: 10,
      spoolAfterMs: 20,
    },
  });
  onTestFinished(() => delivery.stop(0));
  return { delivery, counters, troubles };
}

async function opened(directory: string): Promise<Spool> {
  const opening = await openSpool({ directory, maxBytes: 10_000_000, fsync: "never" });
  if (opening.kind !== "opened") throw new Error(opening.detail);
  return opening.spool;
}

describe("delivery to files", () => {
  it("waits until the folder is writable, and then writes every line once", async () => {
    const folder = await aFolder();
    const directory = path.join(folder, "in-the-way", "log");
    await writeFile(path.dirname(directory), "");
    const bounds = { fileBytes: 2000, fileAgeMs: 60_000, directoryBytes: 1_000_000 };
    const destination = createFileDestination({ directory, ...bounds, clock: systemClock });
    const { delivery, counters, troubles } = start(destination);
    for (const number of range(0, 500)) delivery.offer(numbered(number));
    await until(() => counters.retried.write_failed > 2, "attempts that fail");
    await rm(path.dirname(directory));
    await delivery.stop(5000);
    const files = await listLogFiles(directory);
    const texts = await Promise.all(files.map((file) => readFile(file.path, "utf8")));
    const numbers = texts.flatMap((text) => text.trimEnd().split("\n")).map(Number);
    expect(numbers.toSorted((left, right) => left - right)).toEqual(range(0, 500));
    expect(troubles).toEqual([expect.stringContaining(directory), "recovered"]);
    expect(counters).toMatchObject({ sentTotal: 500, queuedEntries: 0 });
  });
});

describe("delivery over a spool on disk", () => {
  it("leaves undelivered entries to the next process, in order and once", async () => {
    const folder = await aFolder();
    const away = scriptedDestination();
    away.answer = retry();
    const first = start(away, await opened(folder));
    for (const number of range(0, 300)) first.delivery.offer(numbered(number));
    await until(() => first.counters.spooledEntries === 300, "entries on disk");
    for (const number of range(300, 400)) first.delivery.offer(numbered(number));
    await first.delivery.stop(100);
    expect(first.counters).toMatchObject({ spooledEntries: 400, queuedEntries: 0, sentTotal: 0 });
    expectBalance(first.counters);

    const back = scriptedDestination();
    const second = start(back, await opened(folder));
    expect(second.counters).toMatchObject({ recoveredTotal: 400, spooledEntries: 400 });
    for (const number of range(400, 410)) second.delivery.offer(numbered(number));
    await second.delivery.stop(10_000);
    expect(back.kept).toEqual(range(0, 410));
    expect(second.counters).toMatchObject({ sentTotal: 410, spooledEntries: 0, queuedEntries: 0 });

    const spool = await opened(folder);
    expect(spool.entries).toBe(0);
    await spool.close();
  });

  it("keeps the order while the destination comes and goes", async () => {
    const destination = scriptedDestination();
    const { delivery, counters } = start(destination, await opened(await aFolder()));
    for (let round = 0; round < 6; round++) {
      destination.answer = round % 2 === 0 ? retry() : done;
      const last = counters.spooledTotal;
      for (const number of range(round * 200, round * 200 + 200)) delivery.offer(numbered(number));
      if (round % 2 === 0) await until(() => counters.spooledTotal >= last + 200, "entries on disk");
      else await until(() => counters.sentTotal === (round + 1) * 200, "entries delivered");
      expectBalance(counters);
    }
    expect(destination.kept).toEqual(range(0, 1200));
    expect(counters).toMatchObject({ spooledEntries: 0, queuedEntries: 0 });
  });
});
