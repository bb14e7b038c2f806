/** What is printed, and with which code the process ends, when a command fails. */
import { commandErrors, type CommandErrorCode } from "../../errors/command-errors.ts";

/** Text for standard error and the exit code. */
export interface FailureReport {
  readonly text: string;
  readonly exitCode: number;
}

/** Codes of the system that listening or reading fails with, and ours for them. */
const systemCodes: Readonly<Record<string, CommandErrorCode>> = {
  EADDRINUSE: "port_in_use",
  EACCES: "permission_denied",
  EPERM: "permission_denied",
  EADDRNOTAVAIL: "address_unavailable",
  ENOTFOUND: "address_unavailable",
};

/**
 * One message with its remedy for an error that is known by its code; the stack for one that is not. A wrong command
 * line is best explained by the help of its command, where there is one.
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
