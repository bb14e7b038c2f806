import { isSwitchOn, type CommandContext, type Invocation } from "./command.ts";
import { productRevision } from "./product-revision.ts";
import { productVersion } from "./product-version.ts";

/** `outrider version`. */
export async function version(invocation: Invocation, context: CommandContext): Promise<number> {
  const text = isSwitchOn(invocation, "--json")
    ? JSON.stringify({ version: productVersion, revision: productRevision, node: process.versions.node })
    : `outrider ${productVersion}`;
  context.write(`${text}\n`);
  return 0;
}
