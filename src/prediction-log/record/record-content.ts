/** The fields of a record that come from its bodies: features, predictions, scores, tokens, or why there are none. */
import type {
  Cell,
  Columns,
  FeatureTable,
  Predictions,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../../payload/body-content.ts";
import type { BodyOmission, PredictionRecord, RecordValue } from "../prediction-record.ts";
import type { Redactor } from "../../redaction/redactor.ts";

/** The fields of a record that come from bodies. */
export type RecordContent = Pick<
  PredictionRecord,
  "rows" | "features" | "prediction" | "score" | "tokens" | "unread"
> & {
  /** Whether only the first rows are in the record. */
  readonly hasMoreRows: boolean;
};

/** Result of reading the request or the response. */
export type SideResult<Content> = ReadResult<Content> | { readonly kind: "unread"; readonly reason: BodyOmission };

/** Converts parsed bodies into record fields, with redaction applied. */
export class RecordContents {
  readonly #redactor: Redactor;
  readonly #maxRows: number;
  /** Redacted names by columns: readers return the same object for the same columns. */
  readonly #names: WeakMap<Columns, readonly string[]> = new WeakMap();

  constructor(redactor: Redactor, maxRows: number) {
    this.#redactor = redactor;
    this.#maxRows = maxRows;
  }

  /** The content of one exchange. About 60 ns a value. */
  of(request: SideResult<RequestContent>, response: SideResult<ResponseContent> | undefined): RecordContent {
    const table = request.kind === "read" ? request.value.features : undefined;
    const answer: Partial<ResponseContent> = response?.kind === "read" ? response.value : {};
    const rows = table?.rowCount ?? answer.predictions?.rowCount ?? 0;
    return {
      rows,
      hasMoreRows: rows > this.#maxRows,
      ...(table === undefined ? {} : { features: this.#featuresOf(table) }),
      ...this.#answersOf(answer),
      ...unreadOf(request, response),
    };
  }

  #featuresOf(table: FeatureTable): readonly Readonly<Record<string, RecordValue>>[] {
    const { names } = table.columns;
    const shown = this.#shownNames(table.columns);
    const rows: Record<string, RecordValue>[] = [];
    for (let row = 0; row < Math.min(table.rowCount, this.#maxRows); row++) {
      // No prototype: a feature named `__proto__` is a member like any other.
      const values = Object.create(null) as Record<string, RecordValue>;
      for (let column = 0; column < names.length; column++) {
        const cell = table.cells[row * names.length + column];
        if (cell === undefined) continue;
        const value = this.#redactor.feature(names[column]!, recordValue(cell));
        if (value !== undefined) values[shown[column]!] = value;
      }
      rows.push(values);
    }
    return rows;
  }

  #shownNames(columns: Columns): readonly string[] {
    let names = this.#names.get(columns);
    if (names === undefined) {
      names = this.#redactor.featureNames(columns.names);
      this.#names.set(columns, names);
    }
    return names;
  }

  #answersOf({ predictions, usage }: Partial<ResponseContent>): Pick<RecordContent, "prediction" | "score" | "tokens"> {
    return {
      ...(predictions === undefined ? {} : this.#predictionsOf(predictions)),
      ...(usage === undefined ? {} : { tokens: this.#tokensOf(usage) }),
    };
  }

  #predictionsOf(predictions: Predictions): Pick<RecordContent, "prediction" | "score"> {
    const count = Math.min(predictions.rowCount, this.#maxRows);
    const prediction: RecordValue[] = [];
    for (let row = 0; row < count; row++) {
      prediction.push(this.#redactor.feature("prediction", recordValue(predictions.values[row])) ?? null);
    }
    if (predictions.confidences.length === 0) return { prediction };
    return { prediction, score: Array.from({ length: count }, (_, row) => predictions.confidences[row] ?? 0) };
  }

  #tokensOf(usage: NonNullable<ResponseContent["usage"]>): NonNullable<PredictionRecord["tokens"]> {
    const { promptTokens, completionTokens, finishReasons } = usage;
    const reasons = finishReasons.slice(0, maxReasons).map((reason) => this.#redactor.text(reason));
    return { prompt: promptTokens, completion: completionTokens, finish_reasons: reasons };
  }
}

/** Maximum number of finish reasons of a record, one for each choice of the response. */
const maxReasons = 16;

/** A cell as a JSON value. */
function recordValue(cell: Cell): RecordValue {
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  return typeof cell === "bigint" ? String(cell) : (cell ?? null);
}

function unreadOf(
  request: SideResult<RequestContent>,
  response: SideResult<ResponseContent> | undefined,
): Pick<RecordContent, "unread"> {
  const unread = {
    ...(request.kind === "unread" ? { request: request.reason } : {}),
    ...(response?.kind === "unread" ? { response: response.reason } : {}),
  };
  return Object.keys(unread).length === 0 ? {} : { unread };
}
