/** What the admin API needs from the running sidecar. */

/** Whether the pod may receive traffic: the response of `/readyz`, 200 or 503. */
export interface Readiness {
  readonly isReady: boolean;
  /** The reason, as a sentence; shown on `/readyz` and in logs. */
  readonly reason: string;
  /** Further facts, e.g. the detected protocol. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Answer of `/upstream/livez`: whether the process of the model server is alive. */
export interface Liveness {
  readonly isLive: boolean;
  readonly reason: string;
}

/** Progress of the drain, as `/drain` reports it. */
export interface DrainState {
  /** Never false again once it is true. */
  readonly isDraining: boolean;
  readonly inFlight: number;
}

/** How a wait for the drain ended: `isDrained` is false when requests were still in flight at the end of the time. */
export interface DrainResult {
  readonly isDrained: boolean;
  readonly inFlight: number;
}

/** Result of a body of labels. */
export interface LabelsAnswer {
  /** 202: at least one label was accepted. 400: none was. 409: this sidecar does not accept labels. */
  readonly status: 202 | 400 | 409;
  /** Any JSON value. */
  readonly body: unknown;
}

/** The functions behind the routes. A rejection becomes a 500, and `onError` of the admin port gets the error. */
export interface AdminPorts {
  /** Metrics in the Prometheus text format. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Must be cheap: probes call it every few seconds. */
  readiness(): Readiness;
  /** Probes the model server now. */
  upstreamLiveness(): Promise<Liveness>;
  /** Begins the drain; no effect when it has begun. */
  drain(): DrainState;
  /**
   * Resolves when a drain has begun, its minimum time has passed and no request is in flight; or when `maxMs` have
   * passed or `signal` aborts. The preStop hooks of a pod run at the same time, so a wait may start before its drain.
   */
  waitForDrain(maxMs: number, signal: AbortSignal): Promise<DrainResult>;
  /** The effective configuration with secrets masked; any JSON value. */
  configView(): unknown;
  /** Version and commit of the build. */
  version(): Readonly<Record<string, string>>;
  /** All HDR histograms; any JSON value. */
  hdr(): Promise<unknown>;
  /** Accepts a body with labels. It may hold anything; `contentType` is empty when none was sent. */
  labels(body: Uint8Array, contentType: string): Promise<LabelsAnswer>;
  /** Accuracy report; any JSON value. */
  accuracy(): unknown;
  /** Drift report, of one model when `model` is given; any JSON value. */
  drift(query: { readonly model?: string }): unknown;
  /** Status of the fleet; any JSON value. */
  fleet(): Promise<unknown>;
}
