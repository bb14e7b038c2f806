/**
 * Fields that earlier versions had. Their names are refused like any unknown name, with what to do instead, and are
 * never given to another field.
 */
import { environmentOf, flagOf } from "./table.ts";

const inBudget = "set `memory.budget_bytes` instead, which all such bounds share";

/** What replaces each removed field, by path. The text fits after "this field was removed: ". */
export const removedFields: Readonly<Record<string, string>> = {
  "limits.header_count": "the maximum is always 128",
  "limits.target_bytes": "the maximum is always 8 KiB, or a quarter of `limits.head_bytes` if that is more",
  "limits.trailer_bytes": "the maximum is always 8 KiB",
  "timeouts.body_grace_ms": "the time is always 10 s",
  "timeouts.half_close_ms": "the time is always 150 ms",
  "pool.max_idle_connections": "the maximum is always `pool.max_connections`",
  "tap.total_bytes": inBudget,
  "reading.queue_bytes": inBudget,
  "reading.decoded_bytes": inBudget,
  "drift.max_models": "the maximum is always a quarter of `metrics.max_models`, but at most 64",
  "predictions.queue_bytes": inBudget,
  "predictions.max_rows": "the maximum is always 100",
  "predictions.body_bytes": "the maximum is always a quarter of `predictions.record_bytes`",
  "loki.batch_bytes": inBudget,
  "loki.batch_age_ms": "the time is always 1 s",
  "redis.timeout_ms": "the time is always 1 s",
  "registry.timeout_ms": "the time is always 10 s",
};

/** The problem with a path in the file if it is that of a removed field. */
export function removedPath(path: string): string | undefined {
  return problems.get(path);
}

/** The same for an environment variable, e.g. `OUTRIDER_TAP_TOTAL_BYTES`. */
export function removedVariable(name: string): string | undefined {
  return byVariable.get(name);
}

/** The same for a flag, e.g. `--tap-total-bytes`. */
export function removedFlag(flag: string): string | undefined {
  return byFlag.get(flag);
}

const problems: ReadonlyMap<string, string> = new Map(
  Object.entries(removedFields).map(([path, fate]) => [path, `this field was removed: ${fate}`]),
);
const byVariable = new Map([...problems].map(([path, problem]) => [environmentOf(path), problem]));
const byFlag = new Map([...problems].map(([path, problem]) => [flagOf(path), problem]));
