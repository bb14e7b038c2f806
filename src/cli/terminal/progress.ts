import type { CommandContext } from "../program/command.ts";

/** Drawing more often than this would cost more than it tells. */
const minPauseMs = 200;

/** One line on the terminal of standard error that says how far a command is; nothing anywhere else. */
export class StatusLine {
  readonly #context: CommandContext;
  #drawnAtMs = -Infinity;
  #isDrawn = false;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Shows a text, unless another was shown just now. */
  show(text: () => string): void {
    const nowMs = performance.now();
    if (!this.#context.isErrorTerminal || nowMs - this.#drawnAtMs < minPauseMs) return;
    this.#drawnAtMs = nowMs;
    this.#isDrawn = true;
    this.#context.writeError(`\r${text()}\u001b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#context.writeError("\r\u001b[K");
  }
}
