/** Sound response heads for properties. */
import * as fc from "fast-check";
import { commonLine, framingLines, mixed, rawLine, type WrittenLine } from "./generated-heads.ts";

/** A response head in its parts. */
export interface WrittenResponse {
  readonly version: string;
  readonly status: number;
  /** With the space before it, where there is one. */
  readonly reason: string;
  readonly lines: readonly WrittenLine[];
}

/** The bytes of a response head. */
export const responseText = ({ version, status, reason, lines }: WrittenResponse): string =>
  `HTTP/${version} ${status}${reason}\r\n${lines.map(rawLine).join("")}\r\n`;

/** A response head that is believed. */
export const generatedResponse: fc.Arbitrary<WrittenResponse> = fc
  .constantFrom("1.0", "1.1", "1.1", "1.1", "1.3")
  .chain((version) => {
    const minor = version === "1.0" ? 0 : 1;
    return fc.record({
      version: fc.constant(version),
      status: fc.constantFrom(100, 101, 103, 200, 200, 204, 302, 304, 404, 500, 999),
      reason: fc.constantFrom(" OK", "", " ", " Not at all \u00e4"),
      lines: fc.tuple(framingLines(minor), fc.array(commonLine, { maxLength: 8 })).chain((lists) => mixed(lists)),
    });
  });
