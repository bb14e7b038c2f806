/** Parsers of Redis replies. Undefined: no Redis with our scripts replies like this. */
import {
  isLabelItem,
  type KnownReplica,
  type LabelPage,
  type Part,
  type ReceivedLabel,
  type LeaderDocument,
} from "../store.ts";

/** A bulk string decoded as UTF-8; undefined for any other reply. */
export function textOf(reply: unknown): string | undefined {
  return Buffer.isBuffer(reply) ? reply.toString("utf8") : undefined;
}

/** A reply that is a list of texts; undefined when it is not a list or an item is not a text. */
export function textsOf(reply: unknown): readonly string[] | undefined {
  if (!Array.isArray(reply)) return undefined;
  const texts = reply.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** One replica's counts for a key and window, not yet decoded. */
export interface EncodedPart {
  readonly part: Part;
  readonly bytes: Buffer;
}

/** The hash of one key and window: field `s:<replica>` has sequence and time, `c:<replica>` the counts. In order of replica. */
export function readParts(reply: unknown): readonly EncodedPart[] | undefined {
  if (!Array.isArray(reply) || !reply.every((value) => Buffer.isBuffer(value))) return undefined;
  const about = new Map<string, string>();
  const counts = new Map<string, Buffer>();
  for (let index = 0; index + 1 < reply.length; index += 2) {
    const field = String(reply[index]);
    const value = reply[index + 1] ?? Buffer.alloc(0);
    if (field.startsWith("s:")) about.set(field.slice(2), value.toString());
    if (field.startsWith("c:")) counts.set(field.slice(2), value);
  }
  const ids = [...counts.keys()].toSorted();
  return ids.map((replicaId) => ({
    part: { replicaId, ...readAbout(about.get(replicaId)) },
    bytes: counts.get(replicaId) ?? Buffer.alloc(0),
  }));
}

function readAbout(text = ""): { readonly sequence: number; readonly writtenAtMs: number } {
  const [sequence = 0, writtenAtMs = 0] = text.split(" ").map(Number);
  return { sequence, writtenAtMs };
}

/** Replica, record, replica, record …; skips malformed records. */
export function readReplicas(reply: unknown, lastSequence: number): readonly KnownReplica[] | undefined {
  const texts = textsOf(reply);
  if (texts === undefined || texts.length % 2 === 1) return undefined;
  const replicas: KnownReplica[] = [];
  for (let index = 0; index < texts.length; index += 2) {
    const record = /^(?<sequence>\d+) (?<time>\d+) (?<json>.*)$/s.exec(texts[index + 1] ?? "")?.groups;
    const rest = parseReplica(record?.["json"] ?? "");
    if (rest === undefined) continue;
    const sequence = Number(record?.["sequence"]);
    replicas.push({
      ...rest,
      replicaId: texts[index] ?? "",
      sequence,
      seenAtMs: Number(record?.["time"]),
      hasLeft: sequence >= lastSequence,
    });
  }
  return replicas;
}

function parseReplica(json: string): Pick<KnownReplica, "startedAtMs" | "address" | "flushMs"> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null) return undefined;
    const { startedAtMs, address, flushMs } = value as Readonly<Record<string, unknown>>;
    const isValid = typeof startedAtMs === "number" && typeof address === "string" && typeof flushMs === "number";
    return isValid && flushMs > 0 ? { startedAtMs, address, flushMs } : undefined;
  } catch {
    return undefined;
  }
}

/** A document, or undefined inside when there is none. */
export function readDocumentReply(reply: unknown): { readonly document: LeaderDocument | undefined } | undefined {
  if (reply === null) return { document: undefined };
  const found = /^(?<token>\d+) \d+ (?<json>.*)$/s.exec(textOf(reply) ?? "")?.groups;
  return found && { document: { token: Number(found["token"]), json: found["json"] ?? "" } };
}

/** The entries after `afterId`, and how many were ever added. */
export function readLabelEntries(reply: unknown, afterId: string, maxEntries: number): LabelPage | undefined {
  if (!Array.isArray(reply) || typeof reply[0] !== "number" || !Array.isArray(reply[1])) return undefined;
  const entries: readonly unknown[] = reply[1];
  const items: ReceivedLabel[] = [];
  let lastId = afterId;
  for (const entry of entries) {
    const [id, fields]: readonly unknown[] = Array.isArray(entry) ? entry : [];
    lastId = textOf(id) ?? lastId;
    const item = readLabel(fields);
    if (item !== undefined) items.push(item);
  }
  return {
    items,
    lastId,
    entries: entries.length,
    malformed: entries.length - items.length,
    addedTotal: reply[0] < 0 ? undefined : reply[0],
    isAtEnd: entries.length < maxEntries,
  };
}

function readLabel(fields: unknown): ReceivedLabel | undefined {
  const texts = textsOf(fields) ?? [];
  const valueOf = (name: string): string | undefined => {
    const at = texts.findIndex((text, index) => index % 2 === 0 && text === name);
    return at < 0 ? undefined : texts[at + 1];
  };
  const label = valueOf("label");
  const row = valueOf("row") ?? "";
  if (label === undefined || !/^\d*$/.test(row)) return undefined;
  const item = { id: valueOf("id") ?? "", label, ...(row === "" ? {} : { row: Number(row) }) };
  return isLabelItem(item) ? { ...item, from: valueOf("from") ?? "" } : undefined;
}
