/**
 * Plain numbers that the relay keeps while it works and that a scrape reads: gauges end in no suffix, counters in
 * `Total` and only grow. Incrementing a field costs a few nanoseconds and allocates nothing.
 */
export class RelayCounters {
  /** Client connections open now, and all that were ever accepted. */
  connectionsOpen = 0;
  connectionsTotal = 0;
  /** Client connections turned away because `limits.connections` were open. */
  connectionsRefusedTotal = 0;
  /** Requests between their head and the last byte of their response. */
  inFlight = 0;
  /** Requests waiting for a free upstream connection. */
  queued = 0;
  upstreamConnectionsOpen = 0;
  upstreamConnectionsIdle = 0;
  upstreamConnectsTotal = 0;
  upstreamConnectFailuresTotal = 0;
  /** Requests that went out on a connection which had served another before. */
  upstreamReusesTotal = 0;
  retriesTotal = 0;
  /** Bytes of bodies as they passed, both directions. */
  requestBodyBytesTotal = 0;
  responseBodyBytesTotal = 0;
  /** Upgraded connections open now. */
  tunnelsOpen = 0;
  /** Bytes of bodies the tap holds now, and bodies it did not keep because its total was used up. */
  tapBytesHeld = 0;
  tapDroppedTotal = 0;
  /** Calls of observers that threw. */
  observerFailuresTotal = 0;
  /** Responses that the upstream broke off after their head had gone to the client. */
  responsesBrokenTotal = 0;
}
