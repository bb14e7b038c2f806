/** Drift of every model that answers requests, up to a bound. */
import { ModelMap } from "../../metrics/model-labels.ts";
import type { ExchangeContent, ContentConsumer } from "../../payload/exchange-content.ts";
import type { Baseline } from "../baseline/baseline.ts";
import type { DriftReport, DriftSubject, ReportOptions } from "./drift-report.ts";
import { DriftMonitor, type MonitorOptions, type WindowSnapshot } from "./drift-monitor.ts";

/** Options of {@link DriftMonitorRegistry}. */
export interface DriftMonitorRegistryOptions extends MonitorOptions {
  /** Initial baselines. One with a model applies to that model and version, one without to all others. */
  readonly baselines: readonly Baseline[];
  /** Maximum number of combinations of model, version and variant; requests of further ones are counted as dropped. */
  readonly maxModels: number;
}

/** Windows of one monitor that closed together. */
export interface MonitorWindows {
  readonly monitor: DriftMonitor;
  readonly windows: readonly WindowSnapshot[];
}

/** One monitor for each model, version and variant, created with the first request that is read. */
export class DriftMonitorRegistry implements ContentConsumer {
  readonly #options: DriftMonitorRegistryOptions;
  readonly #byModel = new ModelMap<DriftMonitor>();
  readonly #all: DriftMonitor[] = [];
  readonly #baselines: Baseline[];
  #dropped = 0;

  constructor(options: DriftMonitorRegistryOptions) {
    this.#options = options;
    this.#baselines = [...options.baselines];
  }

  /** In order of creation. */
  get all(): readonly DriftMonitor[] {
    return this.#all;
  }

  /** Requests that were not counted because there were too many models. */
  get droppedRequests(): number {
    return this.#dropped;
  }

  /** Windows of all models that were dropped, see {@link DriftMonitor.droppedWindows}. */
  get droppedWindows(): number {
    return this.#all.reduce((sum, monitor) => sum + monitor.droppedWindows, 0);
  }

  /** A number that changes whenever any report may have changed. */
  get version(): number {
    return this.#all.reduce((sum, monitor) => sum + monitor.version, this.#all.length);
  }

  /** Counts the features and predictions of one exchange. */
  count({ model, version, variant, request, response, atMs }: ExchangeContent): void {
    const features = request?.features;
    const predictions = response?.predictions;
    if (features === undefined && predictions === undefined) return;
    const monitor = this.find(model, version, variant) ?? this.#make({ model, version, variant }, atMs);
    if (monitor === undefined) this.#dropped++;
    else monitor.add(features, predictions, atMs);
  }

  /** Finds or creates the monitor of a model; undefined when there are too many models. */
  follow(labels: Omit<DriftSubject, "scope">, nowMs: number): DriftMonitor | undefined {
    return this.find(labels.model, labels.version, labels.variant) ?? this.#make(labels, nowMs);
  }

  /** The monitor of a model, if there is one. */
  find(model: string, version: string, variant: string): DriftMonitor | undefined {
    return this.#byModel.find(model, version, variant);
  }

  /** Adds a baseline that arrived later, e.g. from a registry. The monitors it applies to restart with it. */
  useBaseline(baseline: Baseline, nowMs: number): void {
    const isOfSame = (other: Baseline): boolean =>
      other.model?.name === baseline.model?.name && other.model?.version === baseline.model?.version;
    const place = this.#baselines.findIndex(isOfSame);
    if (place < 0) this.#baselines.push(baseline);
    else this.#baselines[place] = baseline;
    for (const monitor of this.#all) {
      const { model, version } = monitor.subject;
      if (this.#baselineFor(model, version) === baseline) monitor.useBaseline(baseline, nowMs);
    }
  }

  /**
   * Closes windows that are over and returns them, see {@link DriftMonitor.advance}; monitors without any are left
   * out.
   */
  advance(nowMs: number): readonly MonitorWindows[] {
    return this.#all
      .map((monitor) => ({ monitor, windows: monitor.advance(nowMs) }))
      .filter(({ windows }) => windows.length > 0);
  }

  /** Judges for under 0.5 ms; returns false when there is nothing left to do. */
  step(): boolean {
    return this.#all.some((monitor) => monitor.step());
  }

  /** Reports of all models, or of those with this name. */
  reports(model?: string, options: ReportOptions = {}): readonly DriftReport[] {
    const chosen = this.#all.filter(({ subject }) => model === undefined || subject.model === model);
    return chosen.map((monitor) => monitor.report(options));
  }

  #make(labels: Omit<DriftSubject, "scope">, nowMs: number): DriftMonitor | undefined {
    if (this.#all.length >= this.#options.maxModels) return undefined;
    const baseline = this.#baselineFor(labels.model, labels.version);
    const monitor = new DriftMonitor(labels, this.#options, baseline, nowMs);
    this.#byModel.set(labels, monitor);
    this.#all.push(monitor);
    return monitor;
  }

  /**
   * The one that names model and version, else one that names the model for any version, else one that names none. A
   * model without a name takes the only one there is.
   */
  #baselineFor(model: string, version: string): Baseline | undefined {
    if (model === "" && this.#baselines.length === 1) return this.#baselines[0];
    const ofModel = this.#baselines.filter((baseline) => baseline.model?.name === model);
    return (
      ofModel.find((baseline) => baseline.model?.version === version) ??
      ofModel.find((baseline) => baseline.model?.version === "") ??
      this.#baselines.find((baseline) => baseline.model === undefined)
    );
  }
}
