/** Builders for tests of the prediction log. */
import type { PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import { draftOf, type RecordDraft } from "../../src/prediction-log/record-draft.ts";
import { anExchange } from "./an-exchange.ts";

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

/** The draft of the same prediction; `over` replaces fields. */
export const aDraft = (over: Partial<RecordDraft> = {}): RecordDraft => ({
  ...draftOf(anExchange({ startedAtMs: 1_764_072_000_111 }), { reason: "sample", probability: 0.01, byteFactor: 1 }),
  ...over,
});
