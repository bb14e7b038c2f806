import { isColoured } from "../terminal/abilities.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { mistakeReport } from "../config/mistake-report.ts";
import { outputTaken } from "../terminal/output.ts";
import { RecordNotes } from "./notes.ts";
import { openRecords, readFilter, readPlace } from "./request.ts";
import { caughtUp, type LoggedRecord, type RecordFilter, type RecordSource } from "./source.ts";
import { RecordLines } from "./text.ts";
import { countFlag } from "../program/flag-values.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";

/** Maximum of `--limit`, which holds the records in memory. */
const maxRecords = 10_000;

/** Existing records shown before following, unless flags select others. */
const shownBeforeFollowing = 10;

/** Maximum output in memory when the reader of a pipe is slow. */
const maxWaitingBytes = 2 ** 20;

/** `outrider predictions`: prints records as text or JSON lines. 0 on success, 2 for a wrong configuration. */
export async function predictions(invocation: Invocation, context: CommandContext): Promise<number> {
  const filter = readFilter(invocation, Date.now());
  const limit = countFlag(invocation, "--limit", maxRecords);
  const result = await readPlace(invocation, context);
  if (result.kind === "mistakes") {
    context.writeError(mistakeReport(result.mistakes));
    return 2;
  }
  const notes = new RecordNotes();
  const source = await openRecords(result.place, notes);
  const printer = new Printer(context, isSwitchOn(invocation, "--json"));
  try {
    if (isSwitchOn(invocation, "--follow")) {
      await follow(source, filter, limit ?? (filter.since === "" ? shownBeforeFollowing : undefined), printer);
    } else {
      await print(source, filter, limit, printer);
      if (printer.printed === 0) context.writeError(`No record in ${source.name} matches.\n`);
    }
  } finally {
    await source.close();
  }
  context.writeError(notes.text());
  return 0;
}

async function print(
  source: RecordSource,
  filter: RecordFilter,
  limit: number | undefined,
  printer: Printer,
): Promise<void> {
  const last = new LastRecords(limit);
  for await (const logged of source.records(filter)) {
    for (const record of last.take(logged)) await printer.print(record);
  }
  for (const record of last.rest()) await printer.print(record);
  await outputTaken();
}

/** Prints new records until a signal. */
async function follow(
  source: RecordSource,
  filter: RecordFilter,
  limit: number | undefined,
  printer: Printer,
): Promise<void> {
  const signals = listenForStopSignals();
  const stopping = new AbortController();
  const stopped = signals.next().then(() => stopping.abort());
  const work = async (): Promise<void> => {
    const last = new LastRecords(limit);
    for await (const logged of source.follow(filter, stopping.signal)) {
      const due = logged === caughtUp ? last.rest() : last.take(logged);
      for (const record of due) await printer.print(record);
      if (stopping.signal.aborted) return;
    }
  };
  try {
    // A stalled reader of a pipe must not keep the program from ending.
    await Promise.race([work(), stopped]);
  } finally {
    stopping.abort();
    signals.close();
  }
}

/** Keeps the last records, until all existing ones are read. */
class LastRecords {
  readonly #limit: number | undefined;
  readonly #ring: LoggedRecord[] = [];
  #next = 0;
  #isOver = false;

  /** Without a limit, records pass through at once. */
  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  /** Adds a record; returns those to print now. */
  take(record: LoggedRecord): readonly LoggedRecord[] {
    if (this.#limit === undefined || this.#isOver) return [record];
    this.#ring[this.#next] = record;
    this.#next = (this.#next + 1) % this.#limit;
    return [];
  }

  /** The kept records, oldest first. From now on records pass through at once. */
  rest(): readonly LoggedRecord[] {
    this.#isOver = true;
    const start = this.#ring.length === this.#limit ? this.#next : 0;
    return [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
  }
}

/** Prints records, no faster than standard output accepts them. */
class Printer {
  readonly #context: CommandContext;
  readonly #lines: RecordLines | undefined;
  printed = 0;

  constructor(context: CommandContext, isJson: boolean) {
    const { isTerminal, environment, columns } = context;
    this.#context = context;
    this.#lines = isJson
      ? undefined
      : new RecordLines({
          isColoured: isColoured(isTerminal, environment),
          columns: isTerminal ? columns : undefined,
        });
  }

  async print({ line, record }: LoggedRecord): Promise<void> {
    if (this.#lines === undefined) {
      this.#context.write(`${line}\n`);
    } else {
      if (this.printed === 0 && this.#context.isTerminal) this.#context.write(this.#lines.header());
      this.#context.write(this.#lines.line(record));
    }
    this.printed++;
    await outputTaken(maxWaitingBytes);
  }
}
