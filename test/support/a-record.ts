/** Builders for tests of the log of predictions. */
import type { PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import type { RecordDraft } from "../../src/prediction-log/record-draft.ts";

/** A record of one good prediction; `over` replaces fields. */
export const aRecord = (over: Partial<PredictionRecord> = {}): PredictionRecord => ({
  schema: 1,
  time: "2026-11-25T12:00:00.123000001Z",
  request_id: "3f1c9a52",
  trace_id: "0af7651916cd43dd8448eb211c80319c",
  instance: "pod-1",
  model: "iris",
  version: "1",
  variant: "stable",
  digest: "",
  route: "inference",
  method: "POST",
  path: "/v2/models/iris/infer",
  outcome: "ok",
  error_code: "",
  status: 200,
  latency_ms: { total: 12, first_byte: 11, upstream: 10, queue: 0 },
  bytes: { request: 100, response: 50 },
  retries: 0,
  sampling: { reason: "sample", probability: 0.01 },
  rows: 1,
  features: [{ age: 31 }],
  prediction: [1],
  ...over,
});

/** A draft of the same. */
export const aDraft = (over: Partial<RecordDraft> = {}): RecordDraft => ({
  decision: { reason: "sample", probability: 0.01, byteFactor: 1 },
  requestId: "3f1c9a52",
  traceId: "0af7651916cd43dd8448eb211c80319c",
  labelId: "",
  model: "iris",
  version: "1",
  variant: "stable",
  route: "inference",
  method: "POST",
  target: "/v2/models/iris/infer",
  outcome: "ok",
  errorCode: "",
  status: 200,
  atMs: 1_764_072_000_123,
  durationMs: 12,
  firstByteMs: 11,
  upstreamMs: 10,
  queueMs: 0,
  requestBodyBytes: 100,
  responseBodyBytes: 50,
  retries: 0,
  headers: {},
  ...over,
});
