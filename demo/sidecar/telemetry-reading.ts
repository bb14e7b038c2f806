/** What the sidecar has learned from the bodies: drift and accuracy, out of the answers of its admin port. */

/** A feature, the predictions or the confidence, found to differ from the baseline. */
export interface Finding {
  readonly kind: "feature" | "prediction" | "confidence";
  readonly name: string;
  readonly state: "warn" | "critical";
  /** Debiased population stability index of the test that found the largest difference. */
  readonly psi: number;
}

/** What `GET /drift` reports about the model that the demonstration serves. */
export interface DriftReading {
  /** The worst of what it is about: `not_ready`, `ok`, `warn`, `critical`. */
  readonly state: string;
  /** True when the last window had enough requests; otherwise the sidecar says why not. */
  readonly ready: boolean;
  readonly reason: string;
  /** Names of the features that drifted, worst first. */
  readonly drifted: readonly string[];
  /** Everything that drifted, worst first. */
  readonly findings: readonly Finding[];
  /** Features that are compared. */
  readonly features: number;
  /** Requests that counted in the window that decided last; 0 before the first. */
  readonly windowRequests: number;
}

/** How right the model is, as the sidecar counts it from labels. Shares from 0 to 1; null where it gives none. */
export interface AccuracyReading {
  readonly predictions: number;
  readonly labels: number;
  /** Labelled rows that were predicted right. */
  readonly rightLabels: number;
  /** The part of the predictions that has a label. */
  readonly coverage: number;
  readonly accuracy: number | null;
  /** Where the true share lies, 95 %. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly baseline: number | null;
  /** True when it has fallen below the baseline's, beyond chance and by enough. */
  readonly dropped: boolean;
}

/** Reads what `GET /drift` answers; undefined until a request was read, and for anything but a report. */
export function readDrift(body: string): DriftReading | undefined {
  const report = firstOf(body, "reports") as DriftReport | undefined;
  if (report === undefined) {
    return undefined;
  }
  const { state, ready, reason, targets, window } = report;
  const findings = targets.flatMap(({ kind, name, state, statistics }): Finding[] =>
    state === "warn" || state === "critical" ? [{ kind, name, state, psi: maxEffect(statistics) }] : [],
  );
  return {
    state,
    ready,
    reason,
    drifted: findings.filter(({ kind }) => kind === "feature").map(({ name }) => name),
    findings,
    features: targets.filter(({ kind }) => kind === "feature").length,
    windowRequests: window?.effective_rows ?? 0,
  };
}

/** Reads what `GET /accuracy` answers; undefined until a prediction was read, and for anything but a report. */
export function readAccuracy(body: string): AccuracyReading | undefined {
  const report = firstOf(body, "models") as AccuracyReport | undefined;
  if (report === undefined) {
    return undefined;
  }
  const { predictions, labels, coverage, classes } = report;
  const { accuracy, accuracy_lower_bound, accuracy_upper_bound, baseline_accuracy, dropped } = classes ?? nothingKnown;
  return {
    predictions,
    labels,
    rightLabels: Math.round((accuracy ?? 0) * labels),
    coverage,
    accuracy,
    lower: accuracy_lower_bound,
    upper: accuracy_upper_bound,
    baseline: baseline_accuracy,
    dropped,
  };
}

interface DriftReport {
  readonly state: string;
  readonly ready: boolean;
  readonly reason: string;
  readonly window: { readonly effective_rows: number } | null;
  readonly targets: readonly {
    readonly kind: Finding["kind"];
    readonly name: string;
    readonly state: string;
    readonly statistics: Readonly<Record<(typeof effects)[number], number | null>>;
  }[];
}

interface AccuracyReport {
  readonly predictions: number;
  readonly labels: number;
  readonly coverage: number;
  readonly classes: ClassReport | null;
}

interface ClassReport {
  readonly accuracy: number | null;
  readonly accuracy_lower_bound: number | null;
  readonly accuracy_upper_bound: number | null;
  readonly baseline_accuracy: number | null;
  readonly dropped: boolean;
}

const nothingKnown: ClassReport = {
  accuracy: null,
  accuracy_lower_bound: null,
  accuracy_upper_bound: null,
  baseline_accuracy: null,
  dropped: false,
};

/** A target is found by how its values are spread, by missing ones, or by those outside the baseline's range. */
const effects = ["score", "missing_score", "outside_score"] as const;

const maxEffect = (statistics: DriftReport["targets"][number]["statistics"]): number =>
  Math.max(...effects.map((name) => statistics[name] ?? 0));

/** The one model that is served has one report. */
function firstOf(body: string, list: string): unknown {
  try {
    return (JSON.parse(body) as Readonly<Record<string, readonly unknown[] | undefined>>)[list]?.[0];
  } catch {
    return undefined;
  }
}
