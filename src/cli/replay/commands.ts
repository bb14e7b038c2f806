/** Exit codes of `outrider replay`; 2 is that of a wrong command line. */
export const replayExitCodes = { same: 0, failed: 1, different: 3, nothing: 4, stopped: 130 } as const;
