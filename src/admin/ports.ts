/** What the admin server asks of the running sidecar. */

/** Whether traffic may be sent here. */
export interface Readiness {
  readonly isReady: boolean;
  /** Why, in a sentence; shown on `/readyz` and in logs. */
  readonly reason: string;
  /** Further facts for people, e.g. the detected protocol. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Whether the model server's process is alive. */
export interface Liveness {
  readonly isLive: boolean;
  readonly reason: string;
}

/** How far the drain has come. */
export interface DrainState {
  readonly isDraining: boolean;
  readonly inFlight: number;
}

/** How a wait for the drain ended. */
export interface DrainResult {
  readonly isDrained: boolean;
  readonly inFlight: number;
}

/** How labels were taken. */
export interface LabelsAnswer {
  /** 202 when at least one label was taken, 400 when none was, 409 when labels are not taken here at all. */
  readonly status: 202 | 400 | 409;
  /** Any JSON value. */
  readonly body: unknown;
}

/** Functions behind the routes. Those that return promises may reject: the caller gets a 500 and the log the error. */
export interface AdminPorts {
  /** A page for Prometheus. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  readiness(): Readiness;
  /** Asks the model server now. */
  upstreamLiveness(): Promise<Liveness>;
  /** Begins the drain, or does nothing when it has begun. */
  drain(): DrainState;
  /**
   * Resolves when the drain has begun, its least time has passed and nothing is in flight, or when `maxMs` have passed
   * or `signal` fires. Both preStop hooks of a pod run at once, so a wait may come before its drain.
   */
  waitForDrain(maxMs: number, signal: AbortSignal): Promise<DrainResult>;
  /** The configuration in force, secrets masked; any JSON value. */
  configView(): unknown;
  version(): Readonly<Record<string, string>>;
  /** All HDR histograms; any JSON value. */
  hdr(): Promise<unknown>;
  /** Takes a body with labels, whatever it holds; `contentType` is empty when none was sent. */
  labels(body: Uint8Array, contentType: string): Promise<LabelsAnswer>;
  /** How right the models are, of labels and without them; any JSON value. */
  accuracy(): unknown;
  /** What drifted, of one model when `model` is given; any JSON value. */
  drift(query: { readonly model?: string }): unknown;
  /** What all replicas say together; any JSON value. */
  fleet(): Promise<unknown>;
}
