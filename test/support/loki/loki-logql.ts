/** As much of LogQL as tests ask: the selector of streams, and filters by labels and metadata. */
import type { LokiTenantStore } from "./loki-ingest.ts";

/** What is asked of a store. */
export interface RangeQuestion {
  readonly query: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly limit: number;
  readonly direction: string;
}

/** A result of query_range. */
export interface StreamResult {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: (readonly [string, string])[];
}

/** The lines of a store in the manner of query_range: metadata is among the labels. Throws when the query is not understood. */
export function queryStore(store: LokiTenantStore, question: RangeQuestion): readonly StreamResult[] {
  const { startNs, endNs, limit, direction } = question;
  const isWanted = filterOf(question.query);
  const sign = direction === "forward" ? 1 : -1;
  const lines = [...store.streams.values()]
    .flatMap(({ labels, entries }) =>
      [...entries.values()].map(({ timeNs, line, metadata }) => ({
        timeNs,
        line,
        labels: { ...labels, ...metadata, detected_level: "unknown" },
      })),
    )
    .filter(({ timeNs, labels }) => timeNs >= startNs && timeNs < endNs && isWanted(labels))
    .toSorted((left, right) => sign * Number(left.timeNs - right.timeNs))
    .slice(0, limit);
  const results = new Map<string, StreamResult>();
  for (const { timeNs, line, labels } of lines) {
    const stream = Object.fromEntries(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const key = JSON.stringify(stream);
    const result = results.get(key) ?? { stream, values: [] };
    results.set(key, result);
    result.values.push([String(timeNs), line]);
  }
  return [...results.values()];
}

type LabelFilter = (labels: Readonly<Record<string, string>>) => boolean;

function filterOf(query: string): LabelFilter {
  const [, selector = "", pipeline = ""] = /^\s*\{(.*?)\}\s*((?:\|[^|]+)*)$/.exec(query) ?? [];
  const texts = [...selector.split(","), ...pipeline.split("|").slice(1)];
  const filters = texts.map((text) => matcherOf(text.trim()));
  return (labels) => filters.every((filter) => filter(labels));
}

function matcherOf(text: string): LabelFilter {
  const [, name = "", operator = "", quoted = ""] =
    /^(\w+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)$/.exec(text) ?? [];
  if (name === "") throw new Error("parse error at line 1, col 4: syntax error: unexpected $end, expecting STRING");
  const value = quoted.startsWith("`") ? quoted.slice(1, -1) : (JSON.parse(quoted) as string);
  const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`, "s") : undefined;
  const wants = !operator.startsWith("!");
  return (labels) => (pattern?.test(labels[name] ?? "") ?? labels[name] === value) === wants;
}
