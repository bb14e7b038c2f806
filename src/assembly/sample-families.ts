import type { SampledFamilies } from "../exposition/sample-group.ts";
import { metricCatalogue, type MetricName } from "../metrics/catalogue/catalogue.ts";
import type { MetricSample } from "../metrics/catalogue/metric-sample.ts";

/** A sample with the name of its metric, as pure parts give them. */
export interface NamedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Sorts samples into families. Throws for a name that the catalogue does not have: a mistake of the program. */
export function familiesFrom(samples: Iterable<NamedSample>): SampledFamilies {
  const families: Partial<Record<MetricName, MetricSample[]>> = {};
  for (const { name, labels, value } of samples) {
    if (!isMetricName(name)) throw new TypeError(`${name} is not in the catalogue of metrics`);
    (families[name] ??= []).push({ labels, value });
  }
  return families;
}

const isMetricName = (name: string): name is MetricName => Object.hasOwn(metricCatalogue, name);
