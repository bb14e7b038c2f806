/** What the demonstration's clients saw: how their requests ended, and how often the predictions were right. */
import type { Reply } from "./replay.ts";
import type { PlannedRequest, RequestKind } from "./traffic.ts";

/** A reading of a {@link Tally}. */
export interface TallyReading {
  readonly sent: Readonly<Record<RequestKind, number>>;
  /** Answers by status; 0 counts the requests that got none. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly predictions: number;
  readonly rightPredictions: number;
  /** Good requests that were not answered with a prediction for each row. */
  readonly failures: number;
  /** Words about the latest of them; empty while there is none. */
  readonly lastFailure: string;
}

/** A request whose predictions came, and what is right. */
export interface KnownAnswers {
  readonly requestId: string;
  /** The right class of each row. */
  readonly labels: readonly number[];
  /** Rows that were predicted right. */
  readonly rightRows: number;
}

/** Counts what clients see. */
export interface Tally {
  /** Counts a request that has ended; gives what is right when it was answered with predictions. */
  readonly add: (planned: PlannedRequest, reply: Reply) => KnownAnswers | undefined;
  read(): TallyReading;
}

/** Starts at zero. `labels` are the right classes, by row index. */
export function createTally(labels: readonly number[]): Tally {
  const sent: Record<RequestKind, number> = { single: 0, batch: 0, malformed: 0, abandoned: 0, denied: 0 };
  const statuses: Record<string, number> = {};
  const counts = { predictions: 0, rightPredictions: 0, failures: 0, lastFailure: "" };

  const addPredictions = (planned: PlannedRequest, reply: Reply): KnownAnswers | undefined => {
    const classes = reply.status === 200 ? readClasses(planned, reply.body) : undefined;
    if (classes?.length !== planned.rowIndexes.length) {
      counts.failures += 1;
      counts.lastFailure = reply.failure === "" ? `${reply.status} ${reply.body.slice(0, 200)}` : reply.failure;
      return undefined;
    }
    const rightClasses = planned.rowIndexes.map((index) => labels[index] ?? -1);
    const rightRows = classes.filter((found, row) => found === rightClasses[row]).length;
    counts.predictions += classes.length;
    counts.rightPredictions += rightRows;
    return { requestId: reply.requestId, labels: rightClasses, rightRows };
  };

  return {
    add: (planned, reply) => {
      sent[planned.kind] += 1;
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      return planned.rowIndexes.length > 0 ? addPredictions(planned, reply) : undefined;
    },
    read: () => ({ sent: { ...sent }, statuses: { ...statuses }, ...counts }),
  };
}

function readClasses(planned: PlannedRequest, body: string): readonly number[] | undefined {
  try {
    return planned.readClasses(body);
  } catch {
    return undefined;
  }
}
