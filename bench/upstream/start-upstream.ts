/** Starts the model server of the bench in a process of its own. */
import { fileURLToPath } from "node:url";
import { untilFirstLine } from "../host/first-line.ts";
import { type Program, startProgram } from "../host/program.ts";

/** The upstream of the bench, in a process of its own so that its CPU time is not that of a client. */
export interface Upstream {
  readonly port: number;
  readonly program: Program;
  readonly stop: () => Promise<void>;
}

/** Starts the upstream and waits until it has said its port. */
export async function startUpstream(): Promise<Upstream> {
  const program = startProgram({
    command: process.execPath,
    args: [fileURLToPath(new URL("upstream.ts", import.meta.url))],
  });
  const port = Number(await untilFirstLine(program, "the upstream of the bench"));
  return { port, program, stop: () => program.stop() };
}
