/** Every command of `outrider`, once: help, completion and the reference page are made from this table. */
import { accuracyCommand } from "../accuracy/commands.ts";
import { drainCommand } from "../admin/commands.ts";
import { baselineCommands } from "../baseline/commands.ts";
import { configCommands } from "../config/commands.ts";
import { configFlags } from "../config/config-flags.ts";
import { driftCommands } from "../drift/commands.ts";
import { predictionCommands } from "../predictions/commands.ts";
import { replayCommand } from "../replay/commands.ts";
import { runCommand } from "../run/commands.ts";
import type { Command, FlagSpec } from "./command.ts";
import { programCommands } from "./commands.ts";

/** All commands, in the order in which help lists them. */
export const commands: readonly Command[] = [
  runCommand,
  ...configCommands,
  drainCommand,
  ...baselineCommands,
  ...driftCommands,
  accuracyCommand,
  ...predictionCommands,
  replayCommand,
  ...programCommands,
];

/** The commands of a group: `baseline build`, `baseline show` and `baseline diff` for `baseline`. Empty for other words. */
export function groupOf(word: string): readonly Command[] {
  return commands.filter((command) => command.name.startsWith(`${word} `));
}

/** All flags of a command, with those of the configuration fields when it takes them. */
export function flagsOf(command: Command): readonly FlagSpec[] {
  return command.takesConfig ? [...command.flags, ...configFlags] : command.flags;
}
