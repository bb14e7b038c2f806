import type { CommandErrorCode } from "./command-errors.ts";

/**
 * The one error class, for programmer and start-up mistakes; the data path returns codes instead of throwing. Match
 * on `code`, never on the class.
 */
export class OutriderError extends Error {
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OutriderError";
    this.code = code;
  }
}
