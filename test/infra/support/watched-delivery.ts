import path from "node:path";
import { systemClock } from "../../../src/clock.ts";
import { createDelivery, type Delivery } from "../../../src/delivery/delivery.ts";
import type { Spool } from "../../../src/delivery/spool/spool.ts";
import { openSpool } from "../../../src/delivery/spool/open-spool.ts";
import { createLokiDestination } from "../../../src/loki/push/loki-destination.ts";
import type { LokiHttp } from "../../../src/loki/loki-http.ts";
import { DeliveryCounters } from "../../../src/prediction-log/delivery-counters.ts";
import { createHttpClient } from "../../../src/outbound/http-client.ts";
import type { Destination, EntryDropReason } from "../../../src/prediction-log/destination.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";

/** The product's delivery to a Loki, with its counters and acknowledged entries. */
export interface WatchedDelivery extends Delivery {
  readonly counters: DeliveryCounters;
  /** Entries of the settled batches, in order. */
  readonly acknowledged: readonly LogEntry[];
  /** Dropped entries by reason. */
  dropped(): Partial<Record<EntryDropReason, number>>;
  /** Largest difference between accepted and accounted entries that was seen; 0 is right. */
  readonly worstBalance: number;
}

/** Options of {@link startWatchedDelivery}. */
export interface WatchedDeliveryPlan {
  readonly url: string;
  readonly tenant: string;
  /** Parent of the folder of its spool; without it there is no spool. */
  readonly folder?: string;
  readonly batchBytes?: number;
  /** Wraps the HTTP client. */
  readonly through?: (http: LokiHttp) => LokiHttp;
}

/** Starts a delivery with short waits that soon spills to disk. */
export async function startWatchedDelivery(plan: WatchedDeliveryPlan): Promise<WatchedDelivery> {
  const { url, tenant, folder, batchBytes = 65_536, through = (http) => http } = plan;
  const counters = new DeliveryCounters();
  const acknowledged: LogEntry[] = [];
  const http = through(createHttpClient({ tokenFile: "", timeoutMs: 30_000 }));
  const loki = createLokiDestination({ http, url, tenant, lineBytes: 262_144, clock: systemClock });
  const destination: Destination = {
    ...loki,
    deliver: async (batch, signal) => {
      const result = await loki.deliver(batch, signal);
      if (result.kind === "done") acknowledged.push(...batch);
      return result;
    },
  };
  const delivery = createDelivery({
    destination,
    spool: folder === undefined ? undefined : await spoolIn(path.join(folder, `spool-${tenant}`)),
    counters,
    clock: systemClock,
    random: Math.random,
    onTrouble: () => undefined,
    onRecovered: () => undefined,
    options: {
      queueBytes: 16_777_216,
      batchBytes,
      batchAgeMs: 20,
      retryFirstMs: 20,
      retryMaxMs: 200,
      spoolAfterMs: 300,
    },
  });
  const watched = {
    counters,
    acknowledged,
    worstBalance: 0,
    dropped: () => Object.fromEntries(Object.entries(counters.dropped).filter(([, count]) => count > 0)),
    offer: (entry: LogEntry) => {
      delivery.offer(entry);
      const balance = balanceOf(counters);
      if (Math.abs(balance) > Math.abs(watched.worstBalance)) watched.worstBalance = balance;
    },
    flush: (limitMs: number) => delivery.flush(limitMs),
    stop: (limitMs: number) => delivery.stop(limitMs),
  };
  return watched;
}

async function spoolIn(directory: string): Promise<Spool> {
  const opening = await openSpool({ directory, maxBytes: 268_435_456, fsync: "interval" });
  if (opening.kind !== "opened") throw new Error(opening.detail);
  return opening.spool;
}

function balanceOf(counters: DeliveryCounters): number {
  const { acceptedTotal, recoveredTotal, sentTotal, dropped, queuedEntries, spooledEntries } = counters;
  const droppedTotal = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return acceptedTotal + recoveredTotal - sentTotal - droppedTotal - queuedEntries - spooledEntries;
}
