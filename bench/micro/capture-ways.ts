/**
 * The measured process of capture-threads.ts: a driver offers exchanges at a steady rate to one way of processing them,
 * and reports CPU, memory and the delay of a 1 ms timer. Started by a message, replies with one.
 */
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { systemClock } from "../../src/clock.ts";
import type { Exchange } from "../../src/exchange.ts";
import type { ExchangeContent, ContentConsumer } from "../../src/payload/exchange-content.ts";
import { createReader } from "../../test/support/create-reader.ts";
import { PredictionMetrics } from "../../src/metrics/predictions/prediction-metrics.ts";
import { createCapture } from "../../src/capture/capture.ts";
import { anExchange, aRoute } from "../../test/support/an-exchange.ts";

/** Where bodies are processed, and how they get there. */
export const ways = ["none", "loop", "worker-ring", "worker-messages"] as const;

/** See {@link ways}. */
export type Way = (typeof ways)[number];

/** One measurement. */
export interface Order {
  readonly way: Way;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Results of one measurement. */
export interface Findings {
  readonly exchanges: number;
  readonly readExchanges: number;
  readonly mainMicroseconds: number;
  readonly totalMicroseconds: number;
  readonly residentBytes: number;
  /** How late the worst and the 99.9th percentile of the timer's calls were. */
  readonly worstDelayMs: number;
  readonly highDelayMs: number;
}

const featureCount = 40;
const edgeCount = 20;
const bodies = Array.from({ length: 64 }, (_, body) => {
  const numbers = Array.from({ length: featureCount }, (_, i) => Math.sin(body * 97.1 + i * 12.9898) * 3);
  return {
    request: Buffer.from(JSON.stringify({ inputs: [numbers] })),
    response: Buffer.from(JSON.stringify({ predictions: numbers.map((value) => value / 2) })),
  };
});

const captured = (bytes: Uint8Array): NonNullable<Exchange["requestBody"]> => ({
  bytes,
  complete: true,
  contentType: "application/json",
  contentEncoding: "",
});

const route = aRoute();
const exchanges = bodies.map(({ request, response }) =>
  anExchange({ route, target: "/invocations", requestBody: captured(request), responseBody: captured(response) }),
);

/** Stands for drift: a cell for each feature of each row. */
class FeatureBins implements ContentConsumer {
  readonly #edges = Float64Array.from({ length: edgeCount }, (_, edge) => (edge - edgeCount / 2) / 3);
  readonly #cells = new Float64Array(featureCount * (edgeCount + 1));

  count({ request }: ExchangeContent): void {
    const table = request?.features;
    if (table === undefined) return;
    const width = table.columns.names.length;
    for (let at = 0; at < table.rowCount * width; at++) {
      const cell = (at % width) * (edgeCount + 1) + this.#binOf(table.cells[at] as number);
      this.#cells[cell] = (this.#cells[cell] ?? 0) + 1;
    }
  }

  #binOf(value: number): number {
    let [low, high] = [0, edgeCount];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#edges[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sinks(): readonly ContentConsumer[] {
  return [new PredictionMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 8 }), new FeatureBins()];
}

const newReader = (): ReturnType<typeof createReader> =>
  createReader("mlflow", { limits: { columns: 1000, rows: 10_000, depth: 64 } });

/** A running way. */
interface Running {
  observe(exchange: Exchange): void;
  /** Ends it; gives the number of processed exchanges. */
  stop(): Promise<number>;
}

const starts: Readonly<Record<Way, () => Promise<Running>>> = {
  none: async () => ({ observe: () => {}, stop: async () => 0 }),
  loop: async () => {
    const options = { sampleRatio: 1, cpuRatio: 1, queueBytes: 8_388_608, decodedBytes: 4_194_304 };
    const capture = createCapture({ ...options, consumers: sinks(), clock: systemClock });
    capture.serve(newReader(), "path");
    return {
      observe: (exchange) => capture.observer.observe(exchange),
      stop: async () => capture.counters.read.request,
    };
  },
  "worker-ring": startRing,
  "worker-messages": startMessages,
};

const ringBytes = 8_388_608;
/** Places in the words that both threads share. */
const written = 0;
const taken = 1;
const isWaiting = 2;
const readCount = 3;
const headBytes = 8;

/** Says that the ring goes on at its start. */
const goesOn = 0xffff_ffff;

/** Views of the memory that both threads share. */
class SharedRing {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(shared: { readonly words: SharedArrayBuffer; readonly ring: SharedArrayBuffer }) {
    this.words = new Int32Array(shared.words);
    this.bytes = new Uint8Array(shared.ring);
    this.view = new DataView(shared.ring);
  }

  /** Copies two bodies; false when there is no room. */
  add(request: Uint8Array, response: Uint8Array): boolean {
    const length = (headBytes + request.length + response.length + 7) & ~7;
    let at = this.words[written] ?? 0;
    const left = ringBytes - (at % ringBytes);
    const skipped = left < length ? left : 0;
    if (at + skipped + length - Atomics.load(this.words, taken) > ringBytes) return false;
    if (skipped > 0) this.view.setUint32(at % ringBytes, goesOn);
    at += skipped;
    const place = at % ringBytes;
    this.view.setUint32(place, request.length);
    this.view.setUint32(place + 4, response.length);
    this.bytes.set(request, place + headBytes);
    this.bytes.set(response, place + headBytes + request.length);
    Atomics.store(this.words, written, at + length);
    return true;
  }
}

/** A ring in shared memory; the worker sleeps on a word and is woken by the first exchange that comes. */
async function startRing(): Promise<Running> {
  const shared = { words: new SharedArrayBuffer(16), ring: new SharedArrayBuffer(ringBytes) };
  const ring = new SharedRing(shared);
  const worker = await startWorker({ way: "worker-ring", shared });
  return {
    observe: ({ requestBody, responseBody }) => {
      if (requestBody === undefined || responseBody === undefined) return;
      if (!ring.add(requestBody.bytes, responseBody.bytes)) return;
      if (Atomics.compareExchange(ring.words, isWaiting, 1, 0) === 1) Atomics.notify(ring.words, isWaiting);
    },
    stop: async () => {
      await worker.terminate();
      return Atomics.load(ring.words, readCount);
    },
  };
}

const batchBytes = 65_536;

/** Copies into a block that is posted when it is full or the turn of the event loop ends. */
async function startMessages(): Promise<Running> {
  const worker = await startWorker({ way: "worker-messages" });
  let block = new Uint8Array(batchBytes);
  let length = 0;
  let isPosted = true;
  let readExchanges = 0;
  worker.on("message", (read: number) => (readExchanges = read));
  const post = (): void => {
    isPosted = true;
    if (length === 0) return;
    worker.postMessage({ block, length }, [block.buffer]);
    block = new Uint8Array(batchBytes);
    length = 0;
  };
  return {
    observe: ({ requestBody, responseBody }) => {
      if (requestBody === undefined || responseBody === undefined) return;
      const [request, response] = [requestBody.bytes, responseBody.bytes];
      if (length + headBytes + request.length + response.length > batchBytes) post();
      const view = new DataView(block.buffer);
      view.setUint32(length, request.length);
      view.setUint32(length + 4, response.length);
      block.set(request, length + headBytes);
      block.set(response, length + headBytes + request.length);
      length += headBytes + request.length + response.length;
      if (!isPosted) return;
      isPosted = false;
      setImmediate(post);
    },
    stop: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.once("message", () => resolve());
      worker.postMessage("count", []);
      await promise;
      await worker.terminate();
      return readExchanges;
    },
  };
}

const labels = { model: "iris", version: "1", variant: "stable", requestId: "", labelId: "" } as const;

async function startWorker(data: object): Promise<Worker> {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
  await new Promise((resolve) => worker.once("online", resolve));
  return worker;
}

/** Reads and counts what stands at `at`; returns where it ends. */
function pieceReader(): (bytes: Uint8Array, view: DataView, at: number) => number {
  const reader = newReader();
  const counting = sinks();
  const [contentType, target] = ["application/json", "/invocations"];
  return (bytes, view, at) => {
    const middle = at + headBytes + view.getUint32(at);
    const end = middle + view.getUint32(at + 4);
    // Copied where the memory is shared: a TextDecoder takes no view of it.
    const request = reader.readRequest({ bytes: bytes.slice(at + headBytes, middle), contentType, target });
    const response = reader.readResponse({ bytes: bytes.slice(middle, end), contentType, target });
    const reading: ExchangeContent = {
      ...labels,
      atMs: Date.now(),
      request: request.kind === "read" ? request.value : undefined,
      response: response.kind === "read" ? response.value : undefined,
    };
    for (const sink of counting) sink.count(reading);
    return end;
  };
}

function workOnRing(shared: { readonly words: SharedArrayBuffer; readonly ring: SharedArrayBuffer }): void {
  const { words, bytes, view } = new SharedRing(shared);
  const read = pieceReader();
  let at = 0;
  for (;;) {
    while (at < Atomics.load(words, written)) {
      const place = at % ringBytes;
      if (view.getUint32(place) === goesOn) at += ringBytes - place;
      else at += (read(bytes, view, place) - place + 7) & ~7;
      Atomics.store(words, taken, at);
      Atomics.add(words, readCount, view.getUint32(place) === goesOn ? 0 : 1);
    }
    Atomics.store(words, isWaiting, 1);
    if (at === Atomics.load(words, written)) Atomics.wait(words, isWaiting, 1);
    else Atomics.store(words, isWaiting, 0);
  }
}

function workOnMessages(): void {
  const read = pieceReader();
  let readExchanges = 0;
  parentPort?.on("message", (message: "count" | { readonly block: Uint8Array; readonly length: number }) => {
    if (message === "count") return parentPort?.postMessage(readExchanges, []);
    const view = new DataView(message.block.buffer);
    for (let at = 0; at < message.length; readExchanges++) at = read(message.block, view, at);
    return undefined;
  });
}

/** Gives exchanges for so long; a timer of 1 ms is both what drives them and what is measured. */
async function drive(running: Running, { perSecond, seconds }: Order): Promise<Omit<Findings, "readExchanges">> {
  const delays: number[] = [];
  const began = { main: process.threadCpuUsage(), all: process.cpuUsage(), atMs: performance.now() };
  let given = 0;
  for (let last = began.atMs; last - began.atMs < seconds * 1000;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const nowMs = performance.now();
    delays.push(nowMs - last - 1);
    const due = Math.floor(((nowMs - began.atMs) / 1000) * perSecond);
    for (; given < due; given++) running.observe(exchanges[given % exchanges.length] as Exchange);
    last = performance.now();
  }
  const main = process.threadCpuUsage(began.main);
  const all = process.cpuUsage(began.all);
  delays.sort((a, b) => a - b);
  return {
    exchanges: given,
    mainMicroseconds: main.user + main.system,
    totalMicroseconds: all.user + all.system,
    residentBytes: process.memoryUsage.rss(),
    worstDelayMs: delays.at(-1) ?? 0,
    highDelayMs: delays[Math.floor(delays.length * 0.999)] ?? 0,
  };
}

async function obey(order: Order): Promise<void> {
  const running = await starts[order.way]();
  await drive(running, { ...order, seconds: 2 });
  const seen = await drive(running, order);
  const readExchanges = await running.stop();
  const findings: Findings = { ...seen, readExchanges };
  process.send?.(findings, () => process.disconnect?.());
}

if (isMainThread) process.once("message", (order) => void obey(order as Order));
else if (workerData.way === "worker-ring") workOnRing(workerData.shared);
else workOnMessages();
