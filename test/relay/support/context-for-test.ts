/** A relay's shared state with a clock that is moved by hand; nothing is opened until something asks for it. */
import type { Clock } from "../../../src/clock.ts";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { RelayContext } from "../../../src/relay/context.ts";
import type { Address } from "../../../src/text/address.ts";
import { type RelayOverrides, relayOptions } from "../../support/start-relay.ts";

/** A clock that stands still until `nowMs` is set. */
export class ManualClock implements Clock {
  nowMs = 1_000_000;

  wallMs(): number {
    return 1_764_000_000_000 + this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }
}

/** The context with its clock. */
export interface TestContext {
  readonly context: RelayContext;
  readonly counters: RelayCounters;
  readonly clock: ManualClock;
}

/** Makes a context; unless one is given, nothing listens at the upstream's address. */
export function contextForTest(
  overrides: RelayOverrides = {},
  upstream: Address = { kind: "tcp", host: "127.0.0.1", port: 1 },
): TestContext {
  const clock = new ManualClock();
  const counters = new RelayCounters();
  return { context: new RelayContext({ ...relayOptions(upstream, overrides), clock }, counters), counters, clock };
}
