import { cp, mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Spool, SpooledBatch } from "../../../src/delivery/spool/spool.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { anEntry, anyEntry, drain, linesOf, openedSpool, someEntries, sum } from "../support/spool-entries.ts";

const smallest = { maxBytes: 65_536 } as const;

describe("the spool", () => {
  it("behaves like a queue through any sequence of appends, peeks, releases and restarts", async () => {
    const parent = await temporaryDirectory();
    const runSteps = async (steps: readonly Step[]): Promise<void> => {
      const trial = new Trial(await mkdtemp(path.join(parent, "queue-")));
      await trial.start();
      for (const step of steps) await trial.take(step);
      await trial.end();
    };
    // Five spools at once, 150 in all: most of the time is waiting for the disk.
    const anyFive = fc.array(fc.array(anyStep, { maxLength: 40 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(anyFive, async (runs) => void (await Promise.all(runs.map(runSteps)))),
      { numRuns: 30 },
    );
  });

  it("gives the same batch until it is released, and then the next one", async () => {
    const spool = await openedSpool(await temporaryDirectory());
    await spool.append(someEntries(0, 10));
    const first = await spool.peek(500);
    expect(first.batch?.entries).toEqual(someEntries(0, 2));
    expect(await spool.peek(500)).toEqual(first);
    await spool.append(someEntries(10, 12));
    expect(await spool.peek(500)).toEqual(first);
    await spool.release(first.batch!.position);
    expect(spool.entries).toBe(10);
    expect((await spool.peek(500)).batch?.entries).toEqual(someEntries(2, 4));
  });

  it("ignores a release of any batch but the one peeked last", async () => {
    const spool = await openedSpool(await temporaryDirectory());
    await spool.append(someEntries(0, 10));
    const { batch } = await spool.peek(500);
    await spool.release({ segment: 1, offset: batch!.position.offset + 1 });
    await spool.release({ segment: 2, offset: batch!.position.offset });
    expect(spool.entries).toBe(10);
    await spool.release(batch!.position);
    await spool.release(batch!.position);
    expect(spool.entries).toBe(8);
  });

  it("returns one entry that is larger than the limit, and batches that fit it exactly", async () => {
    const spool = await openedSpool(await temporaryDirectory());
    const entries = [anEntry(1, 5000), anEntry(2, 100), anEntry(3, 100)];
    await spool.append(entries);
    const { bytes } = entries[1]!;
    expect((await spool.peek(0)).batch?.entries).toEqual([entries[0]]);
    await spool.release((await spool.peek(10)).batch!.position);
    expect((await spool.peek(2 * bytes - 1)).batch?.entries).toEqual([entries[1]]);
    expect((await spool.peek(2 * bytes)).batch?.entries).toEqual([entries[1], entries[2]]);
  });

  it("leaves no segment when all entries are released", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory, smallest);
    await spool.append(someEntries(0, 50, 1000));
    expect(spool.bytes).toBeGreaterThan(50_000);
    expect((await drain(spool)).entries).toHaveLength(50);
    expect(spool).toMatchObject({ entries: 0, bytes: 0 });
    await spool.close();
    expect(await readdir(directory)).toEqual(["spool.lock.2"]);
  });

  it("makes room by dropping the oldest segment whole, and counts its entries exactly", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory, smallest);
    let lost = 0;
    for (let number = 0; number < 1000; number++) {
      const losses = await spool.append([anEntry(number, 1000)]);
      expect(new Set(losses.keys())).toEqual(new Set(losses.size === 0 ? [] : ["spool_full"]));
      lost += sum(losses);
      expect(spool.bytes).toBeLessThanOrEqual(65_536);
      expect(spool.entries).toBe(number + 1 - lost);
    }
    expect(spool.bytes).toBeGreaterThan(65_536 - 2 * 8192);
    expect((await drain(spool)).entries).toEqual(someEntries(lost, 1000, 1000));
  });

  it("drops the next segment while the oldest is being read", async () => {
    const spool = await openedSpool(await temporaryDirectory(), smallest);
    await spool.append(someEntries(0, 56, 1000));
    const { batch } = await spool.peek(3000);
    const losses = await spool.append(someEntries(56, 70, 1000));
    expect(losses).toEqual(new Map([["spool_full", 14]]));
    expect(await spool.peek(3000)).toEqual({ batch, lost: new Map() });
    await spool.release(batch!.position);
    const { entries } = await drain(spool);
    expect(linesOf(entries)).toEqual(linesOf([...someEntries(2, 7, 1000), ...someEntries(21, 70, 1000)]));
  });

  it("refuses an entry that is larger than the spool, or than the room beside the segment being read, and drops nothing for it", async () => {
    const spool = await openedSpool(await temporaryDirectory(), smallest);
    await spool.append([anEntry(0, 40_000), anEntry(1)]);
    const { batch } = await spool.peek(1);
    const losses = await spool.append([anEntry(2, 65_536), anEntry(3, 30_000), anEntry(4)]);
    expect(losses).toEqual(new Map([["spool_full", 2]]));
    await spool.release(batch!.position);
    expect(await spool.append([anEntry(5, 65_450)])).toEqual(new Map([["spool_full", 2]]));
    expect(linesOf((await drain(spool)).entries)).toEqual(linesOf([anEntry(5)]));
  });

  it("stores a record of 16 MiB, and refuses one longer than the longest frame", async () => {
    const spool = await openedSpool(await temporaryDirectory(), { maxBytes: 268_435_456 });
    const entries = [anEntry(1), anEntry(2, 16_777_216), anEntry(3)];
    expect(await spool.append([...entries, anEntry(4, 33_554_432)])).toEqual(new Map([["spool_full", 1]]));
    expect((await drain(spool)).entries).toEqual(entries);
  });

  it("starts a new segment after every start, never with the number in the cursor", async () => {
    const directory = await temporaryDirectory();
    for (let start = 0; start < 3; start++) {
      const spool = await openedSpool(directory);
      await spool.append(someEntries(start * 2, start * 2 + 2));
      await spool.close();
    }
    expect(await segmentsIn(directory)).toEqual([1, 2, 3]);
    const spool = await openedSpool(directory);
    expect(spool.entries).toBe(6);
    expect((await drain(spool, 1)).entries).toEqual(someEntries(0, 6));
    await spool.close();
    const next = await openedSpool(directory);
    await next.append([anEntry(6)]);
    expect(await segmentsIn(directory)).toEqual([4]);
  });

  it("drops what no longer fits when it is opened with a smaller bound", async () => {
    const directory = await temporaryDirectory();
    const large = await openedSpool(directory, { maxBytes: 131_072 });
    await large.append(someEntries(0, 100, 1000));
    await large.close();
    const spool = await openedSpool(directory, smallest);
    expect(spool.entries).toBe(100);
    const lost = sum(await spool.append([anEntry(100, 1000)]));
    expect(spool.bytes).toBeLessThanOrEqual(65_536);
    expect((await drain(spool)).entries).toEqual(someEntries(lost, 101, 1000));
  });

  it("leaves other files alone", async () => {
    const directory = await temporaryDirectory();
    const foreign = ["notes.txt", "spool-1.seg", "spool-0000000002.seg.bak", "spool-00000000x1.seg"];
    for (const name of foreign) await writeFile(path.join(directory, name), "not mine");
    await mkdir(path.join(directory, "spool-0000000001.seg"));
    const spool = await openedSpool(directory);
    await spool.append([anEntry(1)]);
    await drain(spool);
    expect(spool.damagedTotal).toBe(0);
    expect(await readdir(directory)).toEqual(expect.arrayContaining(foreign));
  });

  it("runs overlapping calls one after the other", async () => {
    const spool = await openedSpool(await temporaryDirectory(), smallest);
    const appends = Array.from({ length: 20 }, (_, index) => spool.append([anEntry(index, 500)]));
    const peeked = spool.peek(1);
    const more = spool.append([anEntry(20, 500)]);
    await Promise.all([...appends, more]);
    expect((await peeked).batch?.entries).toEqual([anEntry(0, 500)]);
    expect((await drain(spool)).entries).toEqual(someEntries(0, 21, 500));
  });

  it("reports entries that are appended after close as lost", async () => {
    const directory = await temporaryDirectory();
    const spool = await openedSpool(directory);
    await spool.append(someEntries(0, 3));
    const { batch } = await spool.peek(1);
    await spool.close();
    await spool.close();
    expect(await spool.append(someEntries(3, 5))).toEqual(new Map([["spool_failed", 2]]));
    expect(await spool.peek(1)).toEqual({ batch: undefined, lost: new Map() });
    await spool.release(batch!.position);
    const next = await openedSpool(directory);
    expect((await drain(next)).entries).toEqual(someEntries(0, 3));
  });
});

type Step =
  | { readonly kind: "append"; readonly entries: readonly LogEntry[] }
  | { readonly kind: "peek"; readonly maxBytes: number }
  | { readonly kind: "release" | "reopen" | "crash" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("append"), entries: fc.array(anyEntry, { maxLength: 12 }) }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant("peek"), maxBytes: fc.integer({ min: 0, max: 40_000 }) }), weight: 4 },
  { arbitrary: fc.constant({ kind: "release" } as const), weight: 3 },
  { arbitrary: fc.constant({ kind: "reopen" } as const), weight: 1 },
  { arbitrary: fc.constant({ kind: "crash" } as const), weight: 1 },
);

/** A spool of the smallest size beside an array that should hold the same. */
class Trial {
  #directory: string;
  #spool!: Spool;
  #batch: SpooledBatch | undefined;
  readonly #expected: LogEntry[] = [];
  /** Entries of the array of which the spool has said that they are gone. */
  #gone = 0;
  #number = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async start(): Promise<void> {
    this.#spool = await openedSpool(this.#directory, smallest);
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "append") await this.#append(step.entries);
    else if (step.kind === "peek") await this.#peek(step.maxBytes);
    else if (step.kind === "release") await this.#release();
    else await this.#startAgain(step.kind === "crash");
    expect(this.#spool.entries).toBe(this.#expected.length - this.#gone);
    expect(this.#spool.bytes).toBeLessThanOrEqual(65_536);
    expect(this.#spool.damagedTotal).toBe(0);
  }

  /** Nothing is there beyond what was expected, and nothing is missing but what was said. */
  async end(): Promise<void> {
    const { entries } = await drain(this.#spool);
    this.#find(entries);
    expect(this.#expected.splice(0, entries.length)).toEqual(entries);
    expect(this.#expected).toHaveLength(this.#gone);
    await this.#spool.close();
  }

  async #append(given: readonly LogEntry[]): Promise<void> {
    const entries = given.map((entry) => {
      const timeNs = String(10_000 + this.#number++);
      return { ...entry, timeNs, bytes: entry.bytes - entry.timeNs.length + timeNs.length };
    });
    const losses = await this.#spool.append(entries);
    this.#expected.push(...entries);
    expect([...losses.keys()].filter((reason) => reason !== "spool_full")).toEqual([]);
    // Without a batch that is kept it is the oldest that went.
    if (this.#batch === undefined && this.#gone === 0) this.#expected.splice(0, sum(losses));
    else this.#gone += sum(losses);
  }

  async #peek(maxBytes: number): Promise<void> {
    const { batch, lost } = await this.#spool.peek(maxBytes);
    expect(lost.size).toBe(0);
    expect(batch === undefined).toBe(this.#expected.length === this.#gone);
    if (this.#batch !== undefined) expect(batch?.entries[0]).toEqual(this.#batch.entries[0]);
    this.#batch = batch;
    if (batch === undefined) return;
    const reckoned = batch.entries.reduce((total, { bytes }) => total + bytes, 0);
    if (batch.entries.length > 1) expect(reckoned).toBeLessThanOrEqual(maxBytes);
    this.#find(batch.entries);
    expect(this.#expected.slice(0, batch.entries.length)).toEqual(batch.entries);
  }

  async #release(): Promise<void> {
    if (this.#batch === undefined) return;
    await this.#spool.release(this.#batch.position);
    this.#expected.splice(0, this.#batch.entries.length);
    this.#batch = undefined;
  }

  async #startAgain(isCrash: boolean): Promise<void> {
    const image = `${this.#directory}+`;
    if (isCrash) await cp(this.#directory, image, { recursive: true, filter: (name) => !name.includes(".lock.") });
    await this.#spool.close();
    if (isCrash) this.#directory = image;
    this.#batch = undefined;
    await this.start();
  }

  /** Takes those out of the array that were said to be gone and are not among what was read. */
  #find(entries: readonly LogEntry[]): void {
    for (const [index, { timeNs }] of entries.entries()) {
      while (this.#gone > 0 && this.#expected[index]?.timeNs !== timeNs) {
        this.#expected.splice(index, 1);
        this.#gone--;
      }
    }
  }
}

async function segmentsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.endsWith(".seg")).map((name) => Number(name.slice(6, 16)));
}
