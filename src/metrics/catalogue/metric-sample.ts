/** One line of an exposition, as whoever counts gives it; labels in `sharedLabels` are formatted once for each object. */
export interface MetricSample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly sharedLabels?: Readonly<Record<string, string>>;
  /** Name of the line where it is not the family's: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}
