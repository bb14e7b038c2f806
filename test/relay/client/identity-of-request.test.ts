import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdentitySource, RequestIdentity } from "../../../src/relay/client/identity.ts";

describe("the identity of a request, as the last lines of its response", () => {
  it("are those of the identity set last, whatever was set before", () => {
    const lines = new RequestIdentity();
    const id = fc.string({ unit: fc.constantFrom(..."abc012-"), minLength: 1, maxLength: 128 });
    const step = fc.oneof({ weight: 5, arbitrary: id }, { weight: 1, arbitrary: fc.constant(undefined) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        for (const text of steps) {
          if (text === undefined) {
            lines.clear();
            expect(lines.id.length).toBe(0);
            continue;
          }
          lines.set(Buffer.from(`xx${text}yy`), 2, 2 + text.length);
          expect(lines.id.toString()).toBe(text);
          expect(lines.own.toString()).toBe(`x-outrider-request-id: ${text}\r\n\r\n`);
          expect(lines.both.toString()).toBe(`x-request-id: ${text}\r\nx-outrider-request-id: ${text}\r\n\r\n`);
        }
      }),
    );
  });

  it("keep their views while the length stays", () => {
    const lines = new RequestIdentity();
    lines.set(Buffer.from("aaa"), 0, 3);
    const { both, own, id } = lines;
    lines.set(Buffer.from("bbb"), 0, 3);
    expect([lines.both, lines.own, lines.id].map((view, i) => view === [both, own, id][i])).toEqual([true, true, true]);
    expect(own.toString()).toContain("bbb");
  });
});

describe("the identity of a request and of its trace", () => {
  const source = new IdentitySource({ fill: (target) => target.fill(7) });

  it("are the same when both began here", () => {
    const identity = new RequestIdentity();
    source.next();
    identity.set(source.id, 0, 32);
    identity.beginTrace(source, true);
    expect([identity.id.toString(), identity.traceId]).toEqual([source.id.toString(), source.id.toString()]);
  });

  it("that came with the request are kept, even when the bytes they came in change", () => {
    const identity = new RequestIdentity();
    const bytes = Buffer.from(`my-id ${"b".repeat(32)}`);
    identity.set(bytes, 0, 5);
    identity.setTraceId(bytes, 6);
    bytes.fill("?");
    expect([identity.id.toString(), identity.traceId]).toEqual(["my-id", "b".repeat(32)]);
    // A new trace for a request that had its own identity.
    source.next();
    const begun = source.id.toString();
    identity.beginTrace(source, false);
    source.next();
    expect([identity.id.toString(), identity.traceId]).toEqual(["my-id", begun]);
  });

  it("are both empty when the request could not be read", () => {
    const identity = new RequestIdentity();
    identity.beginTrace(source, false);
    identity.clear();
    expect([identity.id.toString(), identity.traceId]).toEqual(["", ""]);
  });
});
