import type { FleetStatus } from "./fleet-member.ts";
import { failureReasons } from "./store.ts";

/** One value of a metric, for the exposition. */
export interface FleetSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The metrics of a fleet's replica; every label value exists from the start, at 0. Times are in seconds. */
export function fleetSamples(status: FleetStatus): readonly FleetSample[] {
  const { flushes, contributions, labels, store } = status;
  const plain = {
    outrider_fleet_replicas: status.replicas.length,
    outrider_fleet_leader: status.isLeader ? 1 : 0,
    outrider_fleet_gaps: status.gaps.filter(({ hasReturned }) => !hasReturned).length,
    outrider_fleet_lost_replicas_total: status.lostReplicasTotal,
    outrider_fleet_windows_decided_total: status.decidedWindowsTotal,
    outrider_fleet_lead_failures_total: status.leadFailuresTotal,
    outrider_fleet_labels_sent_total: labels.sent,
    outrider_fleet_labels_received_total: labels.received,
    outrider_fleet_labels_dropped_total: labels.dropped,
    outrider_fleet_labels_trimmed_total: labels.trimmed,
    outrider_fleet_labels_malformed_total: labels.malformed,
    outrider_state_last_success_timestamp_seconds: store.lastSuccessMs / 1000,
  };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, labels: {}, value })),
    ...labelled("outrider_state_flushes_total", "result", { success: flushes.succeeded, failure: flushes.failed }),
    ...labelled("outrider_state_contributions_total", "result", { ...contributions }),
    ...failureReasons.map((reason) => ({
      name: "outrider_state_failures_total",
      labels: { reason },
      value: store.failures.get(reason) ?? 0,
    })),
  ];
}

function labelled(name: string, label: string, values: Readonly<Record<string, number>>): readonly FleetSample[] {
  return Object.entries(values).map(([value, count]) => ({ name, labels: { [label]: value }, value: count }));
}
