import { formatOrigin } from "../../config/origin.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { loadCommandConfig } from "./load-config.ts";
import { mistakeReport } from "./mistake-report.ts";

/** `outrider check`: lists every mistake of the configuration. Starts nothing. */
export async function check(invocation: Invocation, context: CommandContext): Promise<number> {
  const result = await loadCommandConfig(invocation, context, true);
  const mistakes = result.kind === "mistakes" ? result.mistakes : [];
  if (isSwitchOn(invocation, "--json")) {
    const shown = mistakes.map(({ origin, ...rest }) => ({
      ...rest,
      origin: { ...origin, text: formatOrigin(origin) },
    }));
    context.write(`${JSON.stringify({ ok: mistakes.length === 0, mistakes: shown })}\n`);
  } else if (mistakes.length > 0) {
    context.writeError(mistakeReport(mistakes));
  } else {
    context.write("The configuration is valid.\n");
  }
  return mistakes.length === 0 ? 0 : 2;
}
