import { startChild } from "./child-process.ts";
import type { ChildCommand, RunningChild } from "./child-process.ts";

/** Starts the processes of the demonstration and ends them together: when one crashes, all end. */
export interface Stage {
  /** Aborted when the demonstration is over; the reason is an Error when a process has crashed. */
  readonly over: AbortSignal;
  /** Ends the demonstration as planned. */
  readonly finish: () => void;
  /** Starts a process that is to run until the end; when it ends before, the demonstration is over. */
  start(command: ChildCommand): void;
  /** Runs a process to its end. Rejects with its output when it fails, and when the demonstration is over before. */
  readonly run: (command: ChildCommand) => Promise<void>;
  /** Ends all processes, the last started first. */
  strike(): Promise<void>;
}

/** How long a process may take to end when asked, milliseconds; then it is killed. */
const graceMs = 5_000;

/** Makes a stage without processes; call `strike` at the end in every case. */
export function createStage(): Stage {
  const ending = new AbortController();
  const children: RunningChild[] = [];
  const open = (command: ChildCommand): RunningChild => {
    ending.signal.throwIfAborted();
    const child = startChild(command);
    children.push(child);
    return child;
  };
  return {
    over: ending.signal,
    finish: () => {
      ending.abort();
    },
    start: (command) => {
      const child = open(command);
      void endWith(child, ending);
    },
    run: async (command) => {
      const child = open(command);
      const end = await Promise.race([child.ended, rejectWhenOver(ending.signal)]);
      if (!end.isSuccess) {
        throw new Error(describeCrash(child, `failed: ${end.words}`));
      }
    },
    strike: async () => {
      ending.abort();
      for (const child of children.toReversed()) {
        await child.stop(graceMs);
      }
    },
  };
}

/** True when the stage was not ended by a crash. */
export function hasFinishedAsPlanned(over: AbortSignal): boolean {
  return over.aborted && (over.reason as Error).name === "AbortError";
}

async function endWith(child: RunningChild, ending: AbortController): Promise<void> {
  const { words } = await child.ended;
  ending.abort(new Error(describeCrash(child, `ended by itself: ${words}`)));
}

async function rejectWhenOver(over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    over.addEventListener(
      "abort",
      () => {
        reject(over.reason as Error);
      },
      { once: true },
    );
  });
}

function describeCrash(child: RunningChild, how: string): string {
  const output = child.output();
  return output === "" ? `${child.name} ${how}; it wrote nothing` : `${child.name} ${how}\n\n${output}\n`;
}
