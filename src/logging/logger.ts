/** Outrider's own log: JSON lines on standard error, text on a terminal. Bodies and header values are never logged. */
import { isatty } from "node:tty";
import { pino, stdTimeFunctions, type Logger } from "pino";
import { createLineSink, type LineSink } from "./line-sink.ts";

/** Levels from the least severe to the most; `silent` writes nothing. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** `auto` is human on a terminal and JSON elsewhere. */
  readonly format: "auto" | "json" | "human";
  /** Where lines go; standard error when not given. */
  readonly sink?: LineSink;
}

/** A log and what belongs to it. */
export interface Log {
  /** Calls never block and never throw: `logger.info({ fields }, "message")`. */
  readonly logger: Logger;
  setLevel(level: LogLevel): void;
  /** Lines that standard error did not take. */
  linesDropped(): number;
  /** Waits for lines on their way, at most `limitMs`: before the process exits. */
  flush(limitMs: number): Promise<void>;
}

const standardError = 2;
/** Enough for a burst of some thousand lines. */
const maxWaiting = 1_048_576;

/** Makes the log. The part that writes for people is loaded only when it is used. */
export async function createLogger(options: LoggerOptions): Promise<Log> {
  const sink = options.sink ?? createLineSink({ fileDescriptor: standardError, maxWaiting });
  const isHuman = options.format === "human" || (options.format === "auto" && isatty(standardError));
  const format = isHuman ? await humanFormat() : undefined;
  const write = (line: string): void => sink.write(format === undefined ? line : format(line));
  const logger = pino(
    {
      level: options.level,
      // Process id and host name are what the cluster's log collector adds itself.
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
  // The default export, because a bundled chunk of a CommonJS package has no other.
  const { default: pretty } = await import("pino-pretty");
  return pretty.prettyFactory({
    colorize: isatty(standardError) && process.env["NO_COLOR"] === undefined,
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    errorLikeObjectKeys: ["error"],
  });
}
