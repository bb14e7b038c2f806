import { systemClock } from "../../clock.ts";
import type { Config } from "../../config/table/table.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { followQuery } from "../../loki/query/follow-query.ts";
import { queryRange } from "../../loki/query/loki-query.ts";
import type { LokiQueryError } from "../../loki/query/query-failure.ts";
import type { LokiLine, LokiSource as LokiEndpoint } from "../../loki/query/query-page.ts";
import { createHttpClient } from "../../outbound/http-client.ts";
import type { RecordNotes } from "./notes.ts";
import { caughtUp, wantedRecord, type LoggedRecord, type RecordFilter, type RecordSource } from "./source.ts";

const hourMs = 3_600_000;

/** Loki refuses spans over `max_query_length`, 30 days by default. */
const maxSpanNs = 24n * 3_600_000_000_000n;

/** Interval of queries while following, and how late a record may arrive. */
const usualFollowIntervalMs = 1000;
const lookBackMs = 10_000;

/** The log in Loki, as the Loki sink writes it. Sends no query before records are read. */
export function openLokiSource(
  settings: Config["loki"],
  notes: RecordNotes,
  followIntervalMs: number = usualFollowIntervalMs,
): RecordSource {
  const { url, tenant } = settings;
  if (url === "") throw new OutriderError("usage", "--loki is needed, e.g. --loki http://loki:3100");
  return new LokiRecords({ http: createHttpClient(settings), url, tenant }, { settings, notes, followIntervalMs });
}

interface LokiRecordsOptions {
  readonly settings: Config["loki"];
  readonly notes: RecordNotes;
  readonly followIntervalMs: number;
}

class LokiRecords implements RecordSource {
  readonly name: string;
  readonly #endpoint: LokiEndpoint;
  readonly #options: LokiRecordsOptions;

  constructor(endpoint: LokiEndpoint, options: LokiRecordsOptions) {
    this.name = endpoint.url;
    this.#endpoint = endpoint;
    this.#options = options;
  }

  progress(): { readonly done: number; readonly total: number } {
    return { done: 0, total: 0 };
  }

  async *records(filter: RecordFilter): AsyncGenerator<LoggedRecord> {
    const nowMs = systemClock.wallMs();
    const endNs = filter.until === "" ? nsOf(nowMs + lookBackMs) : nsOfTime(filter.until);
    yield* this.#range(filter, startOf(filter, nowMs), endNs);
  }

  async *follow(filter: RecordFilter, signal: AbortSignal): AsyncGenerator<LoggedRecord | typeof caughtUp> {
    const nowMs = systemClock.wallMs();
    const startNs = startOf(filter, nowMs);
    // Newer records may still arrive out of order. They are left to the follow query, which returns each line once.
    const borderNs = larger(startNs, nsOf(nowMs - lookBackMs));
    yield* this.#range(filter, startNs, borderNs, signal);
    const lines = followQuery(this.#endpoint, {
      logql: this.#logql(filter),
      startNs: borderNs,
      intervalMs: this.#options.followIntervalMs,
      lookBackMs,
      clock: systemClock,
      signal,
      onTrouble: (error) => this.#options.notes.trouble(error.message),
    });
    for await (const line of coded(lines)) {
      const record = line === caughtUp ? line : this.#wanted(line, filter);
      if (record !== undefined) yield record;
    }
  }

  async close(): Promise<void> {
    await this.#endpoint.http.close();
  }

  async *#range(
    filter: RecordFilter,
    startNs: bigint,
    endNs: bigint,
    signal?: AbortSignal,
  ): AsyncGenerator<LoggedRecord> {
    const logql = this.#logql(filter);
    for (let fromNs = startNs; fromNs < endNs; fromNs += maxSpanNs) {
      const span = { startNs: fromNs, endNs: smaller(endNs, fromNs + maxSpanNs) };
      const query = { logql, ...span, limit: Infinity, direction: "forward", ...(signal && { signal }) } as const;
      for await (const line of coded(queryRange(this.#endpoint, query))) {
        const record = this.#wanted(line, filter);
        if (record !== undefined) yield record;
      }
    }
  }

  #wanted({ line, timeNs }: LokiLine, filter: RecordFilter): LoggedRecord | undefined {
    return wantedRecord({ line, place: `${this.name} at ${timeNs}` }, filter, this.#options.notes);
  }

  #logql(filter: RecordFilter): string {
    return lokiSelector(filter, this.#options.settings);
  }
}

const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right);
const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);

const nsOf = (ms: number): bigint => BigInt(Math.floor(ms)) * 1_000_000n;

/** Loki refuses queries without a start. */
function startOf({ since }: RecordFilter, nowMs: number): bigint {
  return since === "" ? nsOf(nowMs - hourMs) : nsOfTime(since);
}

/** Nanoseconds of a time as records have it, with nine digits of a second. */
function nsOfTime(time: string): bigint {
  return nsOf(Date.parse(`${time.slice(0, 23)}Z`)) + BigInt(time.slice(23, 29));
}

/** The same lines; errors of the query become command errors. */
async function* coded<Line>(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  try {
    yield* lines;
  } catch (error) {
    throw codedError(error);
  }
}

function codedError(error: unknown): unknown {
  if ((error as Error).name !== "LokiQueryError") return error;
  const { message, remedy } = error as LokiQueryError;
  return new OutriderError("loki_unanswered", `${message}\n${remedy}`, { cause: error });
}

/** Label value of streams beyond the maximum of the sink. */
const overflow = "__other__";

/**
 * The LogQL query for a filter, without the time. It may match more records than the filter, never fewer: records can
 * also be in streams without the label, or with the overflow value.
 */
export function lokiSelector(
  { model, variant, outcomes, id }: RecordFilter,
  { labels, staticLabels }: Pick<Config["loki"], "labels" | "staticLabels">,
): string {
  const matchers = staticLabels.map(({ name, value }) => `${name}=${quoted(value)}`);
  // Loki needs at least one matcher that does not match a missing label.
  const first = labels[0];
  if (matchers.length === 0 && first !== undefined) matchers.push(`${first}=~".+"`);
  if (model !== undefined) matchers.push(oneOf("model", [model]));
  if (variant !== undefined) matchers.push(oneOf("variant", [variant]));
  if (outcomes.size > 0) matchers.push(oneOf("outcome", [...outcomes]));
  // An ID of these characters is in the line unescaped.
  const line = id !== undefined && /^[\w.:-]+$/.test(id) ? ` |= ${quoted(id)}` : "";
  return `{${matchers.join(", ")}}${line}`;
}

/** The sink cuts label values at this length. */
const maxValueLength = 256;

const oneOf = (label: string, values: readonly string[]): string =>
  `${label}=~${quoted([...values.map((value) => escaped(value.slice(0, maxValueLength))), overflow, ""].join("|"))}`;

/** Escapes text for RE2. */
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** A LogQL string. Its escapes are those of Go, which include those of JSON. */
const quoted = (text: string): string => JSON.stringify(text);
