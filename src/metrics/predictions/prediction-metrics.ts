/**
 * Counts what bodies hold: predictions, classes, confidences, tokens, by model, version and variant. Where only
 * a part of the exchanges is read, these are counts of that part: `outrider_reading_sample_ratio` says how large it is.
 */
import type { ExchangeContent, ContentConsumer } from "../../payload/exchange-content.ts";
import { collectedNames, isModelName, ModelMap, type ModelLabels } from "../model-labels.ts";
import { PredictionSet } from "./prediction-set.ts";
import { valueEdgesFrom } from "./prediction-values.ts";

/** Options of {@link PredictionMetrics}. */
export interface PredictionMetricsOptions {
  /** Model and version from the configuration, empty when it names none; their series exist at 0 from the start. */
  readonly model: string;
  readonly version: string;
  /** The variant whose series exist from the start. */
  readonly variant: string;
  /** Maximum number of pairs of model and version with series of their own; each takes about 5 KB. */
  readonly maxModels: number;
  /** Edges for the numbers that a model predicts, ascending; called once for each set, see {@link valueEdgesFrom}. */
  valueEdges?(this: void, labels: ModelLabels): readonly number[] | undefined;
}

/**
 * The prediction metrics of one relay. Costs about 0.1 µs an exchange plus the cost of its rows, see {@link
 * PredictionSet}.
 */
export class PredictionMetrics implements ContentConsumer {
  /** Exchanges that were counted under `__other__` because there were more models than may have series. */
  collapsedTotal = 0;
  readonly #options: PredictionMetricsOptions;
  readonly #sets: PredictionSet[] = [];
  readonly #byModel = new ModelMap<PredictionSet>();
  #pairs = 0;
  #last: PredictionSet;

  constructor(options: PredictionMetricsOptions) {
    this.#options = options;
    const { model, version, variant } = options;
    this.#last = this.#add({ model: model || collectedNames.unnamed, version, variant });
  }

  /** All sets in order of creation; the first is the configured model's. */
  get sets(): readonly PredictionSet[] {
    return this.#sets;
  }

  count({ model, version, variant, atMs, request, response }: ExchangeContent): void {
    const set = this.#setOf(model || collectedNames.unnamed, version, variant);
    if (request !== undefined) set.countRequest(request);
    if (response !== undefined) set.countResponse(response, atMs);
  }

  #setOf(model: string, version: string, variant: string): PredictionSet {
    const { labels } = this.#last;
    if (labels.model === model && labels.version === version && labels.variant === variant) return this.#last;
    return (this.#last = this.#byModel.find(model, version, variant) ?? this.#make(model, version, variant));
  }

  #make(model: string, version: string, variant: string): PredictionSet {
    if (this.#byModel.hasVersion(model, version)) return this.#add({ model, version, variant });
    if (this.#pairs < this.#options.maxModels && isModelName(model, version)) {
      this.#pairs++;
      return this.#add({ model, version, variant });
    }
    return this.#other(variant);
  }

  #other(variant: string): PredictionSet {
    const { other } = collectedNames;
    this.collapsedTotal++;
    return this.#byModel.find(other, "", variant) ?? this.#add({ model: other, version: "", variant });
  }

  #add(labels: ModelLabels): PredictionSet {
    const made = new PredictionSet(labels, valueEdgesFrom(this.#options.valueEdges?.(labels)));
    this.#byModel.set(labels, made);
    this.#sets.push(made);
    return made;
  }
}
