/** Sound request heads for properties. */
import * as fc from "fast-check";
import { commonLine, framingLines, lineOf, mixed, rawLine, type WrittenLine } from "./generated-heads.ts";

/** A request head in its parts. */
export interface WrittenRequest {
  readonly leading: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly lines: readonly WrittenLine[];
}

/** The bytes of a request head. */
export const requestText = ({ leading, method, target, version, lines }: WrittenRequest): string =>
  `${leading}${method} ${target} HTTP/${version}\r\n${lines.map(rawLine).join("")}\r\n`;

const forms = fc.constantFrom<readonly [string, string]>(
  ["GET", "/"],
  ["POST", "/v2/models/iris/infer?a=b&c=%20"],
  ["POST", "/invocations"],
  ["TRACE", "/x"],
  ["OPTIONS", "/x"],
  ["OPTIONS", "*"],
  ["OPTIONS", "http://other.example"],
  ["OPTIONS", "https://other.example?q"],
  ["GET", "http://other.example"],
  ["GET", "HTTP://Other.example:81/p/a?q=http://x/"],
  ["GET", "http://[::1]:80?q"],
  ["get", "/lower"],
);

const hostLine = lineOf("host", fc.constantFrom("model.example", "127.0.0.1:8080", "[::1]", ""));
const hosts = (minor: number): fc.Arbitrary<readonly WrittenLine[]> =>
  minor === 0
    ? fc.oneof(
        hostLine.map((line) => [line]),
        fc.constant([]),
      )
    : hostLine.map((line) => [line]);

/** A request head that every reader takes. */
export const generatedRequest: fc.Arbitrary<WrittenRequest> = fc
  .constantFrom("1.0", "1.1", "1.1", "1.1", "1.7")
  .chain((version) => {
    const minor = version === "1.0" ? 0 : 1;
    const lines = fc
      .tuple(hosts(minor), framingLines(minor), fc.array(commonLine, { maxLength: 8 }))
      .chain((lists) => mixed(lists));
    return fc
      .record({ leading: fc.constantFrom("", "", "\r\n"), form: forms, lines })
      .map(({ leading, form: [method, target], lines: written }) => ({
        leading,
        method,
        target,
        version,
        lines: written,
      }));
  });
