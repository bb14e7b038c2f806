/** Records as text, one line each. Columns are as wide as the records so far needed. */
import type { PredictionRecord, RecordValue } from "../../prediction-log/prediction-record.ts";
import { formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";
import { cutText } from "../terminal/text.ts";

/** Options of {@link RecordLines}. */
export interface RecordLinesOptions {
  readonly isColoured: boolean;
  /** Width of the terminal; `undefined` for no limit. */
  readonly columns: number | undefined;
}

interface Column {
  readonly title: string;
  readonly width: number;
  /** Maximum width; longer text is cut. */
  readonly maxWidth: number;
  readonly isRight?: true;
  readonly of: (record: PredictionRecord) => string;
}

const columns: readonly Column[] = [
  { title: "time", width: 24, maxWidth: 24, of: ({ time }) => `${time.slice(0, 23)}Z` },
  { title: "outcome", width: 7, maxWidth: 14, of: ({ outcome }) => outcome },
  { title: "code", width: 4, maxWidth: 4, isRight: true, of: ({ status }) => (status === 0 ? "-" : String(status)) },
  { title: "model", width: 8, maxWidth: 28, of: modelText },
  { title: "variant", width: 7, maxWidth: 16, of: ({ variant }) => variant || "-" },
  { title: "latency", width: 9, maxWidth: 12, isRight: true, of: latencyText },
  { title: "prediction", width: 12, maxWidth: 40, of: predictionText },
  { title: "score", width: 6, maxWidth: 22, of: ({ score = [] }) => firstOf(score, score.length) },
  { title: "sampled", width: 7, maxWidth: 8, of: ({ sampling }) => sampling.reason },
  { title: "id", width: 8, maxWidth: 80, of: ({ request_id: id }) => id || "-" },
];

/** Columns to leave out on a narrow terminal, in this order, until a line fits. */
const spared: readonly string[] = ["sampled", "score", "variant", "model"];

const shownValues = 3;
const maxValueLength = 16;

/** Formats records line by line: columns grow with later records, so that no line has to wait for them. */
export class RecordLines {
  readonly #options: RecordLinesOptions;
  readonly #widths: Map<string, number> = new Map(columns.map(({ title, width }) => [title, width]));

  constructor(options: RecordLinesOptions) {
    this.#options = options;
  }

  /** The header line, with its line end. */
  header(): string {
    return this.#line(columns.map(({ title }) => title));
  }

  /** The line of a record, with its line end. */
  line(record: PredictionRecord): string {
    const texts = columns.map(({ title, maxWidth, of }) => {
      const text = cutText(printable(of(record)), maxWidth);
      this.#widths.set(title, Math.max(this.#widths.get(title) ?? 0, text.length));
      return text;
    });
    return this.#line(texts, colourOf(record));
  }

  #line(texts: readonly string[], colour = ""): string {
    const left = this.#leftOut();
    const cells = columns.flatMap(({ title, isRight }, index) => {
      if (left.has(title)) return [];
      const width = this.#widths.get(title) ?? 0;
      const text = texts[index] ?? "";
      return [{ title, text: isRight === true ? text.padStart(width) : text.padEnd(width) }];
    });
    const plain = cells.map(({ text }) => text).join("  ");
    const line = cutText(plain.trimEnd(), this.#options.columns ?? Infinity);
    return `${this.#painted(line, cells[1]?.text ?? "", colour)}\n`;
  }

  #leftOut(): ReadonlySet<string> {
    const left = new Set<string>();
    const widthOf = (): number =>
      [...this.#widths].reduce((sum, [title, width]) => sum + (left.has(title) ? 0 : width + 2), -2);
    for (const title of spared) {
      if (widthOf() <= (this.#options.columns ?? Infinity)) break;
      left.add(title);
    }
    return left;
  }

  /** Colours the outcome, the second column. */
  #painted(line: string, outcome: string, colour: string): string {
    const start = (this.#widths.get("time") ?? 0) + 2;
    const end = start + outcome.trimEnd().length;
    if (!this.#options.isColoured || colour === "" || line.length < end) return line;
    return `${line.slice(0, start)}\u001b[${colour}m${line.slice(start, end)}\u001b[0m${line.slice(end)}`;
  }
}

function colourOf({ outcome }: PredictionRecord): string {
  if (outcome === "ok") return "32";
  return outcome === "client_error" || outcome === "client_abort" || outcome === "denied" ? "33" : "31";
}

function modelText({ model, version }: PredictionRecord): string {
  return `${model || "-"}${version === "" ? "" : `@${version}`}`;
}

function latencyText({ latency_ms: { total } }: PredictionRecord): string {
  return total < 10_000 ? `${formatValue(total)} ms` : `${formatValue(total / 1000)} s`;
}

function predictionText({ prediction = [], rows }: PredictionRecord): string {
  return firstOf(prediction, Math.max(rows, prediction.length));
}

/** The first values, and the number of further ones. */
function firstOf(values: readonly RecordValue[], count: number): string {
  if (values.length === 0) return "-";
  const shown = values.slice(0, shownValues).map(valueText);
  return `${shown.join(", ")}${count > shown.length ? ` +${count - shown.length}` : ""}`;
}

function valueText(value: RecordValue): string {
  if (typeof value === "number") return formatValue(value);
  return cutText(String(value), maxValueLength);
}
