/** Counters of each model, version and variant, and the cap on their number. */
import { latencyEdgesSeconds } from "../catalogue/catalogue.ts";
import { isModelName, ModelMap, type ModelLabels } from "../model-labels.ts";
import { bucketEdges, DurationHistogram } from "./duration-histogram.ts";
import { StatusCounts, type StatusTable } from "./status-counts.ts";

const latencyEdges = bucketEdges(latencyEdgesSeconds);

/**
 * Counters of one model, version and variant. Histograms are made at their first value: a set that only saw
 * denials costs 1 KB, a full one about 60 KB (two of the four have HDR).
 */
export class LabelSet {
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly requests: StatusCounts;
  duration: DurationHistogram | undefined;
  firstByte: DurationHistogram | undefined;
  upstream: DurationHistogram | undefined;
  stream: DurationHistogram | undefined;

  constructor(labels: ModelLabels, statuses: StatusTable) {
    this.model = labels.model;
    this.version = labels.version;
    this.variant = labels.variant;
    this.requests = new StatusCounts(statuses);
  }

  observeDuration(us: number): void {
    this.duration ??= new DurationHistogram(latencyEdges, true);
    this.duration.observe(us);
  }

  observeFirstByte(us: number): void {
    this.firstByte ??= new DurationHistogram(latencyEdges, false);
    this.firstByte.observe(us);
  }

  observeUpstream(us: number): void {
    this.upstream ??= new DurationHistogram(latencyEdges, false);
    this.upstream.observe(us);
  }

  observeStream(us: number): void {
    this.stream ??= new DurationHistogram(latencyEdges, true);
    this.stream.observe(us);
  }

  /** Makes every histogram, so that its series exist at 0. */
  createAll(): void {
    this.duration ??= new DurationHistogram(latencyEdges, true);
    this.firstByte ??= new DurationHistogram(latencyEdges, false);
    this.upstream ??= new DurationHistogram(latencyEdges, false);
    this.stream ??= new DurationHistogram(latencyEdges, true);
  }
}

/** All label sets, at most `maxModels` pairs of model and version in addition to those that were {@link LabelSets.add}ed. */
export class LabelSets {
  readonly #byModel = new ModelMap<LabelSet>();
  readonly #all: LabelSet[] = [];
  readonly #statuses: StatusTable;
  readonly #maxModels: number;
  #models = 0;

  constructor(statuses: StatusTable, maxModels: number) {
    this.#statuses = statuses;
    this.#maxModels = maxModels;
  }

  /** In order of creation. */
  get all(): readonly LabelSet[] {
    return this.#all;
  }

  /** The set with these labels if there is one. Three look-ups; builds no string. */
  find(model: string, version: string, variant: string): LabelSet | undefined {
    return this.#byModel.find(model, version, variant);
  }

  /** True when the pair is known in any variant: then a further variant may have a set, whatever the cap. */
  isKnown(model: string, version: string): boolean {
    return this.#byModel.hasVersion(model, version);
  }

  /** True when a set may be made for a pair that has none yet. */
  hasRoomFor(model: string, version: string): boolean {
    return this.#models < this.#maxModels && isModelName(model, version);
  }

  /** Makes the set with these labels, or gives the one there is. Counts against the cap only if `counted`. */
  add(labels: ModelLabels, counted = true): LabelSet {
    const { model, version, variant } = labels;
    const found = this.find(model, version, variant);
    if (found !== undefined) return found;
    if (counted && !this.isKnown(model, version)) this.#models++;
    const made = new LabelSet(labels, this.#statuses);
    this.#byModel.set(labels, made);
    this.#all.push(made);
    return made;
  }
}
