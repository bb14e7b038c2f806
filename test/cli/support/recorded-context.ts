import { dispatch } from "../../../src/cli/program/dispatch.ts";
import type { CommandContext } from "../../../src/cli/program/command.ts";

/** What a command printed and its exit code. */
export interface Recorded {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a command within the test's process, away from its terminal and environment. */
export async function dispatched(words: readonly string[], context: Partial<CommandContext> = {}): Promise<Recorded> {
  let output = "";
  let errors = "";
  const exitCode = await dispatch(words, {
    environment: {},
    isTerminal: false,
    isErrorTerminal: false,
    write: (text) => {
      output += text;
    },
    writeError: (text) => {
      errors += text;
    },
    ...context,
  });
  return { exitCode, output, errors };
}
