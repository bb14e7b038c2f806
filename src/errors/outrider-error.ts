import type { CommandErrorCode } from "./command-errors.ts";

/**
 * The one error class, for start-up and commands; the data path returns codes instead of throwing. Match on `code`, never
 * on the class: its code decides the exit code and the remedy that is printed.
 */
export class OutriderError extends Error {
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OutriderError";
    this.code = code;
  }
}
