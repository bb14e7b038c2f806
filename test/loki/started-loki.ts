import { afterEach } from "vitest";
import { createLokiDestination } from "../../src/loki/push/loki-destination.ts";
import type { LokiHttp } from "../../src/loki/loki-http.ts";
import { createHttpClient, type HttpClientOptions } from "../../src/outbound/http-client.ts";
import type { DeliveryResult, Destination } from "../../src/prediction-log/destination.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { startLokiStandIn, type LokiStandIn, type LokiStandInPlan } from "../support/loki/loki-stand-in.ts";

/** A stand-in for Loki with a manual clock, and a destination that writes to it. */
export interface StartedLoki {
  readonly loki: LokiStandIn;
  readonly http: LokiHttp;
  readonly destination: Destination;
  /** The clock of the stand-in. */
  readonly clock: { nowMs: number };
  /** Retries until done; the clock moves by the requested wait, or a second. Throws after 100 attempts. */
  deliver(batch: readonly LogEntry[]): Promise<Delivered>;
}

/** Result of delivering a batch. */
export interface Delivered {
  readonly retries: readonly DeliveryResult[];
  readonly refused: Readonly<Record<string, number>>;
  readonly detail: string | undefined;
}

/** The tenant that the destination writes for. */
export const tenant = "team";

/** Options of the stand-in, the client and the destination. */
export interface StartLokiPlan extends LokiStandInPlan {
  readonly client?: Partial<HttpClientOptions>;
  readonly lineBytes?: number;
}

/** Starts stand-in and destination, and closes them after each test. */
export function lokiStarter(): (plan?: StartLokiPlan) => Promise<StartedLoki> {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const part of open.splice(0).toReversed()) await part.close();
  });
  return async ({ client, lineBytes = 65_536, ...plan } = {}) => {
    const clock = { nowMs: Date.now() };
    const loki = await startLokiStandIn({ now: () => clock.nowMs, ...plan });
    const http = createHttpClient({ timeoutMs: 5000, tokenFile: "", ...client });
    const destination = createLokiDestination({ http, url: loki.url, tenant, lineBytes });
    open.push(loki, destination);
    return { loki, http, destination, clock, deliver: (batch) => deliverAll(destination, clock, batch) };
  };
}

async function deliverAll(
  destination: Destination,
  clock: { nowMs: number },
  batch: readonly LogEntry[],
): Promise<Delivered> {
  const retries: DeliveryResult[] = [];
  while (retries.length < 100) {
    const result = await destination.deliver(batch, new AbortController().signal);
    if (result.kind === "done") return { retries, refused: Object.fromEntries(result.refused), detail: result.detail };
    retries.push(result);
    clock.nowMs += result.afterMs ?? 1000;
  }
  throw new Error(`not done after ${retries.length} attempts: ${JSON.stringify(retries.at(-1))}`);
}
