import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compressPush, pushText } from "../../../src/loki/push/push-body.ts";
import { entryOf } from "../log-entries.ts";
import { anyText } from "../../support/any-text.ts";

interface PushBody {
  readonly streams: readonly {
    readonly stream: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [string, string, Readonly<Record<string, string>>?])[];
  }[];
}

/** Any text, halves of surrogate pairs among them. */
const anyLine = fc.string({
  unit: fc.oneof(anyText(), fc.constantFrom("\ud83d", "\udca9", "\\ud83d", '"', "\n")),
});
const named = fc.dictionary(fc.constantFrom("model", "variant", "outcome"), anyLine);
const entry = fc
  .record({ ns: fc.bigInt({ min: 0n, max: 2n ** 62n }), line: anyLine, stream: named, metadata: named })
  .map(entryOf);

const wellFormed = (record: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value.toWellFormed()]));

describe("the body of a push", () => {
  it("holds every entry once, in its stream, in order, and no lone surrogate", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
        const text = pushText(entries);
        const { streams } = JSON.parse(text) as PushBody;
        const expected = Map.groupBy(entries, ({ stream }) => stream);
        expect(streams).toEqual(
          [...expected].map(([stream, ofStream]) => ({
            stream: wellFormed(JSON.parse(stream) as Record<string, string>),
            values: ofStream.map(({ timeNs, line, metadata }) => [
              timeNs,
              line.toWellFormed(),
              ...(metadata === "" ? [] : [wellFormed(JSON.parse(metadata) as Record<string, string>)]),
            ]),
          })),
        );
        expect(text.isWellFormed()).toBe(true);
        expect(JSON.stringify(JSON.parse(text)).replaceAll("\\\\", "")).not.toMatch(/\\ud[89a-f]/);
      }),
    );
  });

  it("is unchanged after decompression", async () => {
    const text = pushText([entryOf({ ns: 1n, line: '{"x":"é😀"}', metadata: { status: "200" } })]);
    expect(text).toBe(
      String.raw`{"streams":[{"stream":{"model":"iris"},"values":[["1","{\"x\":\"é😀\"}",{"status":"200"}]]}]}`,
    );
    expect(String(gunzipSync(await compressPush(text)))).toBe(text);
  });
});
