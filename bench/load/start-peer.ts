/** Starts a peer on a free port and waits until it answers through to the upstream. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { untilAnswered } from "../host/answers.ts";
import { freePort } from "../host/ports.ts";
import { type Program, type ProgramOptions, startProgram } from "../host/program.ts";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import type { RunningPeer } from "./peer.ts";

/** What a peer's file needs to know to say how its program is started. */
export interface PeerPlace {
  readonly upstreamPort: number;
  /** The port it must listen on. */
  readonly port: number;
  /** Writes a file into a folder that is removed when the bench ends; gives its path. */
  readonly writeFile: (name: string, content: string) => string;
  /** That folder. */
  readonly folder: string;
}

/** How a peer's program is started. */
export interface PeerStart {
  readonly describe: (place: PeerPlace) => ProgramOptions | Promise<ProgramOptions>;
  /** Path whose answer with 200 ends the start; left out: `/health`. */
  readonly probePath?: string;
  /** Something else to wait for, in addition to the first response. */
  readonly alsoAwait?: (program: Program) => Promise<void>;
}

/**
 * Starts the program that is described and waits until it has answered a request. On failure the program is stopped
 * and the error says which peer it was.
 */
export async function startPeer(name: string, upstreamPort: number, start: PeerStart): Promise<RunningPeer> {
  const folder = makeScratchFolder(name);
  const port = await freePort();
  const writeFile = (file: string, content: string): string => {
    const path = join(folder, file);
    writeFileSync(path, content);
    return path;
  };
  const program = startProgram(await start.describe({ upstreamPort, port, writeFile, folder }));
  try {
    const [firstAnswerMs] = await Promise.all([
      untilAnswered(program, port, start.probePath ?? "/health"),
      start.alsoAwait?.(program),
    ]);
    return {
      port,
      firstAnswerMs,
      pids: program.pids,
      isRunning: program.isRunning,
      lastLines: program.lastLines,
      stop: program.stop,
    };
  } catch (error) {
    await program.stop();
    throw new Error(`${name} did not start: ${(error as Error).message}`, { cause: error });
  }
}
