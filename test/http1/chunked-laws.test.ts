import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkedDecoder } from "../../src/http1/chunked.ts";
import { runDecoder, wideChunkedLimits } from "./support/chunked-runs.ts";
import { someCuts } from "./support/cuts.ts";
import { anyCase, damaged } from "./support/generated-heads.ts";
import { readNaively } from "./support/naive-chunked.ts";

const forbidden = [
  "host",
  "content-length",
  "transfer-encoding",
  "cookie",
  "x-outrider-id",
  "connection",
  "traceparent",
];

interface WrittenBody {
  readonly text: string;
  readonly body: string;
  readonly trailers: readonly string[];
}

const size = (length: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: 10 }), anyCase(length.toString(16)))
    .map(([zeros, digits]) => "0".repeat(zeros) + digits);
const extension = fc.constantFrom("", "", ";", ";a", ';a="b;c"', "; \t q\u00ff");
const chunk = fc
  .string({ unit: "binary-ascii", minLength: 1, maxLength: 40 })
  .chain((data) => fc.record({ data: fc.constant(data), size: size(data.length), extension }));
const trailer = fc
  .tuple(
    fc.constantFrom("x-sum", "grpc-status", "date", ...forbidden).chain(anyCase),
    fc.constantFrom(" 1", "", "\tx \t"),
  )
  .map(([name, value]) => `${name}:${value}\r\n`);

const writtenBody: fc.Arbitrary<WrittenBody> = fc
  .record({
    chunks: fc.array(chunk, { maxLength: 6 }),
    last: size(0),
    lastExtension: extension,
    trailers: fc.oneof(fc.constant([]), fc.array(trailer, { maxLength: 5 })),
  })
  .map(({ chunks, last, lastExtension, trailers }) => ({
    text:
      chunks.map((one) => `${one.size}${one.extension}\r\n${one.data}\r\n`).join("") +
      `${last}${lastExtension}\r\n${trailers.join("")}\r\n`,
    body: chunks.map((one) => one.data).join(""),
    trailers,
  }));

const isForbidden = (line: string): boolean => forbidden.includes(line.slice(0, line.indexOf(":")).toLowerCase());

describe("laws of the chunked decoder", () => {
  it("passes on plain chunked coding of the same body, whatever the coding was and however it was cut", () => {
    const reused = new ChunkedDecoder(wideChunkedLimits);
    fc.assert(
      fc.property(writtenBody, someCuts(300), fc.string({ unit: "binary-ascii" }), (written, cuts, next) => {
        const { text, body, trailers } = written;
        const run = runDecoder(text + next, cuts, reused);
        expect(run).toMatchObject({ fault: "", isDone: true, data: body, bodyBytes: body.length, taken: text.length });
        const again = readNaively(run.passed);
        expect(again).toEqual({
          kind: "done",
          body,
          trailers: trailers.filter((line) => !isForbidden(line)),
          length: run.passed.length,
        });
        // Neither a leading zero nor an extension is left: passed on once more, nothing changes.
        expect(run.passed).not.toMatch(/^0[0-9a-f]/i);
        expect(runDecoder(run.passed, []).passed).toBe(run.passed);
      }),
      { numRuns: 400 },
    );
  });

  it("makes the same of a body however it is cut", () => {
    const reused = new ChunkedDecoder(wideChunkedLimits);
    fc.assert(
      fc.property(writtenBody, someCuts(300), ({ text }, cuts) => {
        const whole = runDecoder(text, []);
        expect(runDecoder(text, cuts, reused)).toEqual(whole);
        expect(
          runDecoder(
            text,
            Array.from(text, (_, at) => at),
            reused,
          ),
        ).toEqual(whole);
      }),
      { numRuns: 400 },
    );
  });

  it("takes and refuses what a plain reading of the grammar takes and refuses", () => {
    const seen = { done: 0, needsMore: 0, faulty: 0 };
    fc.assert(
      fc.property(damaged(writtenBody.map(({ text }) => text)), fc.nat(300), someCuts(300), (text, end, cuts) => {
        const bytes = text.slice(0, text.length === 0 || end % 4 > 0 ? text.length : end % text.length);
        const naive = readNaively(bytes);
        seen[naive.kind]++;
        for (const ways of [[], cuts]) {
          const run = runDecoder(bytes, ways);
          expect(run.fault === "" ? (run.isDone ? "done" : "needsMore") : "faulty").toBe(naive.kind);
          if (naive.kind === "done") expect(run).toMatchObject({ data: naive.body, taken: naive.length });
        }
        expect(runDecoder(bytes, cuts).fault).toBe(runDecoder(bytes, []).fault);
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.done, seen.needsMore, seen.faulty)).toBeGreaterThan(50);
  });
});
