/** Doubles of the log for tests. */

/** The part of the log that most rooms write to. */
interface TestLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Drops everything. */
export const silentLog: TestLog = { info: () => undefined, warn: () => undefined };

/**
 * A log, and what has been written to it so far: each line as `LEVEL MESSAGE`, the fields of each line, and the messages
 * of the warnings alone.
 */
export function recordedLog(): {
  readonly log: TestLog;
  readonly lines: string[];
  readonly fields: object[];
  readonly warnings: string[];
} {
  const lines: string[] = [];
  const fields: object[] = [];
  const warnings: string[] = [];
  const log: TestLog = {
    info: (given, message) => {
      lines.push(`info ${message}`);
      fields.push(given);
    },
    warn: (given, message) => {
      lines.push(`warn ${message}`);
      fields.push(given);
      warnings.push(message);
    },
  };
  return { log, lines, fields, warnings };
}
