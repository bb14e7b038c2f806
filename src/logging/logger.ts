/** The log of Outrider: JSON lines on standard error, text on a terminal. Bodies and header values are never logged. */
import { isatty } from "node:tty";
import { pino, stdTimeFunctions, type Logger } from "pino";
import { createLineSink, type LineSink } from "./line-sink.ts";

/** Levels in order of severity; `silent` switches the log off. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto`: text on a terminal, JSON otherwise. */
  readonly format: "auto" | "json" | "human";
  /** Destination of the lines. Default: standard error. */
  readonly sink?: LineSink;
}

/** The logger with its level and its sink. */
export interface Log {
  /** `logger.info({ fields }, "message")`. Never blocks, never throws. Messages: lower case, no period; fields: snake_case. */
  readonly logger: Logger;
  /** Takes effect with the next call of the logger. */
  setLevel(level: LogLevel): void;
  /** Lines dropped so far: see {@link LineSink.droppedTotal}. */
  linesDropped(): number;
  /** Waits until queued lines are written, at most `limitMs`. Call it before the process exits. */
  flush(limitMs: number): Promise<void>;
}

const standardError = 2;
/** Enough for a burst of several thousand lines. */
const maxBufferedCharacters = 1_048_576;

/** Creates the log. The formatter for terminals is loaded only when it is used. */
export async function createLogger(options: LoggerOptions): Promise<Log> {
  const sink = options.sink ?? createLineSink({ fileDescriptor: standardError, maxBufferedCharacters });
  const isHuman = options.format === "human" || (options.format === "auto" && isatty(standardError));
  const format = isHuman ? await humanFormat() : undefined;
  const write = (line: string): void => sink.write(format === undefined ? line : format(line));
  const logger = pino(
    {
      level: options.level,
      // No process ID and host name: log collectors of clusters add their own.
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      errorKey: "error",
    },
    { write },
  );
  return {
    logger,
    setLevel: (level) => {
      logger.level = level;
    },
    linesDropped: () => sink.droppedTotal,
    flush: (limitMs) => sink.flush(limitMs),
  };
}

async function humanFormat(): Promise<(line: string) => string> {
  // The default export: a bundled CommonJS package has no other.
  const { default: pretty } = await import("pino-pretty");
  return pretty.prettyFactory({
    colorize: isatty(standardError) && process.env["NO_COLOR"] === undefined,
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    errorLikeObjectKeys: ["error"],
  });
}
