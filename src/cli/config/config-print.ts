import { effectiveValues, effectiveYaml } from "../../config/effective.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { loadCommandConfig } from "./load-config.ts";
import { mistakeReport } from "./mistake-report.ts";

/** `outrider config print`: the values that `run` would use, with their origins. */
export async function configPrint(invocation: Invocation, context: CommandContext): Promise<number> {
  const result = await loadCommandConfig(invocation, context, false);
  if (result.kind === "mistakes") {
    context.writeError(mistakeReport(result.mistakes));
    return 2;
  }
  const text = isSwitchOn(invocation, "--json")
    ? `${JSON.stringify({ fields: effectiveValues(result.loaded) })}\n`
    : effectiveYaml(result.loaded);
  context.write(text);
  return 0;
}
