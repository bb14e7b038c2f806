import { nearestName } from "../config/nearest-name.ts";
import { isColoured } from "./colour.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "./command.ts";
import { commandHelp, programHelp } from "./help-text.ts";
import { commands } from "./table.ts";

/** `outrider help [COMMAND]`. */
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
  const exact = commands.filter(({ name }) => name === wanted);
  const named = exact.length > 0 ? exact : commands.filter(({ name }) => name.startsWith(`${wanted} `));
  if (named.length === 0) {
    const names = commands.map((command) => command.name);
    const nearest = nearestName(wanted, names);
    const hint =
      nearest === undefined ? `Commands: ${names.join(", ")}.` : `Did you mean \`outrider help ${nearest}\`?`;
    context.writeError(`outrider: there is no command ${JSON.stringify(wanted)}\n${hint}\n`);
    return 2;
  }
  context.write(named.map((command) => commandHelp(command, options)).join("\n"));
  return 0;
}
