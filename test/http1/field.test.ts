import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Field, identifyField } from "../../src/http1/field.ts";
import { bytesOf } from "./support/cuts.ts";

/** Written out here again: the names as the RFCs have them. */
const known: Readonly<Record<string, number>> = {
  Host: Field.host,
  Connection: Field.connection,
  "Content-Length": Field.contentLength,
  "Transfer-Encoding": Field.transferEncoding,
  TE: Field.te,
  Upgrade: Field.upgrade,
  "Keep-Alive": Field.keepAlive,
  "Proxy-Connection": Field.proxyConnection,
  "Proxy-Authenticate": Field.proxyAuthenticate,
  "Proxy-Authorization": Field.proxyAuthorization,
  Expect: Field.expect,
  Via: Field.via,
  "X-Forwarded-For": Field.xForwardedFor,
  "X-Request-Id": Field.xRequestId,
  Traceparent: Field.traceparent,
  Tracestate: Field.tracestate,
  "Max-Forwards": Field.maxForwards,
  Date: Field.date,
  "Content-Type": Field.contentType,
  "Content-Encoding": Field.contentEncoding,
  "HTTP2-Settings": Field.http2Settings,
  Cookie: Field.cookie,
  Authorization: Field.authorization,
};

const byLowerName = new Map(Object.entries(known).map(([name, field]) => [name.toLowerCase(), field]));

function naive(name: string): number {
  const lowered = name.toLowerCase();
  if (lowered.startsWith("x-outrider-") && lowered.length > "x-outrider-".length) return Field.internal;
  return byLowerName.get(lowered) ?? Field.other;
}

function identified(name: string, offset: number): number {
  const bytes = bytesOf(`${"-".repeat(offset)}${name}: x`);
  return identifyField(bytes, offset, offset + name.length);
}

const tokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 30 });
const knownName = fc.constantFrom(...Object.keys(known), "x-outrider-", "x-outrider-error");
/** A known name in any letters, with a character replaced, cut off or added now and then. */
const nearName = fc
  .tuple(knownName, fc.infiniteStream(fc.boolean()), fc.nat(30), fc.constantFrom(...tokenCharacters, ""), fc.nat(4))
  .map(([name, raised, at, other, change]) => {
    const cased = Array.from(name, (c) => ((raised.next().value ?? false) ? c.toUpperCase() : c.toLowerCase()));
    if (change === 0) cased.splice(at % cased.length, 1, other);
    if (change === 1) cased.push(other);
    return cased.join("");
  })
  .filter((name) => name.length > 0);

describe("identity of a header field", () => {
  it.each(Object.entries(known))("knows %s", (name, field) => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) expect(identified(written, 3)).toBe(field);
  });

  it("covers every field that there is", () => {
    const covered = new Set([...Object.values(known), Field.other, Field.internal]);
    expect([...covered].sort()).toEqual(Object.values(Field).sort());
  });

  it("is what a comparison in lower case finds, for any name", () => {
    fc.assert(
      fc.property(fc.oneof(token, nearName), fc.nat(7), (name, offset) => {
        expect(identified(name, offset)).toBe(naive(name));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes only names that go on after x-outrider- for its own", () => {
    expect(identified("x-outrider-", 0)).toBe(Field.other);
    expect(identified("X-Outrider-E", 0)).toBe(Field.internal);
    expect(identified("y-outrider-e", 0)).toBe(Field.other);
  });
});
