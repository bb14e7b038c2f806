/** The timer of drift: closes windows when they end, and has them evaluated in small steps between requests. */
import type { Clock } from "../clock.ts";
import type { DriftMonitorRegistry, MonitorWindows } from "../drift/monitor/drift-monitor-registry.ts";

/** Options of {@link WindowTimer}. */
export interface WindowTimerOptions {
  readonly monitors: DriftMonitorRegistry;
  readonly clock: Clock;
  /** Called with the final counts of windows that have closed. */
  onClosed(this: void, windows: readonly MonitorWindows[]): void;
  /** Called when reports have changed: a window was evaluated, or a baseline became available. */
  onReportsChanged(this: void): void;
}

/** Often enough for windows of one second. */
const intervalMs = 500;

/** Runs from {@link WindowTimer.start} to {@link WindowTimer.stop}; does not keep the process alive. */
export class WindowTimer {
  readonly #options: WindowTimerOptions;
  #timer: NodeJS.Timeout | undefined;
  #step: NodeJS.Immediate | undefined;
  #version = 0;

  constructor(options: WindowTimerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#closeEnded(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#step);
  }

  #closeEnded(): void {
    const { monitors, clock, onClosed } = this.#options;
    const closed = monitors.advance(clock.wallMs());
    if (closed.length > 0) onClosed(closed);
    this.#step ??= setImmediate(() => this.#evaluate());
  }

  /** One step per event-loop iteration: requests go first. */
  #evaluate(): void {
    const { monitors, onReportsChanged } = this.#options;
    this.#step = monitors.step() ? setImmediate(() => this.#evaluate()) : undefined;
    if (this.#step !== undefined || monitors.version === this.#version) return;
    this.#version = monitors.version;
    onReportsChanged();
  }
}
