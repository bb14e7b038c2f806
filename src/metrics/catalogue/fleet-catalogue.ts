/** Rows of the catalogue for a fleet of replicas. */

/** Rows about the fleet. They are there when `redis.url` is set. */
export const fleetRows = {
  outrider_fleet_replicas: {
    type: "gauge",
    unit: "replicas",
    help: "Live replicas, including this one.",
    labels: [],
  },
  outrider_fleet_leader: {
    type: "gauge",
    unit: "boolean",
    help: "1 on the leader, which reports for the whole fleet; else 0.",
    labels: [],
  },
  outrider_fleet_gaps: {
    type: "gauge",
    unit: "replicas",
    help: "Replicas that vanished without leaving the fleet and have not come back.",
    labels: [],
  },
  outrider_fleet_lost_replicas_total: {
    type: "counter",
    unit: "replicas",
    help: "Replicas that vanished without leaving the fleet: what they counted since their last write is lost.",
    labels: [],
  },
  outrider_fleet_windows_decided_total: {
    type: "counter",
    unit: "windows",
    help: "Windows that this replica decided as the leader.",
    labels: [],
  },
  outrider_fleet_windows_mismatched_total: {
    type: "counter",
    unit: "windows",
    help: "Windows that this replica, as the leader, left out because another replica uses a different baseline.",
    labels: [],
  },
  outrider_fleet_lead_failures_total: {
    type: "counter",
    unit: "turns",
    help: "Runs of the leader's tasks that failed and were retried.",
    labels: [],
  },
  outrider_fleet_labels_sent_total: {
    type: "counter",
    unit: "labels",
    help: "Labels sent to the other replicas.",
    labels: [],
  },
  outrider_fleet_labels_received_total: {
    type: "counter",
    unit: "labels",
    help: "Labels read from Redis.",
    labels: [],
  },
  outrider_fleet_labels_dropped_total: {
    type: "counter",
    unit: "labels",
    help: "Labels not sent to the other replicas because the queue was full.",
    labels: [],
  },
  outrider_fleet_labels_trimmed_total: {
    type: "counter",
    unit: "labels",
    help: "Labels that Redis had trimmed before this replica read them.",
    labels: [],
  },
  outrider_fleet_labels_malformed_total: {
    type: "counter",
    unit: "labels",
    help: "Entries of a label stream that are not labels.",
    labels: [],
  },
  outrider_fleet_latency_p50_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Median latency of all replicas in the last decided window; on the leader.",
    labels: [],
  },
  outrider_fleet_latency_p95_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "95th percentile, else as outrider_fleet_latency_p50_seconds.",
    labels: [],
  },
  outrider_fleet_latency_p99_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "99th percentile, else as outrider_fleet_latency_p50_seconds.",
    labels: [],
  },
  outrider_state_flushes_total: {
    type: "counter",
    unit: "writes",
    help: "Writes of this replica's counts to Redis.",
    labels: ["result"],
  },
  outrider_state_contributions_total: {
    type: "counter",
    unit: "counts",
    help: "Contributions to the shared counts, by result.",
    labels: ["result"],
  },
  outrider_state_failures_total: {
    type: "counter",
    unit: "calls",
    help: "Failed calls of Redis.",
    labels: ["reason"],
  },
  outrider_state_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Time of the last successful call of Redis, seconds since the epoch; 0 before the first.",
    labels: [],
  },
} as const;
