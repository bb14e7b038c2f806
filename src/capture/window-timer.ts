/** Drift on a clock: closes windows when they are over and judges them in small steps between requests. */
import type { Clock } from "../clock.ts";
import type { DriftMonitorRegistry, MonitorWindows } from "../drift/monitor/drift-monitor-registry.ts";

/** Options of {@link DriftWatch}. */
export interface DriftWatchOptions {
  readonly monitors: DriftMonitorRegistry;
  readonly clock: Clock;
  /** Told of windows that have closed, with their final counts. */
  onClosed(this: void, windows: readonly MonitorWindows[]): void;
  /** Called when reports have changed: a window was decided, or a baseline is there. */
  onDecided(this: void): void;
}

/** Often enough for windows of a second. */
const lookEveryMs = 500;

/** Runs from {@link DriftWatch.start} to {@link DriftWatch.stop}; its timer keeps no process alive. */
export class DriftWatch {
  readonly #options: DriftWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #step: NodeJS.Immediate | undefined;
  #version = 0;

  constructor(options: DriftWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#step);
  }

  #look(): void {
    const { monitors, clock, onClosed } = this.#options;
    const closed = monitors.advance(clock.wallMs());
    if (closed.length > 0) onClosed(closed);
    this.#step ??= setImmediate(() => this.#judge());
  }

  /** One step an event-loop turn: requests go first. */
  #judge(): void {
    const { monitors, onDecided } = this.#options;
    this.#step = monitors.step() ? setImmediate(() => this.#judge()) : undefined;
    if (this.#step !== undefined || monitors.version === this.#version) return;
    this.#version = monitors.version;
    onDecided();
  }
}
