/** Which build this is, and the command that prints it. */
import packageJson from "../../../package.json" with { type: "json" };
import { isSwitchOn, type CommandContext, type Invocation } from "./command.ts";

/** Set by the build (esbuild `define`); not defined when the source runs directly. */
declare const builtRevision: string | undefined;

/** Version from package.json; the build inlines it. */
export const productVersion: string = packageJson.version;

/** Abbreviated commit of the build; empty when the source runs directly or was built outside a repository. */
export const productRevision: string = typeof builtRevision === "undefined" ? "" : builtRevision;

/** `outrider version`: prints the version; with `--json` also the revision and Node's version. */
export async function version(invocation: Invocation, context: CommandContext): Promise<number> {
  const text = isSwitchOn(invocation, "--json")
    ? JSON.stringify({ version: productVersion, revision: productRevision, node: process.versions.node })
    : `outrider ${productVersion}`;
  context.write(`${text}\n`);
  return 0;
}
