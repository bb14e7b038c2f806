/** SIGTERM and SIGINT in the order in which they come. */
export interface StopSignals {
  /** The next signal; one that came before the call counts. */
  next(): Promise<NodeJS.Signals>;
  /** Gives the signals their usual effect back. */
  close(): void;
}

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
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    next: async () => {
      const signal = came.shift();
      return signal ?? new Promise((resolve) => (waiting = resolve));
    },
    close: () => {
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
    },
  };
}
