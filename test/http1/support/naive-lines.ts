/** Header lines as strings: what the comparisons of rewritten heads are made of. */
import { rawLine, type WrittenLine } from "./generated-heads.ts";

/** A head as it should go out. */
export interface ExpectedHead {
  readonly startLine: string;
  /** Lines that came and went on, changed or not, in their order; with CRLF. */
  readonly passed: readonly string[];
  /** Lines that were added, with CRLF, sorted. */
  readonly added: readonly string[];
}

/** The line's name in lower case. */
export const lowerName = (line: WrittenLine): string => line.name.toLowerCase();

/** The values of all lines of that name. */
export const valuesOf = (lines: readonly WrittenLine[], name: string): readonly string[] =>
  lines.filter((line) => lowerName(line) === name).map((line) => line.value);

/** The members of all lists of that name, in lower case. */
export const membersOf = (lines: readonly WrittenLine[], name: string): readonly string[] =>
  valuesOf(lines, name)
    .flatMap((value) => value.split(","))
    .map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, "").toLowerCase());

/** Lines that end at this hop. */
export const hopByHop: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "upgrade",
];

/** True when the line may pass as far as its name goes: neither this hop's, nor named by Connection, nor Outrider's own. */
export function mayPass(line: WrittenLine, lines: readonly WrittenLine[], protectedNames: readonly string[]): boolean {
  const name = lowerName(line);
  const isNamed = name !== "close" && !protectedNames.includes(name) && membersOf(lines, "connection").includes(name);
  return !isNamed && !hopByHop.includes(name) && !name.startsWith("x-outrider-");
}

/** The length that all Content-Length lines agree on, as it should be written. */
export const plainLength = (value: string): string => String(Number(value.split(",")[0]));

/** The lines without repetitions of Content-Length. */
export function withOneLength(lines: readonly WrittenLine[]): readonly WrittenLine[] {
  const first = lines.find((line) => lowerName(line) === "content-length");
  return lines.filter((line) => lowerName(line) !== "content-length" || line === first);
}

/** The line as it is, or its length in plain digits. */
export const withPlainLength = (line: WrittenLine): string =>
  lowerName(line) !== "content-length" || line.value === plainLength(line.value)
    ? rawLine(line)
    : `Content-Length: ${plainLength(line.value)}\r\n`;

/** Each line with its CRLF, in one order whatever order they were added in. */
export const addedLines = (lines: readonly string[]): readonly string[] => lines.map((line) => `${line}\r\n`).sort();

/** Splits a head that was written into its lines, each with its CRLF; throws when it is not one whole head. */
export function splitHead(text: string): { readonly startLine: string; readonly lines: readonly string[] } {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1 || end + 4 !== text.length) throw new Error(`not one whole head: ${JSON.stringify(text)}`);
  const [startLine = "", ...lines] = text.slice(0, end).split("\r\n");
  return { startLine, lines: lines.map((line) => `${line}\r\n`) };
}

/** Tells the lines that should have passed, in the order in which they stand, from the ones that were added, sorted. */
export function toldApart(
  lines: readonly string[],
  due: readonly string[],
): { readonly passed: readonly string[]; readonly added: readonly string[] } {
  const passed: string[] = [];
  const added: string[] = [];
  for (const line of lines) {
    if (line === due[passed.length]) passed.push(line);
    else added.push(line);
  }
  return { passed, added: added.sort() };
}
