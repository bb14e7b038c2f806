import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabelPosition } from "../../../src/fleet/labels/label-position.ts";

/** A stream that is trimmed to its newest entries on demand. */
class TrimmedStream {
  added = 0;
  #first = 1;

  add(count: number): void {
    this.added += count;
  }

  trim(kept: number): void {
    this.#first = Math.max(this.#first, this.added - kept + 1);
  }

  read(position: LabelPosition, most: number) {
    const after = Number(position.lastId.split("-")[1]);
    const start = Math.max(after + 1, this.#first);
    const entries = Math.max(0, Math.min(most, this.added - start + 1));
    position.advance({
      items: [],
      malformed: 0,
      entries,
      lastId: entries === 0 ? position.lastId : `5-${start + entries - 1}`,
      addedTotal: this.added,
      isAtEnd: entries < most,
    });
    return entries;
  }
}

describe("a reader's place in a stream of labels", () => {
  it("begins at a time", () => {
    expect(new LabelPosition(1234.9).lastId).toBe("1234-0");
    expect(new LabelPosition(-5).lastId).toBe("0-0");
  });

  it("knows exactly how many entries were trimmed before it read them", () => {
    const step = fc.record({ add: fc.nat(30), kept: fc.nat(40), reads: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const stream = new TrimmedStream();
        const position = new LabelPosition(0);
        stream.read(position, 10);
        let seen = 0;
        for (const { add, kept, reads } of steps) {
          stream.add(add);
          stream.trim(kept);
          for (let index = 0; index < reads; index++) seen += stream.read(position, 10);
        }
        for (let entries = 10; entries === 10; seen += entries) entries = stream.read(position, 10);
        expect(seen + position.trimmed).toBe(stream.added);
      }),
    );
  });

  it("does not count what was there before its first look", () => {
    const stream = new TrimmedStream();
    stream.add(100);
    stream.trim(3);
    const position = new LabelPosition(0);
    stream.read(position, 10);
    expect(position.trimmed).toBe(0);
  });

  it("counts nothing when the store cannot tell, or when the stream was begun anew", () => {
    const position = new LabelPosition(0);
    const page = { items: [], malformed: 0, lastId: "9-0", isAtEnd: true };
    position.advance({ ...page, entries: 3, addedTotal: undefined });
    position.advance({ ...page, entries: 3, addedTotal: 1000 });
    position.advance({ ...page, entries: 2, addedTotal: 2 });
    expect(position.trimmed).toBe(0);
  });
});
