import type { fleetRows } from "../metrics/catalogue/fleet-catalogue.ts";
import type { Sample } from "../metrics/sample.ts";
import type { FleetStatus } from "./fleet-member.ts";
import { failureReasons } from "./store.ts";

/** Metrics that are read from elsewhere: drift and latency of the fleet. */
type OfOtherParts =
  | "outrider_fleet_windows_mismatched_total"
  | `outrider_fleet_latency_${"p50" | "p95" | "p99"}_seconds`;

/** Samples of a replica's fleet metrics; every label value exists from the start, at 0. */
export function fleetFamilies(
  status: FleetStatus,
): Readonly<Record<Exclude<keyof typeof fleetRows, OfOtherParts>, readonly Sample[]>> {
  const { flushes, contributions, labels, store } = status;
  return {
    outrider_fleet_replicas: [{ value: status.replicas.length }],
    outrider_fleet_leader: [{ value: status.isLeader ? 1 : 0 }],
    outrider_fleet_gaps: [{ value: status.gaps.filter(({ hasReturned }) => !hasReturned).length }],
    outrider_fleet_lost_replicas_total: [{ value: status.lostReplicasTotal }],
    outrider_fleet_windows_decided_total: [{ value: status.decidedWindowsTotal }],
    outrider_fleet_lead_failures_total: [{ value: status.leadFailuresTotal }],
    outrider_fleet_labels_sent_total: [{ value: labels.sent }],
    outrider_fleet_labels_received_total: [{ value: labels.received }],
    outrider_fleet_labels_dropped_total: [{ value: labels.dropped }],
    outrider_fleet_labels_trimmed_total: [{ value: labels.trimmed }],
    outrider_fleet_labels_malformed_total: [{ value: labels.malformed }],
    outrider_state_last_success_timestamp_seconds: [{ value: store.lastSuccessMs / 1000 }],
    outrider_state_flushes_total: byResult({ success: flushes.succeeded, failure: flushes.failed }),
    outrider_state_contributions_total: byResult({ ...contributions }),
    outrider_state_failures_total: failureReasons.map((reason) => ({
      labels: { reason },
      value: store.failures.get(reason) ?? 0,
    })),
  };
}

const byResult = (values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([result, value]) => ({ labels: { result }, value }));
