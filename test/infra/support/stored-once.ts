import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import type { StoredLine } from "./loki-tenant.ts";

/** What differs between what was to be stored and what is; a few examples of each. */
export interface StorageFindings {
  readonly missing: number;
  readonly doubled: number;
  /** Stored, but never given: another time, stream, metadata or line. */
  readonly invented: number;
  readonly examples: readonly string[];
}

/** Everything is there exactly once. */
export const storedOnce: StorageFindings = { missing: 0, doubled: 0, invented: 0, examples: [] };

/** Compares the entries with the lines as multisets. */
export function findingsOf(entries: readonly LogEntry[], lines: readonly StoredLine[]): StorageFindings {
  const expected = new Set(
    entries.map(({ timeNs, stream, metadata, line }) => {
      const labels = { ...(JSON.parse(stream) as object), ...(JSON.parse(metadata || "{}") as object) };
      return textOf({ timeNs, labels, line });
    }),
  );
  const found = lines.map(textOf);
  const distinct = new Set(found);
  const missing = [...expected].filter((text) => !distinct.has(text));
  const invented = [...distinct].filter((text) => !expected.has(text));
  return {
    missing: missing.length,
    doubled: found.length - distinct.size,
    invented: invented.length,
    examples: [...missing.slice(0, 3), ...invented.slice(0, 3)],
  };
}

/** `service_name` is added by Loki to streams that have none. */
function textOf({ timeNs, labels, line }: StoredLine): string {
  const own = Object.entries(labels).filter(([name]) => name !== "service_name");
  return JSON.stringify([timeNs, own.toSorted(([left], [right]) => (left < right ? -1 : 1)), line]);
}
