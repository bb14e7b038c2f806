import { tmpdir } from "node:os";
import path from "node:path";

import { createRowWriter } from "../../datasets/create-row-writer.ts";
import type { AppendPart } from "../../datasets/row-writer.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { maxFields } from "../../payload/csv/csv.ts";
import { interruptedExitCode, type CommandContext, type Invocation } from "../program/command.ts";
import { mistakeReport } from "../config/mistake-report.ts";
import { formatCounted } from "../../text/number-text.ts";
import { outputTaken } from "../terminal/output.ts";
import { ColumnCensus, rowsOf, type ExportColumn } from "./export-columns.ts";
import { chosenColumns, exportRequest, type ExportRequest } from "./export-request.ts";
import { RecordNotes } from "./notes.ts";
import { openRecords, readFilter, readPlace } from "./request.ts";
import type { RecordFilter, RecordSource } from "./source.ts";
import { RecordSpool } from "./export-spool.ts";
import { printable } from "../../text/printable.ts";
import { ProgressBar } from "../terminal/progress.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";
import { writeTarget, writeWholeInParts, type WriteTarget } from "../terminal/output.ts";

/** Exit code when no record has rows. */
const nothing = 4;

/** Maximum features: what our own reader accepts, minus the other columns. */
const maxFeatures = maxFields - 16;

/** `outrider predictions export`: writes the log as a data set. */
export async function predictionsExport(invocation: Invocation, context: CommandContext): Promise<number> {
  const request = exportRequest(invocation);
  const filter = readFilter(invocation, Date.now());
  const result = await readPlace(invocation, context);
  if (result.kind === "mistakes") {
    context.writeError(mistakeReport(result.mistakes));
    return 2;
  }
  const target = await writeTarget(request.output);
  const notes = new RecordNotes();
  const source = await openRecords(result.place, notes);
  const signals = listenForStopSignals();
  const stopping = new AbortController();
  const stopped = signals.next().then(() => {
    stopping.abort();
    return undefined;
  });
  const progress = new ProgressBar(context);
  try {
    const work = makeDataset({ request, filter, target, source, progress, context, signal: stopping.signal });
    const made = await Promise.race([work, stopped]);
    if (made === undefined) {
      await work.catch(() => undefined);
      return interruptedExitCode;
    }
    progress.clear();
    context.writeError(notes.text());
    report(made, { request, notes, source, context });
    return made.rows === 0 ? nothing : 0;
  } finally {
    progress.clear();
    signals.close();
    await source.close();
  }
}

interface ExportWork {
  readonly request: ExportRequest;
  readonly filter: RecordFilter;
  readonly target: WriteTarget;
  readonly source: RecordSource;
  readonly progress: ProgressBar;
  readonly context: CommandContext;
  readonly signal: AbortSignal;
}

interface ExportResult {
  readonly records: number;
  readonly rows: number;
  /** Records without rows. */
  readonly empty: number;
  readonly columns: readonly ExportColumn[];
}

async function makeDataset(work: ExportWork): Promise<ExportResult> {
  const { request, target } = work;
  const spool = await RecordSpool.in(target.kind === "file" ? path.dirname(target.file) : tmpdir());
  try {
    const { census, ...counts } = await gather(work, spool);
    const columns = chosenColumns(census.columns(request.isForBaseline), request);
    if (counts.rows > 0) await write(work, spool, columns);
    return { ...counts, columns };
  } finally {
    await spool.close();
  }
}

/** The first pass: stores the records and collects the columns. */
async function gather(
  { source, filter, progress, signal }: ExportWork,
  spool: RecordSpool,
): Promise<Omit<ExportResult, "columns"> & { readonly census: ColumnCensus }> {
  const census = new ColumnCensus();
  const draw = progress.pass("reading", 0);
  let records = 0;
  let empty = 0;
  let rows = 0;
  for await (const { record, line } of source.records(filter)) {
    signal.throwIfAborted();
    const { done, total } = source.progress();
    draw(done, total);
    records++;
    if (rowsOf(record) === 0) {
      empty++;
      continue;
    }
    rows += rowsOf(record);
    census.add(record);
    if (census.features > maxFeatures) {
      throw new OutriderError(
        "usage",
        `there are more than ${maxFeatures} features: select one --model, or a shorter time`,
      );
    }
    await spool.add(line);
  }
  return { census, records, empty, rows };
}

/** The second pass: writes the rows. */
async function write(work: ExportWork, spool: RecordSpool, columns: readonly ExportColumn[]): Promise<void> {
  const { target, context, request, progress, signal } = work;
  const draw = progress.pass("writing", 1);
  const produce = async (append: AppendPart): Promise<void> => {
    const writer = await createRowWriter(request.format, columns, append);
    for await (const record of spool.records((bytes) => draw(bytes, spool.bytes))) {
      signal.throwIfAborted();
      for (let row = 0; row < rowsOf(record); row++) {
        await writer.add(columns.map(({ valueOf }) => valueOf(record, row)));
      }
    }
    await writer.end();
  };
  if (target.kind !== "standard-output") {
    await writeWholeInParts(target, produce);
    return;
  }
  await produce(async (part) => {
    context.write(String(part));
    await outputTaken();
  });
}

interface ExportReport {
  readonly request: ExportRequest;
  readonly notes: RecordNotes;
  readonly source: RecordSource;
  readonly context: CommandContext;
}

function report(made: ExportResult, { request, notes, source, context }: ExportReport): void {
  if (request.isJson) {
    context.write(`${JSON.stringify(reportJson(made, request, notes))}\n`);
    return;
  }
  const text = made.rows === 0 ? emptyText(made, source) : reportText(made, request);
  if (request.output === "-" || made.rows === 0) context.writeError(text);
  else context.write(text);
}

function emptyText({ records }: ExportResult, { name }: RecordSource): string {
  if (records === 0) return `No record in ${name} matches: nothing is written.\n`;
  const many = formatCounted(records, "record");
  return `None of ${many} in ${name} has features or predictions: nothing is written.\n`;
}

function reportText({ records, rows, empty, columns }: ExportResult, { output }: ExportRequest): string {
  const features = columns.filter(({ isFeature }) => isFeature).length;
  const left = empty === 0 ? "" : `; ${formatCounted(empty, "record")} without rows left out`;
  const renamed = columns
    .filter(({ name, plainName }) => name !== plainName)
    .map(
      ({ name, plainName }) =>
        `The column ${plainName} is called ${printable(name)}, because a feature has its name.\n`,
    );
  const what = output === "-" ? "Data set" : output;
  return `${what}: ${formatCounted(rows, "row")} of ${formatCounted(records - empty, "record")}, ${formatCounted(columns.length, "column")} (${formatCounted(features, "feature")})${left}\n${renamed.join("")}`;
}

function reportJson(
  { records, rows, empty, columns }: ExportResult,
  request: ExportRequest,
  notes: RecordNotes,
): object {
  return {
    output: request.output,
    format: request.format,
    rows,
    records,
    records_without_rows: empty,
    malformed_lines: notes.malformedLines,
    torn_lines: notes.tornLines,
    columns: columns.map(({ name, type, isFeature, plainName }) => ({
      name,
      type,
      feature: isFeature,
      ...(name === plainName ? {} : { renamed_from: plainName }),
    })),
  };
}
