import { setTimeout as sleep } from "node:timers/promises";

import type { Clock } from "../clock.ts";
import type { Relay } from "./relay.ts";

/** How long a drain lasts. */
export interface DrainSettings {
  /** Least time to go on accepting, milliseconds. */
  readonly minMs: number;
  /** Longest time for what is in flight, milliseconds, counted from the beginning of the drain. */
  readonly timeoutMs: number;
}

/** How often a wait looks again. */
const lookMs = 20;

/**
 * The way of one relay from serving to rest: readiness has failed, responses end their connections, what is in flight
 * finishes. Begun once, by a signal or the admin port; waited for by any number of callers.
 */
export class Drain {
  settings: DrainSettings;
  readonly #relay: Pick<Relay, "counters" | "drain" | "stop">;
  readonly #clock: Clock;
  #beganAtMs: number | undefined;

  constructor(relay: Pick<Relay, "counters" | "drain" | "stop">, clock: Clock, settings: DrainSettings) {
    this.#relay = relay;
    this.#clock = clock;
    this.settings = settings;
  }

  get hasBegun(): boolean {
    return this.#beganAtMs !== undefined;
  }

  get inFlight(): number {
    return this.#relay.counters.inFlight;
  }

  /** True when the least time has passed and nothing is in flight. */
  get isOver(): boolean {
    return this.#beganAtMs !== undefined && this.#elapsedMs() >= this.settings.minMs && this.inFlight === 0;
  }

  /** Idempotent. */
  begin(): void {
    this.#beganAtMs ??= this.#clock.monotonicMs();
    this.#relay.drain();
  }

  /**
   * Resolves with true when the drain is over, with false after `maxMs` or when `signal` fires. A wait may come before
   * the drain begins.
   */
  async wait(maxMs: number, signal: AbortSignal): Promise<boolean> {
    const endMs = this.#clock.monotonicMs() + maxMs;
    while (!this.isOver && !signal.aborted && this.#clock.monotonicMs() < endMs) {
      await sleep(lookMs);
    }
    return this.isOver;
  }

  /**
   * Begins the drain if need be, waits for it within its time, and stops the relay. `hurry` leaves out the least time,
   * `force` does not wait at all.
   */
  async finish(pace: "orderly" | "hurry" | "force"): Promise<void> {
    this.begin();
    if (pace === "orderly") await this.#minTime();
    await this.#relay.stop(pace === "force" ? 0 : Math.max(0, this.settings.timeoutMs - this.#elapsedMs()));
  }

  /** Load balancers that notice late still send new requests in it. */
  async #minTime(): Promise<void> {
    while (this.#elapsedMs() < this.settings.minMs) {
      await sleep(Math.min(lookMs, this.settings.minMs - this.#elapsedMs()));
    }
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - (this.#beganAtMs ?? 0);
  }
}
