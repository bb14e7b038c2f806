import { isatty } from "node:tty";

/** SIGTERM and SIGINT in order of arrival, and SIGHUP when the terminal was closed. */
export interface StopSignals {
  /** The next signal, including one that arrived before the call. */
  next(): Promise<NodeJS.Signals>;
  /** Restores the default effect of the signals. */
  close(): void;
}

const standardError = 2;

/** Listens for signals that ask the process to stop. Until `close` they do not end it by themselves. */
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
  // A closed terminal sends SIGHUP, which otherwise means "reload". A process without its terminal must stop.
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
