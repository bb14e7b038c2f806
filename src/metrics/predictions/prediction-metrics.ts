/**
 * Counts what bodies hold: predictions, classes, confidences, tokens, by model, version and variant. Where only
 * a part of the exchanges is read, these are counts of that part: `outrider_reading_sample_ratio` says how large it is.
 */
import type { ExchangeReading, ReadingSink } from "../../payload/exchange-reading.ts";
import { collectedNames, type ModelLabels } from "../requests/label-sets.ts";
import { PredictionSet } from "./prediction-set.ts";
import { valueEdgesFrom } from "./prediction-values.ts";

/** Options of {@link PredictionMetrics}. */
export interface PredictionMetricsOptions {
  /** Model and version from the configuration, empty when it names none; their series exist at 0 from the start. */
  readonly model: string;
  readonly version: string;
  /** The variant whose series exist from the start. */
  readonly variant: string;
  /** Most pairs of model and version with series of their own; each takes about 5 KB. */
  readonly maxModels: number;
  /** Edges for the numbers that a model predicts, ascending; called once for each set, see {@link valueEdgesFrom}. */
  valueEdges?(this: void, labels: ModelLabels): readonly number[] | undefined;
}

/** Longer names are not real models. */
const maxNameLength = 256;

/**
 * The prediction metrics of one relay. Costs about 0.1 µs an exchange plus the cost of its rows, see {@link
 * PredictionSet}.
 */
export class PredictionMetrics implements ReadingSink {
  /** Exchanges that were counted under `__other__` because there were more models than may have series. */
  collapsedTotal = 0;
  readonly #options: PredictionMetricsOptions;
  readonly #sets: PredictionSet[] = [];
  readonly #versionsOf = new Map<string, Map<string, Map<string, PredictionSet>>>();
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

  count({ model, version, variant, atMs, request, response }: ExchangeReading): void {
    const set = this.#setOf(model || collectedNames.unnamed, version, variant);
    if (request !== undefined) set.countRequest(request);
    if (response !== undefined) set.countResponse(response, atMs);
  }

  #setOf(model: string, version: string, variant: string): PredictionSet {
    const { labels } = this.#last;
    if (labels.model === model && labels.version === version && labels.variant === variant) return this.#last;
    return (this.#last = this.#find(model, version, variant) ?? this.#make(model, version, variant));
  }

  #find(model: string, version: string, variant: string): PredictionSet | undefined {
    return this.#versionsOf.get(model)?.get(version)?.get(variant);
  }

  #make(model: string, version: string, variant: string): PredictionSet {
    const isKnown = this.#versionsOf.get(model)?.has(version) ?? false;
    if (isKnown) return this.#add({ model, version, variant });
    const isShort = model.length <= maxNameLength && version.length <= maxNameLength;
    if (this.#pairs < this.#options.maxModels && isShort) {
      this.#pairs++;
      return this.#add({ model, version, variant });
    }
    return this.#other(variant);
  }

  #other(variant: string): PredictionSet {
    const { other } = collectedNames;
    this.collapsedTotal++;
    return this.#find(other, "", variant) ?? this.#add({ model: other, version: "", variant });
  }

  #add(labels: ModelLabels): PredictionSet {
    const { model, version, variant } = labels;
    const made = new PredictionSet(labels, valueEdgesFrom(this.#options.valueEdges?.(labels)));
    const byVersion = this.#versionsOf.get(model) ?? new Map<string, Map<string, PredictionSet>>();
    const byVariant = byVersion.get(version) ?? new Map<string, PredictionSet>();
    byVariant.set(variant, made);
    byVersion.set(version, byVariant);
    this.#versionsOf.set(model, byVersion);
    this.#sets.push(made);
    return made;
  }
}
