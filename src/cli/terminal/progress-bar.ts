import type { CommandContext } from "../program/command.ts";
import { isUtf8 } from "./utf8-locale.ts";

const barWidth = 30;
const passes = 2;

/** Drawing more often than this would cost more than it tells. */
const minPauseMs = 100;

/** How far two passes over an input are: one line on the terminal of standard error, nothing anywhere else. */
export class ProgressBar {
  readonly #context: CommandContext;
  readonly #marks: readonly [string, string];
  #isDrawn = false;
  #drawnAtMs = -Infinity;

  constructor(context: CommandContext) {
    this.#context = context;
    this.#marks = isUtf8(context.environment) ? ["█", "░"] : ["#", "."];
  }

  /** Begins one of the two passes and gives what draws how far it is. */
  pass(what: string, index: number): (readBytes: number, totalBytes: number) => void {
    this.#drawnAtMs = -Infinity;
    this.#draw(what, index / passes);
    return (readBytes, totalBytes) => {
      const part = totalBytes === 0 ? 0 : Math.min(1, readBytes / totalBytes);
      this.#draw(what, (index + part) / passes);
    };
  }

  /** Takes the line away. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#context.writeError("\r\u001b[K");
  }

  #draw(what: string, part: number): void {
    const nowMs = performance.now();
    if (!this.#context.isErrorTerminal || nowMs - this.#drawnAtMs < minPauseMs) return;
    this.#isDrawn = true;
    this.#drawnAtMs = nowMs;
    const full = Math.round(part * barWidth);
    const bar = this.#marks[0].repeat(full) + this.#marks[1].repeat(barWidth - full);
    this.#context.writeError(`\r${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${what}\u001b[K`);
  }
}
