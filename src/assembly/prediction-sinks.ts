/** Starts the sinks of the prediction log: destination, queue and, for Loki, the spool. */
import type { Clock } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import { createDelivery } from "../delivery/delivery.ts";
import type { DeliveryOptions } from "../delivery/delivery-options.ts";
import { reportRefusals, type Refusal } from "../delivery/sinks/report-refusals.ts";
import type { Spool } from "../delivery/spool/spool.ts";
import type { Log } from "../logging/logger.ts";
import { DeliveryCounters } from "../prediction-log/delivery-counters.ts";
import type { Destination, SinkName } from "../prediction-log/destination.ts";
import type { EntrySink } from "../prediction-log/log-entry.ts";
import { onceAMinute } from "./once-a-minute.ts";
import { memoryShares } from "./memory-budget.ts";

/** A running sink: takes entries at once and delivers them in the background. */
export interface RunningSink extends EntrySink {
  readonly counters: DeliveryCounters;
  /** Delivers waiting entries for at most `limitMs`; a further call with 0 ends that early. */
  stop(limitMs: number): Promise<void>;
}

/** Options of {@link startSink}. */
export interface SinkOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
}

/** Starts a sink. One that cannot write yet logs it and retries; without a usable spool it works in memory alone. */
export async function startSink(name: SinkName, options: SinkOptions): Promise<RunningSink> {
  const { config, log, clock } = options;
  const counters = new DeliveryCounters();
  const onRefused = ({ refused, detail }: Refusal): void =>
    log.logger.warn({ sink: name, refused: Object.fromEntries(refused), detail }, "the sink refused predictions");
  const spool = name === "loki" ? await spoolOf(options) : undefined;
  const delivery = createDelivery({
    destination: reportRefusals(await destinations[name](options), onceAMinute(clock, onRefused)),
    spool,
    counters,
    clock,
    random: Math.random,
    onTrouble: (detail) => log.logger.warn({ sink: name, detail }, "delivery of predictions fails and is retried"),
    onRecovered: () => log.logger.info({ sink: name }, "delivery of predictions works again"),
    options: deliveryOptions(name, config),
  });
  return {
    counters,
    offer: (entry) => delivery.offer(entry),
    stop: async (limitMs) => {
      const before = counters.dropped.stopped;
      await delivery.stop(limitMs);
      const lost = counters.dropped.stopped - before;
      if (lost > 0) log.logger.warn({ sink: name, lost }, "undelivered predictions were dropped at shutdown");
    },
  };
}

const destinations: Readonly<Record<SinkName, (options: SinkOptions) => Promise<Destination>>> = {
  file: async ({ config, clock }) => {
    const { createFileDestination } = await import("../delivery/sinks/file-destination.ts");
    const { directory, fileBytes, fileAgeMs, directoryBytes } = config.predictions;
    return createFileDestination({ directory, fileBytes, fileAgeMs, directoryBytes, clock });
  },
  stdout: async () => {
    const { createStdoutDestination } = await import("../delivery/sinks/stdout-destination.ts");
    return createStdoutDestination();
  },
  loki: async ({ config, clock }) => {
    const [{ createHttpClient }, { createLokiDestination }] = await Promise.all([
      import("../outbound/http-client.ts"),
      import("../loki/push/loki-destination.ts"),
    ]);
    const { url, tenant, lineBytes } = config.loki;
    return createLokiDestination({ http: createHttpClient(config.loki), url, tenant, lineBytes, clock });
  },
};

/** Undefined without a usable folder: serving does not depend on one. */
async function spoolOf({ config, log }: SinkOptions): Promise<Spool | undefined> {
  const { spoolDirectory, spoolBytes, spoolFsync } = config.loki;
  if (spoolDirectory === "") return undefined;
  const { openSpool } = await import("../delivery/spool/open-spool.ts");
  const opening = await openSpool({ directory: spoolDirectory, maxBytes: spoolBytes, fsync: spoolFsync });
  if (opening.kind === "opened") return opening.spool;
  log.logger.error({ sink: "loki", detail: opening.detail }, "the spool is not used: predictions wait in memory only");
  return undefined;
}

/** Files and pipes are cheap to write often; Loki gets larger batches less often. */
const localBatch = { batchBytes: 262_144, batchAgeMs: 100, retryFirstMs: 100, retryMaxMs: 5000 } as const;

/** How long a record waits for others of its push: few pushes a second, and at most one second is lost by a kill. */
const lokiBatchAgeMs = 1000;

function deliveryOptions(name: SinkName, config: Config): DeliveryOptions {
  const { sinkQueueBytes: queueBytes, lokiBatchBytes: batchBytes } = memoryShares(config);
  if (name !== "loki") return { ...localBatch, queueBytes, spoolAfterMs: 0 };
  return {
    queueBytes,
    batchBytes,
    batchAgeMs: lokiBatchAgeMs,
    retryFirstMs: 250,
    retryMaxMs: 30_000,
    spoolAfterMs: 2000,
  };
}
