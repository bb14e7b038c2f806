/** The sinks of the log of predictions: what each writes to, its queue, and for Loki its spool. */
import type { Clock } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import { createDelivery, type DeliveryOptions } from "../delivery/delivery.ts";
import type { Spool } from "../delivery/spool/spool-port.ts";
import type { Log } from "../logging/logger.ts";
import { DeliveryCounters } from "../prediction-log/delivery-counters.ts";
import type { Destination, SinkName } from "../prediction-log/destination.ts";
import type { EntrySink } from "../prediction-log/log-entry.ts";
import { memoryShares } from "./memory-budget.ts";

/** A sink under way. */
export interface RunningSink extends EntrySink {
  readonly counters: DeliveryCounters;
  /** Delivers what waits, at most for `limitMs`; a further call with 0 cuts that short. */
  stop(limitMs: number): Promise<void>;
}

/** What sinks are started with. */
export interface SinkOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
}

/** Starts a sink. One that cannot write yet says so in the log and tries again; only a spool may be done without. */
export async function startSink(name: SinkName, options: SinkOptions): Promise<RunningSink> {
  const { config, log, clock } = options;
  const counters = new DeliveryCounters();
  const spool = name === "loki" ? await spoolOf(options) : undefined;
  const delivery = createDelivery({
    destination: tellingOfRefusals(await destinations[name](options), options),
    spool,
    counters,
    clock,
    random: Math.random,
    onTrouble: (detail) => log.logger.warn({ sink: name, detail }, "predictions cannot be delivered for now"),
    onRecovered: () => log.logger.info({ sink: name }, "predictions are delivered again"),
    options: deliveryOptions(name, config),
  });
  return {
    counters,
    offer: (entry) => delivery.offer(entry),
    stop: async (limitMs) => {
      const before = counters.dropped.stopped;
      await delivery.stop(limitMs);
      const lost = counters.dropped.stopped - before;
      if (lost > 0) log.logger.warn({ sink: name, lost }, "predictions were given up at the end");
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

const tellEveryMs = 60_000;

/** What is refused for good is counted by reason; why, in the other side's words, is told once a minute. */
function tellingOfRefusals(destination: Destination, { log, clock }: SinkOptions): Destination {
  let notBeforeMs = -Infinity;
  return {
    name: destination.name,
    close: () => destination.close(),
    deliver: async (batch, signal) => {
      const result = await destination.deliver(batch, signal);
      if (result.kind !== "done" || result.refused.size === 0 || clock.monotonicMs() < notBeforeMs) return result;
      notBeforeMs = clock.monotonicMs() + tellEveryMs;
      const refused = Object.fromEntries(result.refused);
      log.logger.warn({ sink: destination.name, refused, detail: result.detail }, "predictions were refused");
      return result;
    },
  };
}

/** Without the spool the sink goes on in memory: serving does not wait for a folder. */
async function spoolOf({ config, log }: SinkOptions): Promise<Spool | undefined> {
  const { spoolDirectory, spoolBytes, spoolFsync } = config.loki;
  if (spoolDirectory === "") return undefined;
  const { openSpool } = await import("../delivery/spool/spool.ts");
  const opening = await openSpool({ directory: spoolDirectory, maxBytes: spoolBytes, fsync: spoolFsync });
  if (opening.kind === "opened") return opening.spool;
  log.logger.error({ sink: "loki", detail: opening.detail }, "there is no spool: predictions wait in memory alone");
  return undefined;
}

/** Files and pipes take what comes at once; Loki is asked less often. */
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
