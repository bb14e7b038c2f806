import { equalsIgnoreCase } from "../http1/bytes.ts";
import { Field } from "../http1/field.ts";
import type { RequestHead } from "../http1/request-head.ts";

/** The parts of a request that the admin API uses. A missing header is an empty string. */
export interface AdminRequest {
  readonly method: string;
  /** As sent, not decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Authority of an absolute target, else the Host header. */
  readonly host: string;
  readonly origin: string;
  /** `Sec-Fetch-Site`: set by browsers, cannot be set by web pages. */
  readonly fetchSite: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly remoteAddress: string;
}

/** Reads a request from `bytes`, which begin with its head. Lines of a repeated header are joined, so it matches nothing. */
export function readAdminRequest(head: RequestHead, bytes: Buffer, remoteAddress: string): AdminRequest {
  const text = (start: number, end: number): string => bytes.toString("latin1", start, end);
  const { target } = head;
  const pathAndQuery = text(target.pathStart, head.targetEnd);
  const mark = pathAndQuery.indexOf("?");
  const isAbsolute = target.kind === "absolute";
  return {
    method: text(head.methodStart, head.methodEnd),
    path: mark === -1 ? pathAndQuery : pathAndQuery.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? "" : pathAndQuery.slice(mark + 1)),
    host: isAbsolute ? text(target.authorityStart, target.authorityEnd) : valueOf(head, bytes, "host"),
    origin: valueOf(head, bytes, "origin"),
    fetchSite: valueOf(head, bytes, "sec-fetch-site"),
    authorization: valueOf(head, bytes, "authorization"),
    contentType: valueOf(head, bytes, "content-type"),
    contentEncoding: valueOf(head, bytes, "content-encoding"),
    remoteAddress,
  };
}

const knownFields: Readonly<Record<string, number>> = {
  host: Field.host,
  authorization: Field.authorization,
  "content-type": Field.contentType,
  "content-encoding": Field.contentEncoding,
};

function valueOf({ headers }: RequestHead, bytes: Buffer, name: string): string {
  const values: string[] = [];
  for (let i = 0; i < headers.count; i++) {
    const isWanted =
      headers.field[i] === (knownFields[name] ?? Field.other) &&
      equalsIgnoreCase(bytes, headers.nameStart[i] ?? 0, headers.nameEnd[i] ?? 0, name);
    if (isWanted) values.push(bytes.toString("latin1", headers.valueStart[i], headers.valueEnd[i]));
  }
  return values.join(", ");
}
