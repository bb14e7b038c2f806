/** The one form in which every part hands its numbers to the exposition. */
import type { MetricName } from "./catalogue/catalogue.ts";

/** Label values by label name, unescaped; the exposition escapes them. */
export type LabelValues = Readonly<Record<string, string>>;

/** One sample of a metric: one line of the exposition. */
export interface Sample {
  readonly value: number;
  readonly labels?: LabelValues;
  /** Labels that many samples share. They are printed after `labels`, and formatted once for each object. */
  readonly sharedLabels?: LabelValues;
  /** Name of the line where it differs from the metric's: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/**
 * Samples by metric, in the order of the page. A metric whose iterable is empty has its HELP and TYPE lines; one
 * that is left out has none. A generator makes its samples while the page is rendered, in several turns of the event
 * loop.
 */
export type SampleFamilies = Partial<Readonly<Record<MetricName, Iterable<Sample>>>>;

/** A part that counts, as the exposition reads it. */
export interface SampleSource {
  /** Called once a scrape, so it must be quick: a long family belongs in a generator. */
  families(this: void): SampleFamilies;
  /**
   * A number that changes whenever a sample may have changed: while it is the same, the text of the last scrape is used
   * again. Without it the samples are read anew for every scrape.
   */
  version?(this: void): number;
}

/** Cumulative counts of a histogram, as they are at one moment. */
export interface HistogramCounts {
  /** Upper edges of the buckets, ascending. */
  readonly edges: ArrayLike<number>;
  /** Values at or below each edge, then all values. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** The lines `_bucket`, `_sum` and `_count` of one histogram. */
export function* histogramSamples(
  name: MetricName,
  { edges, counts, sum }: HistogramCounts,
  sharedLabels: LabelValues,
): Generator<Sample> {
  const metricName = `${name}_bucket`;
  for (const [index, value] of counts.entries()) {
    yield { metricName, sharedLabels, labels: { le: String(edges[index] ?? "+Inf") }, value };
  }
  yield { metricName: `${name}_sum`, sharedLabels, value: sum };
  yield { metricName: `${name}_count`, sharedLabels, value: counts.at(-1) ?? 0 };
}

/** A count of 0 for every key, so that each series exists from the start: one that appears late looks like a jump. */
export const zeroCounts = <Key extends string>(keys: readonly Key[]): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
