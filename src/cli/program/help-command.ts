import { nearestName } from "../../text/nearest-name.ts";
import { isColoured } from "../terminal/abilities.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "./command.ts";
import { commandHelp, groupHelp, programHelp } from "./help-text.ts";
import { commands, groupOf } from "./table.ts";

/** `outrider help [COMMAND]`: prints the help of the program or of one command. */
export async function help(invocation: Invocation, context: CommandContext): Promise<number> {
  const options = {
    isColoured: isColoured(context.isTerminal, context.environment),
    isComplete: isSwitchOn(invocation, "--all"),
  };
  const wanted = invocation.operands.join(" ");
  if (wanted === "") {
    context.write(programHelp(options));
    return 0;
  }
  const command = commands.find(({ name }) => name === wanted);
  const group = groupOf(wanted);
  if (command === undefined && group.length === 0) {
    const names = commands.map((command) => command.name);
    const nearest = nearestName(wanted, names);
    const hint =
      nearest === undefined ? `Commands: ${names.join(", ")}.` : `Did you mean \`outrider help ${nearest}\`?`;
    context.writeError(`outrider: unknown command ${JSON.stringify(wanted)}\n${hint}\n`);
    return 2;
  }
  context.write(command === undefined ? groupHelp(wanted, group, options) : commandHelp(command, options));
  return 0;
}
