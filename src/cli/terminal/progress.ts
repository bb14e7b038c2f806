/** How far a command is, on the terminal of standard error; nothing is drawn on anything else. */
import type { CommandContext } from "../program/command.ts";
import { isUtf8 } from "./abilities.ts";

/** Drawing more often would cost more than it is worth. */
const minPauseMs = 100;

/** One line that is drawn over itself. */
export class StatusLine {
  readonly #context: CommandContext;
  #drawnAtMs = -Infinity;
  #isDrawn = false;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Draws a text, unless one was drawn in the last 100 ms; `isUrgent` draws it in any case. */
  show(text: () => string, isUrgent = false): void {
    const nowMs = performance.now();
    if (!this.#context.isErrorTerminal || (!isUrgent && nowMs - this.#drawnAtMs < minPauseMs)) return;
    this.#drawnAtMs = nowMs;
    this.#isDrawn = true;
    this.#context.writeError(`\r${text()}\u001b[K`);
  }

  /** Removes the line, before other output or at the end. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#context.writeError("\r\u001b[K");
  }
}

const barWidth = 30;
const passes = 2;

/** A bar for a command that makes two passes over its input; each pass is half of the bar. */
export class ProgressBar {
  readonly #line: StatusLine;
  readonly #marks: readonly [string, string];

  constructor(context: CommandContext) {
    this.#line = new StatusLine(context);
    this.#marks = isUtf8(context.environment) ? ["█", "░"] : ["#", "."];
  }

  /** Begins pass 0 or 1; the returned function draws its progress. */
  pass(what: string, index: number): (readBytes: number, totalBytes: number) => void {
    this.#line.show(() => this.#text(what, index / passes), true);
    return (readBytes, totalBytes) => {
      const part = totalBytes === 0 ? 0 : Math.min(1, readBytes / totalBytes);
      this.#line.show(() => this.#text(what, (index + part) / passes));
    };
  }

  /** Removes the bar, before other output or at the end. */
  clear(): void {
    this.#line.clear();
  }

  #text(what: string, part: number): string {
    const full = Math.round(part * barWidth);
    const bar = this.#marks[0].repeat(full) + this.#marks[1].repeat(barWidth - full);
    return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${what}`;
  }
}
