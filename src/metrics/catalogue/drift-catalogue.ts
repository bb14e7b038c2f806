/** Rows of the catalogue for drift. */

/** Rows about drift. Rendered once for each decided window; at most 3,000 series a model. */
export const driftRows = {
  outrider_drift_score: {
    type: "gauge",
    unit: "index",
    help: "Debiased population stability index of the last decided window against the baseline: 0 means no difference.",
    labels: ["model", "version", "variant", "kind", "feature"],
  },
  outrider_drift_missing_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Share of the rows of the last decided window without a value, 0 to 1.",
    labels: ["model", "version", "variant", "kind", "feature"],
  },
  outrider_drift_violations_total: {
    type: "counter",
    unit: "windows",
    help: "Decided windows whose difference was significant and large enough for a warning.",
    labels: ["model", "version", "variant", "kind", "feature"],
  },
  outrider_drift_state: {
    type: "gauge",
    unit: "state",
    help: "0 no drift, 1 warning, 2 critical; -1 before the first decision. A state needs two of three windows, so alert on this metric.",
    labels: ["model", "version", "variant", "kind", "feature"],
  },
  outrider_drift_detail: {
    type: "gauge",
    unit: "value",
    help: "Further statistics of the last decided window, for the ten that differ most.",
    labels: ["model", "version", "variant", "kind", "feature", "statistic"],
  },
  outrider_drift_ready: {
    type: "gauge",
    unit: "boolean",
    help: "1 when the last window had enough requests for a decision, else 0.",
    labels: ["model", "version", "variant"],
  },
  outrider_drift_window_requests: {
    type: "gauge",
    unit: "requests",
    help: "Effective sample size of the last decided window: requests, when all have the same number of rows.",
    labels: ["model", "version", "variant"],
  },
  outrider_drift_features: {
    type: "gauge",
    unit: "features",
    help: "Features in each state.",
    labels: ["model", "version", "variant", "state"],
  },
  outrider_drift_changed_features: {
    type: "gauge",
    unit: "features",
    help: "Features that are absent, unknown to the baseline, or of another type.",
    labels: ["model", "version", "variant", "change"],
  },
  outrider_drift_series_dropped_total: {
    type: "counter",
    unit: "series",
    help: "Series of drift left out because a model may have 3,000.",
    labels: ["model", "version", "variant"],
  },
  outrider_drift_models_dropped_total: {
    type: "counter",
    unit: "exchanges",
    help: "Exchanges that drift did not count because a quarter of `metrics.max_models` models were monitored already.",
    labels: [],
  },
  outrider_drift_windows_lost_total: {
    type: "counter",
    unit: "windows",
    help: "Closed windows that were dropped before they were collected: the clock jumped, or the process was suspended.",
    labels: [],
  },
} as const;
