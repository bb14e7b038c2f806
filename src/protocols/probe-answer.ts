/** The outcome of one question to the model server. Made by the prober, judged by pure functions. */
export type ProbeAnswer = HttpAnswer | ConnectedAnswer | FailedAnswer;

/** The server answered over HTTP, with any status. */
export interface HttpAnswer {
  readonly kind: "http";
  readonly status: number;
  /** Lower case, empty when there was none. */
  readonly contentType: string;
  /** The body as text, cut at a bound. */
  readonly body: string;
}

/** The server accepted a connection; no request was sent. */
export interface ConnectedAnswer {
  readonly kind: "connected";
}

/** There was no response: the connection failed, broke, or the time was up. */
export interface FailedAnswer {
  readonly kind: "failed";
  /** One line for the operator: what happened and where, e.g. `connection refused at 127.0.0.1:8080`. */
  readonly problem: string;
}

/** One question to the model server. `connect` only opens a connection. */
export type ProbeRequest =
  | { readonly kind: "http"; readonly method: "GET" | "OPTIONS"; readonly path: string }
  | { readonly kind: "connect" };

/** A GET. HEAD is never used: several servers answer it with 405, and Triton even with a body. */
export function getRequest(path: string): ProbeRequest {
  return { kind: "http", method: "GET", path };
}

/** The body as a JSON object; undefined when it is anything else. Never throws. */
export function jsonObjectOf(answer: ProbeAnswer | undefined): Readonly<Record<string, unknown>> | undefined {
  if (answer?.kind !== "http") return undefined;
  try {
    const value: unknown = JSON.parse(answer.body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True for JSON objects, false for arrays and null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
