import { nearestName } from "../../text/nearest-name.ts";
import type { CommandContext, Invocation } from "./command.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completion-scripts.ts";

const shells = new Map<string, () => string>([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** `outrider completion bash|zsh|fish`. */
export async function completion(invocation: Invocation, context: CommandContext): Promise<number> {
  const [shell = ""] = invocation.operands;
  const script = shells.get(shell);
  if (script === undefined) {
    const nearest = shell === "" ? undefined : nearestName(shell, shells.keys());
    const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
    const problem = shell === "" ? "name the shell" : `no completion for ${JSON.stringify(shell)}`;
    context.writeError(`outrider: ${problem}; one of ${[...shells.keys()].join(", ")}.${hint}\n`);
    return 2;
  }
  context.write(script());
  return 0;
}
