/** Metrics that another part counts, as the exposition takes them. */
import type { MetricName } from "../metrics/catalogue/catalogue.ts";
import type { MetricSample } from "../metrics/catalogue/metric-sample.ts";

/** Samples by metric; metrics without a sample may be left out. */
export type SampledFamilies = Partial<Readonly<Record<MetricName, Iterable<MetricSample>>>>;

/** Families that belong together. */
export interface SampleGroup {
  /**
   * A number that changes whenever a sample may have: then the group is rendered anew, and else taken from the last time.
   * Undefined renders it for every scrape.
   */
  version(this: void): number | undefined;
  families(this: void): SampledFamilies;
}
