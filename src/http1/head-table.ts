/**
 * What the relay changes in heads; everything else is passed on as it was sent. Both rewriters take from these tables
 * which lines never pass, which may change, and which a Connection header cannot remove. The reference page of routes and
 * heads is made from them.
 */
import { Field, fieldBits, type FieldId } from "./field.ts";

/** One change that the relay makes to heads, with its reason; the reference lists them. */
export interface HeadRule {
  /** The fields it is about; empty when it is about other parts of a message, or a line that is only ever added. */
  readonly fields: readonly FieldId[];
  /** The same in words. */
  readonly name: string;
  /** `removed`: a line with the field never passes, though one may be written anew. `changed`: it depends on the message. */
  readonly kind: "removed" | "changed";
  /** True when a Connection header that names the field does not remove it. */
  readonly isProtected: boolean;
  readonly action: string;
  readonly why: string;
}

/** All changes between the client's request head and the one that the upstream gets. */
export const requestRules: readonly HeadRule[] = [
  other(
    "request line",
    "rewritten to origin-form and HTTP/1.1 when it was absolute-form or HTTP/1.0",
    "RFC 9112 §3.2.2, RFC 9110 §2.5",
  ),
  protect([Field.host], {
    name: "Host",
    action:
      "replaced by the authority of an absolute-form target; the upstream's own added to an HTTP/1.0 request without one",
    why: "RFC 9112 §3.2.2",
  }),
  remove([Field.connection], {
    name: "Connection and every header it names",
    action: "removed, but Host, framing headers and the ones added below cannot be named away",
    why: "RFC 9110 §7.6.1; a client must not strip what servers rely on",
  }),
  remove([Field.keepAlive, Field.proxyConnection, Field.proxyAuthenticate, Field.proxyAuthorization], {
    name: "Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization",
    action: "removed",
    why: "they end at this hop",
  }),
  remove([Field.te], {
    name: "TE",
    action: "removed; sent as `TE: trailers` with `Connection: TE` when it lists trailers",
    why: "RFC 9110 §10.1.4",
  }),
  remove([Field.upgrade], {
    name: "Upgrade",
    action: "removed; sent with `Connection: Upgrade` when the protocol is one of `upgrade.protocols`",
    why: "an h2c upgrade would bypass the route table",
  }),
  remove([Field.http2Settings], { name: "HTTP2-Settings", action: "removed", why: "it belongs to the h2c upgrade" }),
  protect([Field.contentLength], {
    name: "Content-Length",
    action: "repeated or listed equal lengths become one; padding zeros are removed",
    why: "RFC 9110 §8.6",
  }),
  protect([Field.transferEncoding], {
    name: "Transfer-Encoding",
    action: "written as `chunked`",
    why: "one spelling that every server reads alike",
  }),
  other("chunked coding", "leading zeros of sizes and chunk extensions are removed", "RFC 9112 §7.1.1"),
  other("trailers", "passed on, except fields of framing, routing, identity and credentials", "RFC 9110 §6.5.1"),
  change([Field.expect], { name: "Expect", action: "removed from HTTP/1.0 requests", why: "RFC 9110 §10.1.1" }),
  change([Field.maxForwards], {
    name: "Max-Forwards",
    action: "decremented for OPTIONS and TRACE; answered here at 0",
    why: "RFC 9110 §7.6.2",
  }),
  protect([Field.xForwardedFor], {
    name: "X-Forwarded-For",
    action: "the client's address is appended",
    why: "the model server sees the client's address",
  }),
  protect([Field.via], {
    name: "Via",
    action: "this instance's name is appended",
    why: "RFC 9110 §7.6.3; loops are found by it",
  }),
  protect([Field.xRequestId], {
    name: "x-request-id",
    action: "kept when it is one safe value (1 to 128 letters, digits or `-._~:+/=@`), else created",
    why: "one identity in every log",
  }),
  protect([Field.traceparent], {
    name: "traceparent",
    action: "kept when valid, else created",
    why: "W3C Trace Context §4",
  }),
  change([Field.tracestate], {
    name: "tracestate",
    action: "removed when traceparent is created",
    why: "W3C Trace Context §4",
  }),
  remove([Field.internal], { name: "x-outrider-*", action: "removed", why: "only Outrider may set them" }),
];

/** All changes between the upstream's response head and the one that the client gets. */
export const responseRules: readonly HeadRule[] = [
  other("status line", "version written as HTTP/1.1", "RFC 9110 §2.5"),
  remove([Field.connection], {
    name: "Connection and every header it names",
    action: "removed, but Date, x-request-id and framing headers cannot be named away",
    why: "RFC 9110 §7.6.1",
  }),
  remove(
    [
      Field.keepAlive,
      Field.proxyConnection,
      Field.proxyAuthenticate,
      Field.proxyAuthorization,
      Field.te,
      Field.upgrade,
    ],
    {
      name: "Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization, TE, Upgrade",
      action: "removed; Upgrade is kept in a 101",
      why: "they end at this hop",
    },
  ),
  other("Connection", "`close` is added when this connection ends after the response", "RFC 9112 §9.6"),
  protect([Field.transferEncoding], {
    name: "Transfer-Encoding",
    action: "added when the upstream ended its body by closing; removed for HTTP/1.0 clients",
    why: "RFC 9112 §6.3, §7",
  }),
  other("Content-Length, Transfer-Encoding in 1xx and 204", "removed", "RFC 9110 §8.6, RFC 9112 §6.1"),
  protect([Field.contentLength], {
    name: "Content-Length",
    action: "repeated or listed equal lengths become one; padding zeros are removed",
    why: "RFC 9110 §8.6",
  }),
  other("chunked coding and trailers", "as for requests", "RFC 9112 §7.1"),
  protect([Field.date], { name: "Date", action: "added when the upstream sent none", why: "RFC 9110 §6.6.1" }),
  protect([Field.xRequestId], {
    name: "x-request-id",
    action: "added unless the upstream set its own",
    why: "the client can name the request",
  }),
  other("x-outrider-request-id", "added always", "the identity that Outrider's logs and metrics use"),
  remove([Field.internal], {
    name: "x-outrider-*",
    action: "removed when it comes from the upstream",
    why: "only Outrider may set them",
  }),
];

/** A table by field ID: 1 for each field whose lines are never passed on. */
export function removedFields(rules: readonly HeadRule[]): Uint8Array {
  return fieldTable(rules.filter(({ kind }) => kind === "removed"));
}

/** A table by field ID: 1 for each field that a Connection header cannot remove. */
export function protectedFields(rules: readonly HeadRule[]): Uint8Array {
  return fieldTable(rules.filter(({ isProtected }) => isProtected));
}

/** The bits of every field that some rule is about. */
export function ruledFields(rules: readonly HeadRule[]): number {
  return fieldBits(rules.flatMap(({ fields }) => fields));
}

function fieldTable(rules: readonly HeadRule[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const { fields } of rules) for (const field of fields) table[field] = 1;
  return table;
}

type RuleText = Pick<HeadRule, "name" | "action" | "why">;

function remove(fields: readonly FieldId[], text: RuleText): HeadRule {
  return { fields, kind: "removed", isProtected: false, ...text };
}

function change(fields: readonly FieldId[], text: RuleText): HeadRule {
  return { fields, kind: "changed", isProtected: false, ...text };
}

function protect(fields: readonly FieldId[], text: RuleText): HeadRule {
  return { fields, kind: "changed", isProtected: true, ...text };
}

function other(name: string, action: string, why: string): HeadRule {
  return { fields: [], kind: "changed", isProtected: false, name, action, why };
}
