import { setTimeout as sleep } from "node:timers/promises";

import type { Clock } from "../clock.ts";
import type { Relay } from "./relay.ts";

/** Bounds of a drain; they may change while it is under way. */
export interface DrainSettings {
  /** Minimum time during which requests are still accepted, milliseconds: load balancers need it to notice the drain. */
  readonly minMs: number;
  /** Maximum time for requests in flight, milliseconds, counted from the beginning of the drain. */
  readonly timeoutMs: number;
}

/** How often a wait checks its condition. */
const checkMs = 20;

/**
 * The orderly shutdown of one relay: readiness fails, responses end their connections, requests in flight finish. A
 * signal or the admin port begins it; any number of callers may wait for it.
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

  /** True when the minimum time has passed and nothing is in flight. */
  get isOver(): boolean {
    return this.#beganAtMs !== undefined && this.#elapsedMs() >= this.settings.minMs && this.inFlight === 0;
  }

  /** Begins the drain, without waiting. Idempotent. */
  begin(): void {
    this.#beganAtMs ??= this.#clock.monotonicMs();
    this.#relay.drain();
  }

  /**
   * Resolves with true when the drain is over, with false after `maxMs` or when `signal` fires. A wait may begin before
   * the drain begins.
   */
  async wait(maxMs: number, signal: AbortSignal): Promise<boolean> {
    const endMs = this.#clock.monotonicMs() + maxMs;
    while (!this.isOver && !signal.aborted && this.#clock.monotonicMs() < endMs) {
      await sleep(checkMs);
    }
    return this.isOver;
  }

  /**
   * Begins the drain if need be, waits for it within its time, and stops the relay. `hurry` leaves out the minimum time,
   * `force` does not wait at all.
   */
  async finish(pace: "orderly" | "hurry" | "force"): Promise<void> {
    this.begin();
    if (pace === "orderly") await this.#minTime();
    await this.#relay.stop(pace === "force" ? 0 : Math.max(0, this.settings.timeoutMs - this.#elapsedMs()));
  }

  /** Load balancers that notice late still send new requests during the minimum time. */
  async #minTime(): Promise<void> {
    while (this.#elapsedMs() < this.settings.minMs) {
      await sleep(Math.min(checkMs, this.settings.minMs - this.#elapsedMs()));
    }
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - (this.#beganAtMs ?? 0);
  }
}
