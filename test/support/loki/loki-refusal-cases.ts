/** The groups of pushes of which the list of refusals is made. */
import type { LokiLimits } from "./loki-limits.ts";
import type { LokiRefusal, StreamPush } from "./loki-refusal.ts";

const stream = { job: "outrider" };
const bodyOf = (...streams: readonly StreamPush[]): string =>
  JSON.stringify({ streams: streams.map(([labels, values]) => ({ stream: labels, values })) });
/** `count` entries of one time and the nanoseconds after it. */
const lines = (ms: number, count: number, line = "line"): (readonly [string, string])[] =>
  Array.from({ length: count }, (_, index) => [String(BigInt(ms) * 1_000_000n + BigInt(index)), `${line} ${index}`]);

type Row = Omit<LokiRefusal, "tenant" | "before" | "limits"> & Partial<Pick<LokiRefusal, "before" | "limits">>;
const rows = (group: string, list: readonly Row[]): readonly LokiRefusal[] =>
  list.map((row, index) => ({ before: [], limits: {}, ...row, tenant: `${group}-${index}` }));

/** What Loki takes. */
export function good(now: number): readonly LokiRefusal[] {
  const plain = bodyOf([stream, lines(now, 3)]);
  return rows("good", [
    { name: "three lines", body: plain, expect: { status: 204, textIncludes: [], stored: 3 } },
    {
      name: "the same lines again",
      before: [plain],
      body: plain,
      expect: { status: 204, textIncludes: [], stored: 3 },
    },
    {
      name: "lines of one time, one of them twice",
      body: bodyOf([stream, ["c", "a", "b", "a"].map((line) => [`${now}000000`, line])]),
      expect: { status: 204, textIncludes: [], stored: 3 },
    },
    {
      name: "one line with other metadata",
      before: [bodyOf([stream, [[`${now}000000`, "x"]]])],
      body: bodyOf([stream, [[`${now}000000`, "x", { trace_id: "1" }]]]),
      expect: { status: 204, textIncludes: [], stored: 2 },
    },
    {
      name: "labels without a value, and none at all",
      body: bodyOf([{ empty: "" }, lines(now, 1)], [{}, lines(now, 1, "other")]),
      expect: { status: 204, textIncludes: [], stored: 2 },
    },
    {
      name: "a tenant that is blocked",
      limits: { block_ingestion_until: "2100-01-01T00:00:00Z" },
      body: plain,
      expect: { status: 260, textIncludes: ["ingestion blocked for user"], stored: 0 },
    },
  ]);
}

/** Bodies that are refused whole. */
export function unreadable(now: number): readonly LokiRefusal[] {
  const body = bodyOf([stream, lines(now, 1)]);
  const refused = (status: number, ...textIncludes: string[]): LokiRefusal["expect"] => ({
    status,
    textIncludes,
    stored: 0,
  });
  return rows("unreadable", [
    { name: "no streams", body: '{"streams":[]}', expect: refused(422, "at least one valid stream is required") },
    { name: "no body", body: "", expect: refused(400, "EOF") },
    { name: "half a body", body: body.slice(0, -8), expect: refused(400, "loghttp.PushRequest.Streams") },
    {
      name: "a time that is a number",
      body: body.replace(`"${now}000000"`, `${now}000000`),
      expect: refused(400, "loghttp.PushRequest.Streams", "error found in #"),
    },
    {
      name: "metadata that is a number",
      body: body.replace('"line 0"', '"line 0",{"n":1}'),
      expect: refused(400, "loghttp.PushRequest.Streams"),
    },
    {
      name: "half a surrogate pair",
      body: body.replace("line 0", String.raw`line \ud83d`),
      expect: refused(400, "loghttp.PushRequest.Streams"),
    },
    {
      name: "a label name with a dash, beside a good stream",
      body: bodyOf([{ "a-b": "c" }, lines(now, 1)], [stream, lines(now, 1)]),
      expect: refused(400, "couldn't parse labels"),
    },
  ]);
}

/** Times. */
export function badTimes(now: number): readonly LokiRefusal[] {
  const old = now - 7_200_000;
  const late = now - 600_000;
  return rows("time", [
    {
      name: "one too old among good ones",
      body: bodyOf([stream, [...lines(now, 2), ...lines(old, 1)]]),
      expect: {
        status: 400,
        textIncludes: ['entry for stream \'{job="outrider", service_name="outrider"}\' has timestamp too old: '],
        stored: 2,
      },
    },
    {
      name: "several too old, of two seconds",
      body: bodyOf([stream, [...lines(old, 5), ...lines(old + 5000, 3), ...lines(now, 1)]]),
      expect: {
        status: 400,
        textIncludes: ["5 errors like: entry for stream", "3 errors like: entry for stream", "; "],
        stored: 1,
      },
    },
    {
      name: "one too new",
      body: bodyOf([stream, [...lines(now, 1), ...lines(now + 3_600_000, 1)]]),
      expect: { status: 400, textIncludes: ["has timestamp too new: "], stored: 1 },
    },
    {
      name: "one too far behind",
      before: [bodyOf([stream, lines(now, 1)])],
      body: bodyOf([stream, [...lines(late, 1), ...lines(now, 1, "second")]]),
      expect: {
        status: 400,
        textIncludes: [
          "entry with timestamp ",
          "reason: 'entry too far behind, entry timestamp is: ",
          "user 'time-3', total ignored: 1 out of 2 for stream: {",
        ],
        stored: 2,
      },
    },
    {
      name: "many too far behind",
      before: [bodyOf([stream, lines(now, 1)])],
      body: bodyOf([stream, lines(late, 30)]),
      expect: { status: 400, textIncludes: ["total ignored: 30 out of 30 for stream: "], stored: 1 },
    },
    {
      name: "one too old beside one too far behind, of which only the latter is said",
      before: [bodyOf([stream, lines(now, 1)])],
      body: bodyOf([stream, [...lines(old, 1), ...lines(late, 1)]]),
      expect: { status: 400, textIncludes: ["too far behind", "total ignored: 1 out of 1"], stored: 1 },
    },
    {
      name: "one too far behind in a stream that is not the last of the push, of which nothing is said",
      before: [bodyOf([stream, lines(now, 1)])],
      body: bodyOf([stream, lines(late, 1)], [{ job: "other" }, lines(now, 1)]),
      expect: { status: 204, textIncludes: [], stored: 2 },
    },
  ]);
}

/** Lines and metadata. */
export function badSizes(now: number): readonly LokiRefusal[] {
  const withMetadata = (metadata: Readonly<Record<string, string>>): string =>
    bodyOf([stream, [...lines(now, 1), [`${now}000001`, "x", metadata]]]);
  const limits: LokiLimits = {
    max_line_size: "4KB",
    max_structured_metadata_size: "2KB",
    max_structured_metadata_entries_count: 8,
  };
  return rows("size", [
    {
      name: "a line too long among good ones",
      limits,
      body: bodyOf([stream, [...lines(now, 1), ...lines(now, 1, "x".repeat(5000))]]),
      expect: {
        status: 400,
        textIncludes: ["max entry size '4096' bytes exceeded for stream ", "with length '5002' bytes"],
        stored: 1,
      },
    },
    {
      name: "two lines too long, of different lengths",
      limits,
      body: bodyOf([stream, [...lines(now, 1, "x".repeat(5000)), ...lines(now, 1, "é".repeat(5000))]]),
      expect: {
        status: 400,
        textIncludes: ["1 errors like: max entry size", "with length '5002' bytes", "with length '10002' bytes"],
        stored: 0,
      },
    },
    {
      name: "metadata too large",
      limits,
      body: withMetadata({ big: "y".repeat(3000) }),
      expect: {
        status: 400,
        textIncludes: ["has structured metadata too large: '3003' bytes, limit: '2048' bytes"],
        stored: 1,
      },
    },
    {
      name: "too many fields of metadata",
      limits,
      body: withMetadata(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, "v"]))),
      expect: { status: 400, textIncludes: ["has too many structured metadata labels: '12', limit: '8'"], stored: 1 },
    },
    {
      name: "metadata where none is allowed",
      limits: { allow_structured_metadata: false },
      body: withMetadata({ k: "v" }),
      expect: {
        status: 400,
        textIncludes: ["includes structured metadata, but this feature is disallowed"],
        stored: 1,
      },
    },
  ]);
}

/** Labels. */
export function badLabels(now: number): readonly LokiRefusal[] {
  const limits: LokiLimits = { max_label_names_per_series: 6, max_label_name_length: 64, max_label_value_length: 128 };
  const eight = Object.fromEntries([..."abcdefgh"].map((name) => [name, "1"]));
  return rows("label", [
    {
      name: "too many labels, said once for three entries",
      limits,
      body: bodyOf([eight, lines(now, 3)], [stream, lines(now, 1)]),
      expect: { status: 400, textIncludes: ['entry for stream \'{a="1", ', "has 8 label names; limit 6"], stored: 1 },
    },
    {
      name: "a label name too long",
      limits,
      body: bodyOf([{ ["n".repeat(80)]: "v" }, lines(now, 2)], [stream, lines(now, 1)]),
      expect: { status: 400, textIncludes: ["has label name too long: 'nnn"], stored: 1 },
    },
    {
      name: "a label value too long",
      limits,
      body: bodyOf([{ job: "v".repeat(200) }, lines(now, 2)], [stream, lines(now, 1)]),
      expect: { status: 400, textIncludes: ["has label value too long: 'vvv"], stored: 1 },
    },
  ]);
}

/** Rates, and the number of streams. */
export function tooMuch(now: number): readonly LokiRefusal[] {
  const pods = (count: number): readonly StreamPush[] =>
    Array.from({ length: count }, (_, index): StreamPush => [{ pod: `p${index}` }, lines(now, 1)]);
  const large = lines(now, 30, "z".repeat(4000));
  return rows("much", [
    {
      name: "too many streams, the last of them new",
      limits: { max_global_streams_per_user: 5 },
      body: bodyOf(...pods(9)),
      expect: {
        status: 429,
        textIncludes: [
          'maximum active stream limit exceeded when trying to create stream {pod="p8", ',
          "user: 'much-0'",
        ],
        stored: 5,
      },
    },
    {
      name: "too many streams, the last of them known, of which nothing is said",
      limits: { max_global_streams_per_user: 5 },
      before: [bodyOf([stream, lines(now, 1)])],
      body: bodyOf(...pods(9), [stream, lines(now, 1, "second")]),
      expect: { status: 204, textIncludes: [], stored: 6 },
    },
    {
      name: "more than the burst of the tenant",
      limits: { ingestion_rate_mb: 0.1, ingestion_burst_size_mb: 0.1 },
      body: bodyOf([stream, large]),
      expect: {
        status: 429,
        textIncludes: [
          "ingestion rate limit exceeded for user much-2 (limit: 104857 bytes/sec) while attempting to ingest '30' lines totaling '120080' bytes",
        ],
        stored: 0,
      },
    },
    {
      name: "more than the burst of the tenant, with one too old",
      limits: { ingestion_rate_mb: 0.1, ingestion_burst_size_mb: 0.1 },
      body: bodyOf([stream, [...large, ...lines(now - 7_200_000, 1)]]),
      expect: { status: 429, textIncludes: ["ingestion rate limit exceeded", "'30' lines"], stored: 0 },
    },
    {
      name: "more than the burst of a stream, beside another",
      limits: { per_stream_rate_limit: "64KB", per_stream_rate_limit_burst: "96KB" },
      body: bodyOf([{ job: "other" }, lines(now, 1)], [stream, large]),
      expect: {
        status: 429,
        textIncludes: [
          "reason: 'Per stream rate limit exceeded (limit: 64KB/sec) while attempting to ingest for stream '{job=\"outrider\"",
          "total ignored: 30 out of 30 for stream: ",
        ],
        stored: 1,
      },
    },
  ]);
}
