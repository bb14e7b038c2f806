/** Loads the configuration that a command is given. */
import { loadConfig, type LoadResult } from "../../config/load.ts";
import { flagText, type CommandContext, type Invocation } from "../program/command.ts";

/** The configuration from the command line, the environment and the file; mistakes of the command line are listed first. */
export async function loadCommandConfig(
  invocation: Invocation,
  context: CommandContext,
  isUpstreamRequired: boolean,
): Promise<LoadResult> {
  const result = await loadConfig({
    file: flagText(invocation, "--config"),
    environment: context.environment,
    flags: invocation.flags,
    isUpstreamRequired,
  });
  if (invocation.mistakes.length === 0) {
    return result;
  }
  const others = result.kind === "mistakes" ? result.mistakes : [];
  return { kind: "mistakes", mistakes: [...invocation.mistakes, ...others] };
}
