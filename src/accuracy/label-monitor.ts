/** Labels and accuracy of every model that answers requests, up to a bound. */
import type { ExchangeContent, ContentConsumer } from "../payload/exchange-content.ts";
import type { Predictions } from "../payload/body-content.ts";
import type { ModelLabels } from "../metrics/model-labels.ts";
import { accuracyReport, type AccuracyReport } from "./accuracy.ts";
import { AccuracyWindows, windowPlan, type WindowPlan } from "./counts/accuracy-window.ts";
import { countLabel, countPrediction } from "./counts/count-rows.ts";
import { FleetAccuracy } from "./fleet-accuracy.ts";
import { maxIdLength, type LabelInput } from "./labels/label-input.ts";
import { LabelJoin, type JoinedLabel, type LabelResult } from "./join/label-join.ts";
import { Scoring, type LabelBaseline, type ScoredPrediction } from "./scoring.ts";

/** Options of {@link LabelMonitor}. */
export interface LabelMonitorOptions {
  /** How long a prediction waits for its label. */
  readonly ttlMs: number;
  /** Maximum number of rows that wait at once. */
  readonly maxPredictions: number;
  /**
   * Length of the windows by time of the prediction; made longer, by a whole factor, where `ttlMs` would need more
   * than 48.
   */
  readonly windowMs: number;
  /** Maximum number of combinations of model, version and variant; rows of further ones are counted as dropped. */
  readonly maxModels: number;
  /** The current baseline of a model, if there is one. Called for every prediction, so it must be quick. */
  baselineOf(this: void, model: string, version: string): LabelBaseline | undefined;
  /**
   * Called with every label whose prediction is unknown; returns true when the label is forwarded to the other
   * replicas, which pass it to {@link LabelMonitor.label} as forwarded. Without this function labels are not
   * forwarded.
   */
  onUnmatched?(this: void, input: LabelInput): boolean;
}

/** The predictions of one answered request, with the identities that labels may use. */
export interface PredictedRequest extends ModelLabels {
  /** Identity for labels when `ids` has none. */
  readonly requestId: string;
  /** One for the request or one a row; any other number of them is not used. */
  readonly ids: readonly string[];
  readonly predictions: Predictions;
  /** Wall time of the answer, milliseconds since the epoch. */
  readonly atMs: number;
}

/** The accuracy of one model. JSON-able. */
export interface ModelAccuracy extends ModelLabels, AccuracyReport {
  /** Its windows, oldest first; empty in a report of many replicas. */
  readonly windows: readonly WindowAccuracy[];
}

/** The accuracy of one model in one window, by the time of the prediction. */
export interface WindowAccuracy extends AccuracyReport {
  readonly from_ms: number;
  readonly to_ms: number;
}

/** The sums of one model and window, to be added to those of other replicas. */
export interface AccuracyContribution extends ModelLabels {
  readonly fromMs: number;
  /** The same as long as nothing was counted. */
  readonly revision: number;
  /** See {@link AccuracyCounts.toFields}. Absolute: what this replica has counted in this window so far. */
  fields(): ReadonlyMap<string, number>;
}

/** Bounds on labels that arrive before their prediction is read; reading takes seconds at most. */
const early = { capacity: 10_000, ttlMs: 60_000 };

interface Series {
  readonly labels: ModelLabels;
  readonly index: number;
  readonly windows: AccuracyWindows;
  baseline: LabelBaseline | undefined;
  scoring: Scoring;
}

/** Joins labels with predictions and counts accuracy, for every model. One instance a process. */
export class LabelMonitor implements ContentConsumer {
  readonly wantsRequestId = true;
  /** Rows of models past `maxModels`, and rows without an identity for labels. */
  unfollowed = 0;
  unnamed = 0;
  readonly join: LabelJoin;
  readonly plan: WindowPlan;
  readonly #options: LabelMonitorOptions;
  readonly #series: Series[] = [];

  constructor(options: LabelMonitorOptions) {
    const { ttlMs, maxPredictions, windowMs, onUnmatched } = options;
    this.#options = options;
    this.plan = windowPlan(windowMs, ttlMs);
    this.join = new LabelJoin({
      predictions: { capacity: maxPredictions, ttlMs },
      early,
      onJoined: (joined) => this.#countLabel(joined),
      onUnmatched: onUnmatched ?? (() => false),
    });
  }

  /** Identities in the bodies go before the header that labels name, and that before the request's own. */
  count(content: ExchangeContent): void {
    const { request, response, model, version, variant, labelId, requestId, atMs } = content;
    const predictions = response?.predictions;
    if (predictions === undefined) return;
    const named = [request?.ids, response?.ids].find((ids) => ids !== undefined && isUsable(ids, predictions.rowCount));
    const ids = named ?? (labelId === "" ? [] : [labelId]);
    this.predicted({ model, version, variant, requestId, ids, predictions, atMs });
  }

  /** Adds the predictions of one response: keeps them for their labels, and counts what needs no label. */
  predicted(request: PredictedRequest): void {
    const { predictions, atMs } = request;
    this.join.expire(atMs);
    const series = this.#seriesOf(request);
    if (series === undefined) {
      this.unfollowed += predictions.rowCount;
      return;
    }
    const counts = series.windows.at(atMs);
    if (counts === undefined) return;
    const rows: ScoredPrediction[] = [];
    for (let row = 0; row < predictions.rowCount; row++) {
      const scored = series.scoring.read(predictions, row);
      countPrediction(counts, scored, series.scoring);
      rows.push(scored);
    }
    const place = { series: series.index, atMs };
    if (rows.length > 1 && request.ids.length === rows.length) {
      for (const [row, id] of request.ids.entries()) this.#keep({ ...place, id, rows: rows.slice(row, row + 1) });
    } else {
      const id = request.ids.length === 1 ? request.ids[0] : request.requestId;
      this.#keep({ ...place, id: id ?? "", rows });
    }
  }

  /** Adds a label; `isForwarded` when it comes from another replica that did not know its prediction. */
  label(input: LabelInput, nowMs: number, isForwarded = false): LabelResult {
    this.join.expire(nowMs);
    return this.join.label(input, nowMs, isForwarded);
  }

  /** Counts a label that could not be read. */
  countInvalid(): void {
    this.join.results.invalid++;
  }

  /** Drops expired predictions and labels. Call it every few seconds, or the memory of idle models is not freed. */
  advance(nowMs: number): void {
    this.join.expire(nowMs);
    for (const { windows } of this.#series) windows.advance(nowMs);
  }

  /** Every model over all its windows, and each window. 0.2 ms a model. */
  report(): readonly ModelAccuracy[] {
    return this.#series.map((series) => {
      const windows = series.windows.all().map(({ startMs, counts }) => ({
        from_ms: startMs,
        to_ms: startMs + this.plan.windowMs,
        ...accuracyReport(counts, this.#scoringOf(series)),
      }));
      return { ...series.labels, ...accuracyReport(series.windows.total(), this.#scoringOf(series)), windows };
    });
  }

  /** Every model over all its windows. 0.1 ms a model. */
  totals(): readonly ModelAccuracy[] {
    return this.#series.map((series) => {
      const report = accuracyReport(series.windows.total(), this.#scoringOf(series));
      return { ...series.labels, ...report, windows: [] };
    });
  }

  /** The sums of this replica, to be added to those of others. */
  contributions(): readonly AccuracyContribution[] {
    return this.#series.flatMap(({ labels, windows }) =>
      windows.all().map(({ startMs, counts }) => ({
        ...labels,
        fromMs: startMs,
        revision: counts.revision,
        fields: () => counts.toFields(),
      })),
    );
  }

  /** An empty sum for the contributions of all replicas, reported with this replica's baselines. */
  fleetAccuracy(): FleetAccuracy {
    return new FleetAccuracy(this.#options.baselineOf);
  }

  #keep(block: Parameters<LabelJoin["predicted"]>[0]): void {
    if (block.id === "" || block.id.length > maxIdLength) this.unnamed += block.rows.length;
    else this.join.predicted(block);
  }

  #countLabel({ prediction, label, knownAtMs }: JoinedLabel): void {
    const series = this.#series[prediction.series];
    const { value, score, atMs } = prediction;
    const counts = series?.windows.at(atMs);
    if (series === undefined || counts === undefined) return;
    countLabel(counts, { value, score, label, delayMs: knownAtMs - atMs }, this.#scoringOf(series));
  }

  #seriesOf({ model, version, variant }: ModelLabels): Series | undefined {
    const found = this.#series.find(
      ({ labels }) => labels.model === model && labels.version === version && labels.variant === variant,
    );
    if (found !== undefined) {
      this.#scoringOf(found);
      return found;
    }
    if (this.#series.length >= this.#options.maxModels) return undefined;
    const baseline = this.#options.baselineOf(model, version);
    const windows = new AccuracyWindows(this.plan);
    const labels = { model, version, variant };
    const made = { labels, index: this.#series.length, windows, baseline, scoring: new Scoring(baseline) };
    this.#series.push(made);
    return made;
  }

  /** Baselines may be learned or fetched when predictions have long been passing. */
  #scoringOf(series: Series): Scoring {
    const baseline = this.#options.baselineOf(series.labels.model, series.labels.version);
    if (baseline !== series.baseline) {
      series.baseline = baseline;
      series.scoring = new Scoring(baseline);
    }
    return series.scoring;
  }
}

const isUsable = (ids: readonly string[], rowCount: number): boolean => ids.length === 1 || ids.length === rowCount;
