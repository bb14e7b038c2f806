/**
 * A relay that also logs synthetic exchanges at a fixed rate, on the relay's thread: more than a client on the
 * same machine could send. Reading and sinks are the product's own; the relay itself reads nothing. Prints its port, feeds more and
 * more for two seconds while compilers are at work, then at the full rate until SIGTERM, then delivers what waits and ends
 * with one line of JSON.
 *
 * Usage: node bench/predictions/feeding-relay.ts '{"upstreamPort":8080,"recordsPerSecond":20000,"directory":"/tmp/x"}'
 */
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import { createLogger } from "../../src/logging/logger.ts";
import { startSidecar, type Sidecar } from "../../src/sidecar.ts";
import { configOf, startLog, sumOfMetric } from "./start-log.ts";
import { SyntheticExchange } from "./synthetic-exchange.ts";

/** Its one argument, as JSON. */
export interface FeedingOptions {
  readonly upstreamPort: number;
  /** 0 feeds none. */
  readonly recordsPerSecond: number;
  /** Where the sink `file` writes. */
  readonly directory: string;
}

/** What it says at its end. */
export interface FeedingReport {
  readonly fed: number;
  /** At the full rate, as far as that was kept. */
  readonly fedPerSecond: number;
  readonly records: number;
  readonly recordBytes: number;
  /** Records whose bodies were not read, because too many waited. */
  readonly unread: number;
  readonly sent: number;
  readonly dropped: number;
}

const tickMs = 1;
const rampSeconds = 2;

const { upstreamPort, recordsPerSecond, directory } = JSON.parse(process.argv[2] ?? "{}") as FeedingOptions;
const sidecar = await startRelayAlone();
const log = await startLog({
  PREDICTIONS_ENABLED: "true",
  PREDICTIONS_SAMPLE: "1",
  PREDICTIONS_RECORD_BYTES_PER_SECOND: "1GiB",
  PREDICTIONS_DIRECTORY: directory,
  // What drift makes of the rows is not asked here.
  READING_SAMPLE: "0",
});
process.stdout.write(`${sidecar.listenAddress.slice(sidecar.listenAddress.lastIndexOf(":") + 1)}\n`);
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
console.log(JSON.stringify(await feed()));

async function feed(): Promise<FeedingReport> {
  const exchange = new SyntheticExchange();
  const beganMs = performance.now();
  let fed = 0;
  while (!stopping.signal.aborted) {
    const due = Math.floor(fullSeconds((performance.now() - beganMs) / 1000) * recordsPerSecond);
    for (; fed < due; fed++) {
      log.observer.observe(exchange);
      exchange.next();
    }
    await delay(tickMs);
  }
  const fedPerSecond = fed / fullSeconds((performance.now() - beganMs) / 1000);
  await log.stop();
  await sidecar.stop("force");
  const sum = (metric: string): number => sumOfMetric(log, `outrider_prediction_log_${metric}`);
  return {
    fed,
    fedPerSecond,
    records: sum("records_total"),
    recordBytes: sum("record_bytes_total"),
    unread: sum("unread_records_total"),
    sent: sum("sent_total"),
    dropped: sum("dropped_total"),
  };
}

/** How long the full rate would take for as much as comes in so many seconds: the rate grows steadily at first. */
function fullSeconds(seconds: number): number {
  return seconds < rampSeconds ? seconds ** 2 / rampSeconds / 2 : seconds - rampSeconds / 2;
}

async function startRelayAlone(): Promise<Sidecar> {
  return startSidecar({
    config: await configOf({
      UPSTREAM: `http://127.0.0.1:${upstreamPort}`,
      LISTEN: "127.0.0.1:0",
      ADMIN_LISTEN: "127.0.0.1:0",
      PROTOCOL: "mlflow",
      READING_SAMPLE: "0",
    }),
    effectiveValues: () => [],
    reloads: () => ({ succeeded: 0, failed: 0, isLastGood: true, loadedAtMs: systemClock.wallMs() }),
    version: "0.0.0",
    revision: "",
    log: await createLogger({ level: "warn", format: "json" }),
  });
}
