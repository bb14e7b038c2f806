/** Reading of push requests as Loki does it. */

/** An entry of a push. */
export interface PushedEntry {
  readonly timeNs: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A stream of a push. `labels` are in the notation of LogQL, with those that Loki adds. */
export interface PushedStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string;
  readonly entries: readonly PushedEntry[];
}

/** A request that is refused as a whole. */
export class PushRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The streams of a JSON push. Throws a {@link PushRefusal}; its texts only resemble Loki's, which quote the body. */
export function parsePush(body: string): readonly PushedStream[] {
  const bad = (what: string): PushRefusal =>
    new PushRefusal(
      400,
      `loghttp.PushRequest.Streams: []loghttp.LogProtoStream: ${what}, error found in #10 byte of ...|${body.slice(0, 10)}|...`,
    );
  if (body === "") throw new PushRefusal(400, "EOF");
  // Half a surrogate pair is not JSON to Loki.
  if (/\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f]/i.test(body.replaceAll("\\\\", ""))) {
    throw bad("unmarshalerDecoder: Value looks like Number/Boolean/None, but can't find its end");
  }
  let parsed: { readonly streams?: readonly RawStream[] };
  try {
    parsed = JSON.parse(body) as typeof parsed;
  } catch {
    throw bad("readStringSlowPath: unexpected end of input");
  }
  const { streams = [] } = parsed;
  if (streams.length === 0) throw new PushRefusal(422, "error at least one valid stream is required for ingestion");
  return streams.map(({ stream, values }) => {
    const labels = labelsOf(stream);
    return { labels, name: streamName(labels), entries: values.map((value) => entryOf(value, bad)) };
  });
}

interface RawStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly unknown[])[];
}

function entryOf([time, line, metadata = {}]: readonly unknown[], bad: (what: string) => PushRefusal): PushedEntry {
  if (typeof time !== "string") throw bad("unmarshalerDecoder: Value looks like Number/Boolean/None");
  if (typeof line !== "string") throw bad("unmarshalerDecoder: Value is no string");
  const fields = Object.entries(metadata as object) as [string, unknown][];
  if (fields.some(([, value]) => typeof value !== "string"))
    throw bad("unmarshalerDecoder: Value is string, but can't find closing '\"' symbol");
  return { timeNs: BigInt(time), line, metadata: Object.fromEntries(fields) as Record<string, string> };
}

function labelsOf(stream: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const named = Object.entries(stream).filter(([, value]) => value !== "");
  const wrong = named.find(([name]) => !/^[a-zA-Z_]\w*$/.test(name));
  if (wrong !== undefined) {
    const character = /\W/.exec(wrong[0])?.[0] ?? wrong[0].charAt(0);
    throw new PushRefusal(
      400,
      `couldn't parse labels: 1:3: parse error: unexpected character inside braces: '${character}'`,
    );
  }
  const found = serviceLabels.map((name) => stream[name]).find((value) => value !== undefined && value !== "");
  const all = { service_name: found ?? "unknown_service", ...Object.fromEntries(named) };
  return Object.fromEntries(Object.entries(all).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Where Loki finds the name of a service. */
const serviceLabels = [
  "service",
  "app",
  "application",
  "app_name",
  "name",
  "container",
  "component",
  "workload",
  "job",
];

/** How Loki writes the labels of a stream. */
export const streamName = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
