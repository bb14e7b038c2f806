/**
 * What the log of predictions takes of the relay's thread: for each exchange at 1 %, for each record, and part by part.
 * Times of whole ways are processor time of this thread, with everything that comes of an exchange later: reading,
 * batches, answers. A figure is the median over interleaved rounds, its spread the quartiles.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { BodyTelemetry } from "../../src/assembly/body-telemetry.ts";
import type { ExchangeObserver } from "../../src/exchange.ts";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import { startLoki } from "../predictions/start-loki.ts";
import { startLog, sumOfMetric, type Settings } from "../predictions/start-log.ts";
import { SyntheticExchange } from "../predictions/synthetic-exchange.ts";
import { type Finding, findingTable } from "./findings.ts";
import { timeInterleaved } from "./interleaved-times.ts";
import {
  compressedPushes,
  fileBatches,
  logParts,
  lokiBatches,
  pushTexts,
  someEntries,
  type BatchWork,
} from "./prediction-log-workload.ts";
import { threadTimes } from "./thread-time.ts";

/** How much is done in a round. */
interface Amounts {
  readonly rounds: number;
  readonly exchanges: number;
  readonly batches: number;
}

const perBatch = 200;
/** Where all are logged, so many times fewer are passed. */
const fewerTimes = 10;
/** Exchanges that end in one turn of the event loop at full speed. */
const perTurn = 20;

/** Measures all of it and gives the table. */
export async function report(isQuick: boolean): Promise<string> {
  const amounts = isQuick
    ? { rounds: 3, exchanges: 10_000, batches: 10 }
    : { rounds: 15, exchanges: 100_000, batches: 50 };
  return findingTable([
    ...(await exchangeFindings(amounts)),
    ...(await partFindings(isQuick ? 10 : 60)),
    ...(await batchFindings(amounts)),
  ]);
}

const logged: Settings = { PREDICTIONS_ENABLED: "true", PREDICTIONS_RECORD_BYTES_PER_SECOND: "1GiB" };
/** All bodies are read, whatever that costs, and none but those that are logged. */
const readAll: Settings = { READING_SAMPLE: "1", READING_CPU: "1" };
const readLogged: Settings = { READING_SAMPLE: "0" };

/** Whole ways of exchanges: the same ones with and without the log. */
async function exchangeFindings({ rounds, exchanges }: Amounts): Promise<readonly Finding[]> {
  const loki = await startLoki();
  const toFiles = (): Settings => ({ ...logged, PREDICTIONS_DIRECTORY: makeScratchFolder("log") });
  const telemetries = {
    readAlone: await startLog(readAll),
    readFiles: await startLog({ ...readAll, ...toFiles() }),
    files: await startLog({ ...readLogged, ...toFiles() }),
    loki: await startLog({ ...readLogged, ...logged, PREDICTIONS_SINKS: "loki", LOKI_URL: loki.url }),
    // Faster than any disk has to be: what waits for it must not be dropped.
    allFiles: await startLog({
      ...readLogged,
      ...toFiles(),
      PREDICTIONS_SAMPLE: "1",
      MEMORY_BUDGET_BYTES: "2GiB",
    }),
  };
  const passing =
    ({ observer }: { readonly observer: ExchangeObserver }) =>
    (): Promise<void> =>
      passAll(observer, exchanges);
  const fewer = exchanges / fewerTimes;
  const times = await threadTimes(
    {
      none: passing({ observer: noObserver }),
      readAlone: passing(telemetries.readAlone),
      readFiles: passing(telemetries.readFiles),
      files: passing(telemetries.files),
      loki: passing(telemetries.loki),
      allFiles: () => passAll(telemetries.allFiles.observer, fewer),
      fewerNone: () => passAll(noObserver, fewer),
    },
    rounds,
  );
  for (const telemetry of Object.values(telemetries)) await telemetry.stop();
  await loki.stop();
  refuseLosses(Object.values(telemetries));
  const beyond = (way: readonly number[], base: readonly number[], count = exchanges): readonly number[] =>
    way.map((microseconds, round) => (microseconds - (base[round] ?? Number.NaN)) / count);
  const title = "1 % of the exchanges logged";
  return [
    {
      title: `${title} to files, all read: µs an exchange more`,
      values: beyond(times.readFiles, times.readAlone),
      limit: 2,
    },
    {
      title: `${title} to files, others not read: µs an exchange`,
      values: beyond(times.files, times.none),
      limit: 2,
    },
    { title: `${title} to Loki, others not read: µs an exchange`, values: beyond(times.loki, times.none), limit: 2 },
    { title: "all exchanges logged to files: µs an exchange", values: beyond(times.allFiles, times.fewerNone, fewer) },
  ];
}

const noObserver: ExchangeObserver = { observe: () => {} };

async function passAll(observer: ExchangeObserver, exchanges: number): Promise<void> {
  const exchange = new SyntheticExchange();
  for (let count = 1; count <= exchanges; count++) {
    observer.observe(exchange.next());
    if (count % perTurn === 0) await nextTurn();
  }
}

/** Records that were not made or not delivered would make the log look cheap. */
function refuseLosses(started: readonly BodyTelemetry[]): void {
  for (const telemetry of started) {
    const sum = (metric: string): number => sumOfMetric(telemetry, `outrider_prediction_log_${metric}`);
    const lost = sum("dropped_total") + sum("unread_records_total") + sum("failed_total");
    if (lost > 0) throw new Error(`${lost} of ${sum("kept_total")} records were lost or made without bodies`);
  }
}

async function partFindings(rounds: number): Promise<readonly Finding[]> {
  const times = timeInterleaved(await logParts(), { rounds, calls: 500 });
  const less = (part: readonly number[], base: readonly number[]): readonly number[] =>
    part.map((microseconds, round) => microseconds - (base[round] ?? Number.NaN));
  return [
    { title: "not kept: deciding, µs", values: less(times.notKept, times.exchange) },
    { title: "kept: deciding, draft, into the queue and out, µs", values: less(times.kept, times.exchange) },
    { title: "reading both bodies for it, µs", values: less(times.read, times.exchange) },
    { title: "record of 40 features, redacted, µs", values: times.build },
    { title: "of that redaction with the usual patterns, µs", values: less(times.build, times.buildUnredacted) },
    { title: "its line, µs", values: times.line },
    { title: "texts of its stream, µs", values: times.streams },
    { title: "offer to a sink whose queue is full, µs", values: times.offer },
  ];
}

/** Batches of many records and of one, as they are at low rates. */
async function batchFindings({ rounds, batches }: Amounts): Promise<readonly Finding[]> {
  const many = someEntries(perBatch);
  const single = many.slice(0, 1);
  const loki = await startLoki();
  const [files, pushes] = [fileBatches(), await lokiBatches(loki.url)];
  const again = (work: BatchWork["deliver"], batch: typeof many) => async (): Promise<void> => {
    for (let count = 0; count < batches; count++) await work(batch);
  };
  const times = await threadTimes(
    {
      filesMany: again(files.deliver, many),
      filesSingle: again(files.deliver, single),
      lokiMany: again(pushes.deliver, many),
      lokiSingle: again(pushes.deliver, single),
      text: again(async (batch) => pushTexts(batch), many),
      compressed: again(compressedPushes, many),
    },
    rounds,
  );
  await files.close();
  await pushes.close();
  await loki.stop();
  const each = (values: readonly number[], records: number): readonly number[] =>
    values.map((microseconds) => microseconds / batches / records);
  return [
    { title: `files: batch of ${perBatch}, µs a record`, values: each(times.filesMany, perBatch) },
    { title: "files: batch of one, µs", values: each(times.filesSingle, 1) },
    { title: `Loki: push of ${perBatch}, µs a record`, values: each(times.lokiMany, perBatch) },
    { title: "of that its text, µs a record", values: each(times.text, perBatch) },
    { title: "text, and gzip on another thread, µs a record", values: each(times.compressed, perBatch) },
    { title: "Loki: push of one, µs", values: each(times.lokiSingle, 1) },
  ];
}
