/** Doubles of the log for tests. */

/** The part of the log that most rooms write to. */
interface TestLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Drops everything. */
export const silentLog: TestLog = { info: () => undefined, warn: () => undefined };

/** A log, and what has been written to it so far: each line as `LEVEL MESSAGE`, and the messages of the warnings alone. */
export function recordedLog(): {
  readonly log: TestLog;
  readonly lines: string[];
  readonly warnings: string[];
} {
  const lines: string[] = [];
  const warnings: string[] = [];
  const log: TestLog = {
    info: (_fields, message) => void lines.push(`info ${message}`),
    warn: (_fields, message) => {
      lines.push(`warn ${message}`);
      warnings.push(message);
    },
  };
  return { log, lines, warnings };
}
