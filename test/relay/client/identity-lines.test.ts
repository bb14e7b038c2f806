import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdentityLines } from "../../../src/relay/client/identity-lines.ts";

describe("the identity lines of a response", () => {
  it("are those of the identity set last, whatever was set before", () => {
    const lines = new IdentityLines();
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
    const lines = new IdentityLines();
    lines.set(Buffer.from("aaa"), 0, 3);
    const { both, own, id } = lines;
    lines.set(Buffer.from("bbb"), 0, 3);
    expect([lines.both, lines.own, lines.id].map((view, i) => view === [both, own, id][i])).toEqual([true, true, true]);
    expect(own.toString()).toContain("bbb");
  });
});
