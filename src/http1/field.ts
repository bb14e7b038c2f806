/** The header fields that the grammar or the rewriting has to know; every other field is {@link Field.other}. */
import { equalsIgnoreCase } from "./bytes.ts";

/** Identity of a known header field, small enough for a byte array. */
export const Field = {
  other: 0,
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  te: 5,
  upgrade: 6,
  keepAlive: 7,
  proxyConnection: 8,
  proxyAuthenticate: 9,
  proxyAuthorization: 10,
  expect: 11,
  via: 12,
  xForwardedFor: 13,
  xRequestId: 14,
  traceparent: 15,
  tracestate: 16,
  maxForwards: 17,
  date: 18,
  contentType: 19,
  contentEncoding: 20,
  http2Settings: 21,
  /** Any field whose name begins with `x-outrider-`. */
  internal: 22,
  cookie: 23,
  authorization: 24,
} as const;

/** A value of {@link Field}. */
export type FieldId = (typeof Field)[keyof typeof Field];

/** A bit for each field, so that a set of fields is one number. */
export const fieldBit = (field: FieldId): number => 1 << field;

/** The set of these fields as one number; test it with {@link fieldBit}. */
export const fieldBits = (fields: readonly FieldId[]): number =>
  fields.reduce<number>((bits, field) => bits | fieldBit(field), 0);

const names: Readonly<Record<string, FieldId>> = {
  host: Field.host,
  connection: Field.connection,
  "content-length": Field.contentLength,
  "transfer-encoding": Field.transferEncoding,
  te: Field.te,
  upgrade: Field.upgrade,
  "keep-alive": Field.keepAlive,
  "proxy-connection": Field.proxyConnection,
  "proxy-authenticate": Field.proxyAuthenticate,
  "proxy-authorization": Field.proxyAuthorization,
  expect: Field.expect,
  via: Field.via,
  "x-forwarded-for": Field.xForwardedFor,
  "x-request-id": Field.xRequestId,
  traceparent: Field.traceparent,
  tracestate: Field.tracestate,
  "max-forwards": Field.maxForwards,
  date: Field.date,
  "content-type": Field.contentType,
  "content-encoding": Field.contentEncoding,
  "http2-settings": Field.http2Settings,
  cookie: Field.cookie,
  authorization: Field.authorization,
};

interface Candidate {
  readonly name: string;
  readonly first: number;
  readonly id: FieldId;
}

const internalPrefix = "x-outrider-";
const longest = Math.max(...Object.keys(names).map((name) => name.length));

/** Candidates by length of the name: most names are ruled out by their length and first letter alone. */
const byLength: readonly (readonly Candidate[])[] = Array.from({ length: longest + 1 }, (_, length) =>
  Object.entries(names)
    .filter(([name]) => name.length === length)
    .map(([name, id]) => ({ name, first: name.charCodeAt(0), id })),
);

/** Which field the name at [start, end) is, in any letter case. Costs a few nanoseconds and allocates nothing. */
export function identifyField(bytes: Uint8Array, start: number, end: number): FieldId {
  const length = end - start;
  const first = bytes[start]! | 0x20;
  if (length <= longest) {
    const candidates = byLength[length]!;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (candidate.first === first && equalsIgnoreCase(bytes, start, end, candidate.name)) return candidate.id;
    }
  }
  if (length > internalPrefix.length && first === 0x78) {
    if (equalsIgnoreCase(bytes, start, start + internalPrefix.length, internalPrefix)) return Field.internal;
  }
  return Field.other;
}
