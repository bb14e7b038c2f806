/** One prediction on its way to the sinks, and the port of those who take it. */

/** A record as it is written. Immutable; every sink gets the same object. */
export interface LogEntry {
  /** Nanoseconds since the epoch in decimal digits: the `time` of the record. No two entries of a process share one. */
  readonly timeNs: string;
  /** Labels of the stream it belongs to, as the text of a JSON object with sorted keys. Entries of a stream have equal texts. */
  readonly stream: string;
  /** Further fields to find it by, as the text of a JSON object of strings; empty for none. */
  readonly metadata: string;
  /** The record as one line of JSON, without a line end. */
  readonly line: string;
  /** What it is reckoned to take in a queue: its texts in UTF-8 and 128 bytes around them. */
  readonly bytes: number;
}

/** Something that takes entries. It is called on the relay's thread: it must be quick and never throw. */
export interface EntrySink {
  offer(entry: LogEntry): void;
}
