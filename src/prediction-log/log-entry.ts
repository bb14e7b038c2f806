/** A log entry, and the port of the sinks that take it. */

/** A record as it is delivered. Immutable; every sink gets the same object. */
export interface LogEntry {
  /** The `time` of the record: nanoseconds since the epoch in decimal digits, unique in a process. */
  readonly timeNs: string;
  /** Labels of its stream: a JSON object with sorted keys, the same text for all entries of a stream. */
  readonly stream: string;
  /** Structured metadata: a JSON object of strings; empty for none. */
  readonly metadata: string;
  /** The record as one line of JSON, without a line end. */
  readonly line: string;
  /** Estimate of its memory in a queue: its texts in UTF-8 and 128 bytes of overhead. */
  readonly bytes: number;
}

/** A sink of entries. Called on the relay's thread: it must be quick and never throw. */
export interface EntrySink {
  offer(entry: LogEntry): void;
}
