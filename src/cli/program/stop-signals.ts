import { isatty } from "node:tty";

/** SIGTERM and SIGINT in the order in which they come, and the SIGHUP of a terminal that was closed. */
export interface StopSignals {
  /** The next signal; one that came before the call counts. */
  next(): Promise<NodeJS.Signals>;
  /** Gives the signals their usual effect back. */
  close(): void;
}

const standardError = 2;

/** Listens for the signals that ask a process to stop. */
export function listenForStopSignals(): StopSignals {
  const came: NodeJS.Signals[] = [];
  let waiting: ((signal: NodeJS.Signals) => void) | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (waiting === undefined) {
      came.push(signal);
    } else {
      waiting(signal);
      waiting = undefined;
    }
  };
  // A closed terminal sends the signal that otherwise means "reload"; nobody could end a program left behind by it.
  const hadTerminal = isatty(standardError);
  const onHangUp = (): void => {
    if (hadTerminal && !isatty(standardError)) onSignal("SIGHUP");
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("SIGHUP", onHangUp);
  return {
    next: async () => {
      const signal = came.shift();
      return signal ?? new Promise((resolve) => (waiting = resolve));
    },
    close: () => {
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
      process.off("SIGHUP", onHangUp);
    },
  };
}
