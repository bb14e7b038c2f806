/** The program: words of the command line → command → exit code. The only place that ends the process. */
import { existsSync } from "node:fs";
// As a namespace: an old Node lacks some of its names. It then gets the message below instead of failing at the import.
import * as nodeModule from "node:module";
import { join } from "node:path";

const oldestNode = [24, 12] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  process.stderr.write(
    `outrider needs Node ${oldestNode.join(".")} or newer and was started with ${process.versions.node}: put a newer node first on PATH\n`,
  );
  process.exit(2);
}

// Compiled code stored next to the bundle saves tens of milliseconds at start. The directory exists only where the build
// made it: another user could fill a shared temporary directory. A read-only disk works as well.
const compileCache: string = join(import.meta.dirname, "compile-cache");
if (existsSync(compileCache)) {
  nodeModule.enableCompileCache({ directory: compileCache, portable: true });
}

// A reader that closes the pipe early (`outrider help | head -1`) is not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}

const { dispatch } = await import("./cli/program/dispatch.ts");

process.exit(
  await dispatch(process.argv.slice(2), {
    environment: process.env,
    isTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
  }),
);
