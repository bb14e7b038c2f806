/** Sends the right answers to the sidecar: a little after the predictions, many at a time. */
import { askAdmin } from "./sidecar-reading.ts";
import type { KnownAnswers } from "../traffic/tally.ts";
import { waitFor } from "../wait.ts";

/** What has been delivered so far. */
export interface LabelReading {
  /** Rows whose right answer the sidecar has taken, and those of them that were predicted right. */
  readonly rows: number;
  readonly rightRows: number;
  /** Deliveries that were not taken; their labels are lost. */
  readonly failures: number;
  /** Words about the latest of them; empty while there is none. */
  readonly lastFailure: string;
}

/** Labels on their way. */
export interface LabelDelivery {
  readonly add: (known: KnownAnswers) => void;
  read(): LabelReading;
  /** Delivers what is left, and no more after that. */
  stop(): Promise<void>;
}

/** Starts delivering what is added, every `everyMs`; a delivery waits for the one before. */
export function startLabelDelivery(adminUrl: string, everyMs: number): LabelDelivery {
  let waiting: KnownAnswers[] = [];
  let delivered: LabelReading = { rows: 0, rightRows: 0, failures: 0, lastFailure: "" };
  const deliver = async (): Promise<undefined> => {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) {
      delivered = await deliverBatch(adminUrl, batch, delivered);
    }
  };
  const ending = new AbortController();
  const delivering = waitFor(deliver, everyMs, ending.signal).catch(() => undefined);
  return {
    add: (known) => {
      waiting.push(known);
    },
    read: () => delivered,
    stop: async () => {
      ending.abort();
      await delivering;
      await deliver();
    },
  };
}

async function deliverBatch(
  adminUrl: string,
  batch: readonly KnownAnswers[],
  before: LabelReading,
): Promise<LabelReading> {
  const sum = (numberOf: (known: KnownAnswers) => number): number =>
    batch.reduce((total, known) => total + numberOf(known), 0);
  const rows = sum(({ labels }) => labels.length);
  // A list stands for the rows of the request, in their order.
  const labels = batch.map(({ requestId, labels }) => ({ id: requestId, label: labels }));
  const { status, body } = await askAdmin(adminUrl, "/labels", JSON.stringify({ labels }));
  if (status !== 202 || takenOf(body) !== rows) {
    const lastFailure = status === 0 ? body : `${status} ${body.slice(0, 200)}`;
    return { ...before, failures: before.failures + 1, lastFailure };
  }
  return { ...before, rows: before.rows + rows, rightRows: before.rightRows + sum(({ rightRows }) => rightRows) };
}

function takenOf(body: string): number | undefined {
  try {
    return (JSON.parse(body) as { readonly taken?: number }).taken;
  } catch {
    return undefined;
  }
}
