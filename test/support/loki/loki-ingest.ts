/** What Loki does with the streams of a push: distributor first, then ingester. Source: Loki 3.7.8, pkg/distributor and pkg/ingester. */
import { durationMs, sizeBytes, type LokiLimits } from "./loki-limits.ts";
import { PushRefusal, type PushedEntry, type PushedStream } from "./loki-request.ts";

/** A stream that is stored. */
export interface StoredStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: Map<string, PushedEntry>;
  readonly bucket: TokenBucket;
  highestNs: bigint;
}

/** All of one tenant. */
export interface LokiTenantStore {
  readonly limits: Required<LokiLimits>;
  readonly bucket: TokenBucket;
  readonly streams: Map<string, StoredStream>;
}

/** Makes an empty store. */
export const emptyStore = (limits: Required<LokiLimits>): LokiTenantStore => ({
  limits,
  bucket: new TokenBucket(limits.ingestion_rate_mb * mebibyte, limits.ingestion_burst_size_mb * mebibyte),
  streams: new Map(),
});

/** Where and when a push arrives. */
export interface PushArrival {
  readonly tenant: string;
  readonly store: LokiTenantStore;
  readonly nowMs: number;
  /** Of the ingester: half of it is how far behind an entry may be. */
  readonly maxChunkAgeMs: number;
}

/** Stores what may be stored. Throws a {@link PushRefusal} when Loki would not answer 204; a part may be stored then. */
export function ingest(streams: readonly PushedStream[], arrival: PushArrival): void {
  const { store, tenant, nowMs } = arrival;
  const { limits } = store;
  const errors: string[] = [];
  if (nowMs < Date.parse(limits.block_ingestion_until)) {
    const until = limits.block_ingestion_until;
    const status = limits.block_ingestion_status_code;
    throw new PushRefusal(
      status,
      `ingestion blocked for user '${tenant}' until '${until}' with status code '${status}'`,
    );
  }
  const valid = streams.flatMap((stream): PushedStream[] => {
    const problem = labelProblem(stream, limits);
    if (problem !== undefined) errors.push(problem);
    const entries =
      problem === undefined ? stream.entries.filter((entry) => isValid(stream.name, entry, arrival, errors)) : [];
    return entries.length === 0 ? [] : [{ ...stream, entries }];
  });
  if (valid.length > 0) {
    const all = valid.flatMap(({ entries }) => entries);
    const bytes = totalBytes(all);
    if (!store.bucket.take(bytes, nowMs))
      throw new PushRefusal(429, rateText(tenant, store.bucket.perSecond, all.length, bytes));
    pushToIngester(valid, arrival);
  }
  if (errors.length > 0) throw new PushRefusal(400, groupedText(errors));
}

/** A rate and a burst, as in golang.org/x/time/rate: what is refused takes nothing. */
export class TokenBucket {
  readonly perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #atMs = 0;

  constructor(perSecond: number, burst: number) {
    this.perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  take(count: number, nowMs: number): boolean {
    const sinceMs = this.#atMs === 0 ? 0 : Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + (sinceMs / 1000) * this.perSecond);
    this.#atMs = nowMs;
    if (count > this.#tokens) return false;
    this.#tokens -= count;
    return true;
  }
}

const mebibyte = 1_048_576;
const utf8Bytes = (text: string): number => Buffer.byteLength(text);
const metadataBytes = ({ metadata }: PushedEntry): number =>
  Object.entries(metadata).reduce((sum, [name, value]) => sum + utf8Bytes(name) + utf8Bytes(value), 0);
const totalBytes = (entries: readonly PushedEntry[]): number =>
  entries.reduce((sum, entry) => sum + utf8Bytes(entry.line) + metadataBytes(entry), 0);

function labelProblem({ labels, name: stream }: PushedStream, limits: Required<LokiLimits>): string | undefined {
  const most = limits.max_label_names_per_series;
  const names = Object.keys(labels).length - 1;
  if (names > most) return `entry for stream '${stream}' has ${names} label names; limit ${most}`;
  for (const [name, value] of Object.entries(labels)) {
    if (name.length > limits.max_label_name_length) return `stream '${stream}' has label name too long: '${name}'`;
    if (utf8Bytes(value) > limits.max_label_value_length)
      return `stream '${stream}' has label value too long: '${value}'`;
  }
  return undefined;
}

function isValid(stream: string, entry: PushedEntry, arrival: PushArrival, errors: string[]): boolean {
  const problem = timeProblem(stream, entry, arrival) ?? sizeProblem(stream, entry, arrival.store.limits);
  if (problem !== undefined) errors.push(problem);
  return problem === undefined;
}

function timeProblem(
  stream: string,
  { timeNs }: PushedEntry,
  { store: { limits }, nowMs }: PushArrival,
): string | undefined {
  const oldestMs = nowMs - durationMs(limits.reject_old_samples_max_age);
  if (timeNs < nsOf(oldestMs)) {
    return `entry for stream '${stream}' has timestamp too old: ${secondText(timeNs)}, oldest acceptable timestamp is: ${secondText(nsOf(oldestMs))}`;
  }
  if (timeNs > nsOf(nowMs + durationMs(limits.creation_grace_period))) {
    return `entry for stream '${stream}' has timestamp too new: ${secondText(timeNs)}`;
  }
  return undefined;
}

function sizeProblem(stream: string, entry: PushedEntry, limits: Required<LokiLimits>): string | undefined {
  const longest = sizeBytes(limits.max_line_size);
  const length = utf8Bytes(entry.line);
  if (length > longest) {
    return `max entry size '${longest}' bytes exceeded for stream '${stream}' while adding an entry with length '${length}' bytes`;
  }
  const fields = Object.keys(entry.metadata).length;
  if (fields === 0) return undefined;
  if (!limits.allow_structured_metadata)
    return `stream '${stream}' includes structured metadata, but this feature is disallowed. ${see("allow_structured_metadata")} enable it`;
  const most = sizeBytes(limits.max_structured_metadata_size);
  const bytes = metadataBytes(entry);
  if (bytes > most)
    return `stream '${stream}' has structured metadata too large: '${bytes}' bytes, limit: '${most}' bytes. ${see("max_structured_metadata_size")} increase it`;
  const maxFields = limits.max_structured_metadata_entries_count;
  if (fields > maxFields)
    return `stream '${stream}' has too many structured metadata labels: '${fields}', limit: '${maxFields}'. ${see("max_structured_metadata_entries_count")} increase it`;
  return undefined;
}

const see = (limit: string): string => `Please see \`limits_config.${limit}\` or contact your Loki administrator to`;
const contact = "or contact your Loki administrator to see if the limit can be increased";

const rateText = (tenant: string, perSecond: number, lines: number, bytes: number): string =>
  `ingestion rate limit exceeded for user ${tenant} (limit: ${Math.floor(perSecond)} bytes/sec) while attempting to ingest '${lines}' lines totaling '${bytes}' bytes, reduce log volume ${contact}`;

/** Equal texts once, with their number. */
function groupedText(errors: readonly string[]): string {
  const groups = Map.groupBy(errors, (error) => error);
  const isPlain = groups.size === 1 && errors.length === 1;
  return [...groups].map(([text, { length }]) => (isPlain ? text : `${length} errors like: ${text}`)).join("; ");
}

/** The answer is what became of the last stream, whatever became of the others. */
function pushToIngester(streams: readonly PushedStream[], arrival: PushArrival): void {
  let last: PushRefusal | undefined;
  for (const stream of streams) last = pushStream(stream, arrival);
  if (last !== undefined) throw last;
}

function pushStream(
  pushed: PushedStream,
  { store, tenant, nowMs, maxChunkAgeMs }: PushArrival,
): PushRefusal | undefined {
  const { limits, streams } = store;
  const known = streams.get(pushed.name);
  if (known === undefined && streams.size >= limits.max_global_streams_per_user) {
    return new PushRefusal(
      429,
      `maximum active stream limit exceeded when trying to create stream ${pushed.name}, reduce the number of active streams (reduce labels or reduce label values), ${contact}, user: '${tenant}'`,
    );
  }
  const stream = known ?? newStream(pushed, limits);
  streams.set(pushed.name, stream);
  const news = pushed.entries.filter((entry) => !stream.entries.has(identityOf(entry)));
  const behind: PushedEntry[] = [];
  const valid: PushedEntry[] = [];
  let { highestNs } = stream;
  let cutoffNs = 0n;
  for (const entry of news) {
    const oldestNs = highestNs - nsOf(maxChunkAgeMs / 2);
    if (entry.timeNs < oldestNs) cutoffNs = oldestNs;
    (entry.timeNs < oldestNs ? behind : valid).push(entry);
    if (entry.timeNs > highestNs) highestNs = entry.timeNs;
  }
  if (!stream.bucket.take(totalBytes(valid), nowMs)) {
    return ignored(429, {
      tenant,
      pushed,
      entries: valid,
      reasonOf: (entry) => streamRateText(pushed.name, limits, entry),
    });
  }
  for (const entry of valid) stream.entries.set(identityOf(entry), entry);
  stream.highestNs = highestNs;
  if (behind.length === 0) return undefined;
  const reasonOf = ({ timeNs }: PushedEntry): string =>
    `entry too far behind, entry timestamp is: ${secondText(timeNs)}, oldest acceptable timestamp is: ${secondText(cutoffNs)}`;
  return ignored(400, { tenant, pushed, entries: behind, reasonOf });
}

const newStream = ({ labels }: PushedStream, limits: Required<LokiLimits>): StoredStream => ({
  labels,
  entries: new Map(),
  bucket: new TokenBucket(sizeBytes(limits.per_stream_rate_limit), sizeBytes(limits.per_stream_rate_limit_burst)),
  highestNs: 0n,
});

/** One of those that are equal in all of it is stored. */
const identityOf = ({ timeNs, line, metadata }: PushedEntry): string => `${timeNs} ${JSON.stringify(metadata)} ${line}`;

const streamRateText = (stream: string, limits: Required<LokiLimits>, entry: PushedEntry): string =>
  `Per stream rate limit exceeded (limit: ${limits.per_stream_rate_limit}/sec) while attempting to ingest for stream '${stream}' totaling ${totalBytes([entry])}B, consider splitting a stream via additional labels ${contact}`;

interface IgnoredEntries {
  readonly tenant: string;
  readonly pushed: PushedStream;
  readonly entries: readonly PushedEntry[];
  readonly reasonOf: (entry: PushedEntry) => string;
}

function ignored(status: number, { tenant, pushed, entries, reasonOf }: IgnoredEntries): PushRefusal {
  const told = entries.slice(0, maxTold);
  const each = told.map(
    (entry) => `entry with timestamp ${nanosecondText(entry.timeNs)} ignored, reason: '${reasonOf(entry)}',\n`,
  );
  return new PushRefusal(
    status,
    `${each.join("")}user '${tenant}', total ignored: ${entries.length} out of ${pushed.entries.length} for stream: ${pushed.name}`,
  );
}

const maxTold = 10;
const nsOf = (ms: number): bigint => BigInt(Math.floor(ms)) * 1_000_000n;
const secondText = (ns: bigint): string => `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}Z`;

function nanosecondText(ns: bigint): string {
  const fraction = String(ns % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${secondText(ns).slice(0, -1).replace("T", " ")}${fraction === "" ? "" : `.${fraction}`} +0000 UTC`;
}
