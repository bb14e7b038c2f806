/**
 * The parts of prom-client that are loaded, by path: its main entry also loads node:cluster, a push client with
 * node:http and node:https, and timers; that is 11 MB more of resident memory and 60 ms more of start-up (measured in
 * the bundle, Node 26).
 */
declare module "prom-client/lib/registry.js" {
  class Registry {
    static readonly PROMETHEUS_CONTENT_TYPE: string;
    registerMetric(metric: Registry.Metric): void;
    getMetricsAsArray(): Registry.Metric[];
    getMetricsAsString(metric: Registry.Metric): Promise<string>;
  }

  namespace Registry {
    interface Metric {
      readonly name: string;
      get(): Promise<Family>;
    }

    interface Family {
      readonly name: string;
      readonly help: string;
      readonly type: string;
      readonly values: readonly Sample[];
    }

    interface Sample {
      readonly value: number;
      readonly labels?: Readonly<Record<string, string>>;
      /** Printed after `labels`; formatted once for each object. */
      readonly sharedLabels?: Readonly<Record<string, string>>;
      readonly metricName?: string;
    }
  }

  export = Registry;
}

declare module "prom-client/lib/metrics/*.js" {
  import type Registry from "prom-client/lib/registry.js";

  const register: (registry: Registry) => void;
  export = register;
}
