/** Message and exit code of a command that failed. */
import { commandErrors, type CommandErrorCode } from "../../errors/command-errors.ts";

/** Text for standard error and the exit code. */
export interface FailureReport {
  readonly text: string;
  readonly exitCode: number;
}

/** Our codes for errors of the system. */
const systemCodes: Readonly<Record<string, CommandErrorCode>> = {
  EADDRINUSE: "port_in_use",
  EACCES: "permission_denied",
  EPERM: "permission_denied",
  EADDRNOTAVAIL: "address_unavailable",
  ENOTFOUND: "address_unavailable",
};

/**
 * For an error with a known code: its message and remedy, or the help of the command for `usage`. For any other error: its
 * stack, with the request to report it.
 */
export function failureReport(error: unknown, command?: string): FailureReport {
  const { code, message, stack } = describe(error);
  const known = isCommandError(code) ? code : systemCodes[code];
  if (known === undefined) {
    return { text: `outrider: unexpected error; please report it with these lines\n${stack}\n`, exitCode: 1 };
  }
  const { remedy, exitCode } = commandErrors[known];
  const hint = known === "usage" && command !== undefined ? `See \`outrider help ${command}\`.` : remedy;
  return { text: `outrider: ${message} (${known})\n${hint}\n`, exitCode };
}

function describe(error: unknown): { readonly code: string; readonly message: string; readonly stack: string } {
  if (!(error instanceof Error)) {
    return { code: "", message: String(error), stack: String(error) };
  }
  const { code } = error as NodeJS.ErrnoException;
  return { code: code ?? "", message: error.message, stack: error.stack ?? error.message };
}

function isCommandError(code: string): code is CommandErrorCode {
  return Object.hasOwn(commandErrors, code);
}
