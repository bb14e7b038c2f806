/** The table of changes to heads, applied to strings: what the rewriting of bytes is compared with. */
import { rawLine, type WrittenLine } from "./generated-heads.ts";
import type { WrittenRequest } from "./generated-requests.ts";
import type { WrittenResponse } from "./generated-responses.ts";

/** A head as it should go out. */
export interface ExpectedHead {
  readonly startLine: string;
  /** Lines that came and went on, changed or not, in their order; with CRLF. */
  readonly passed: readonly string[];
  /** Lines that were added, sorted. */
  readonly added: readonly string[];
}

const lowerName = (line: WrittenLine): string => line.name.toLowerCase();
const valuesOf = (lines: readonly WrittenLine[], name: string): readonly string[] =>
  lines.filter((line) => lowerName(line) === name).map((line) => line.value);
const membersOf = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => value.split(",")).map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, "").toLowerCase());

const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "upgrade",
];

/** The length that all Content-Length lines agree on, as it should be written. */
const plainLength = (value: string): string => String(Number(value.split(",")[0]));

/** What the relay adds, as in the additions of the test. */
export interface NaiveAdditions {
  readonly clientAddress: string;
  readonly viaName: string;
  readonly upstreamHost: string;
  readonly requestId: string;
  readonly traceparent: string;
}

/** The request as the upstream should get it. */
export function expectedRequest(request: WrittenRequest, additions: NaiveAdditions): ExpectedHead {
  const { method, target, version, lines } = request;
  const isOld = version === "1.0";
  const authority = /^https?:\/\/([^/?]*)/i.exec(target)?.[1];
  const rest = authority === undefined ? target : target.slice(target.indexOf("//") + 2 + authority.length);
  const path = authority === undefined || rest.startsWith("/") ? rest : restOf(method, rest);
  const options = membersOf(valuesOf(lines, "connection"));
  const added: string[] = [];
  if (authority !== undefined) added.push(`Host: ${authority}`);
  else if (valuesOf(lines, "host").length === 0) added.push(`Host: ${additions.upstreamHost}`);

  const upgrade = lines.findLast((line) => lowerName(line) === "upgrade" && line.value.toLowerCase() === "websocket");
  if (upgrade !== undefined && options.includes("upgrade") && !isOld) {
    added.push("Connection: Upgrade", `Upgrade: ${upgrade.value}`);
  } else if (membersOf(valuesOf(lines, "te")).includes("trailers")) added.push("Connection: TE", "TE: trailers");

  const via = `${isOld ? "1.0" : "1.1"} ${additions.viaName}`;
  if (valuesOf(lines, "x-forwarded-for").length === 0) added.push(`X-Forwarded-For: ${additions.clientAddress}`);
  if (valuesOf(lines, "via").length === 0) added.push(`Via: ${via}`);
  const keepsId = isOneOf(valuesOf(lines, "x-request-id"), /^[A-Za-z0-9\-._~:+/=@]{1,128}$/);
  const keepsParent = isOneOf(valuesOf(lines, "traceparent"), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
  if (!keepsId) added.push(`x-request-id: ${additions.requestId}`);
  if (!keepsParent) added.push(`traceparent: ${additions.traceparent}`);

  const protectedNames = [
    "host",
    "content-length",
    "transfer-encoding",
    "via",
    "x-forwarded-for",
    "x-request-id",
    "traceparent",
  ];
  const named = options.filter((option) => !protectedNames.includes(option) && option !== "close");
  const hops = Number(valuesOf(lines, "max-forwards").findLast((value) => value !== undefined) || "x");
  const passes = (line: WrittenLine): boolean => {
    const name = lowerName(line);
    if ([...hopByHop, "http2-settings", ...named].includes(name) || name.startsWith("x-outrider-")) return false;
    if (name === "host") return authority === undefined;
    if (name === "expect")
      return !isOld || !valuesOf(lines, "expect").some((value) => value.toLowerCase() === "100-continue");
    if (name === "x-request-id") return keepsId;
    if (name === "traceparent" || name === "tracestate") return keepsParent;
    return true;
  };
  const changed = (line: WrittenLine): string => {
    const member = { "x-forwarded-for": additions.clientAddress, via }[lowerName(line)];
    const isLast = line === lines.findLast((other) => lowerName(other) === lowerName(line));
    if (member !== undefined && isLast) return appended(line, member);
    if (lowerName(line) !== "max-forwards" || !(hops > 0) || !["OPTIONS", "TRACE"].includes(method))
      return framed(line);
    return `${line.name}: ${hops - 1}\r\n`;
  };
  return {
    startLine: `${method} ${path} HTTP/1.1`,
    passed: onlyFirstLength(lines).filter(passes).map(changed),
    added: added.map((line) => `${line}\r\n`).sort(),
  };
}

const restOf = (method: string, rest: string): string =>
  rest === "" ? (method === "OPTIONS" ? "*" : "/") : `/${rest}`;
const isOneOf = (values: readonly string[], pattern: RegExp): boolean =>
  values.length === 1 && pattern.test(values[0] ?? "");
const appended = ({ name, before, value, after }: WrittenLine, member: string): string =>
  value === "" ? `${name}:${before}${after}${member}\r\n` : `${name}:${before}${value}, ${member}\r\n`;

function framed(line: WrittenLine): string {
  if (lowerName(line) === "transfer-encoding") return "Transfer-Encoding: chunked\r\n";
  if (lowerName(line) !== "content-length") return rawLine(line);
  return line.value === plainLength(line.value) ? rawLine(line) : `Content-Length: ${plainLength(line.value)}\r\n`;
}

function onlyFirstLength(lines: readonly WrittenLine[]): readonly WrittenLine[] {
  const first = lines.find((line) => lowerName(line) === "content-length");
  return lines.filter((line) => lowerName(line) !== "content-length" || line === first);
}

/** How the relay frames the body of a response, and what it adds. */
export interface NaiveResponseAdditions {
  readonly framing: "same" | "chunked" | "close" | "bare";
  readonly close: boolean;
  readonly hasBody: boolean;
  readonly date: string;
  readonly requestId: string;
}

/** The response as the client should get it. */
export function expectedResponse(response: WrittenResponse, additions: NaiveResponseAdditions): ExpectedHead {
  const { status, reason, lines } = response;
  const { framing } = additions;
  const added: string[] = [];
  if (framing === "chunked") added.push("Transfer-Encoding: chunked");
  const upgrade = valuesOf(lines, "upgrade").at(-1);
  if (status === 101 && upgrade !== undefined) added.push("Connection: Upgrade", `Upgrade: ${upgrade}`);
  else if (additions.close) added.push("Connection: close");
  if (status >= 200 || status === 101) {
    if (valuesOf(lines, "date").length === 0) added.push(`Date: ${additions.date}`);
    if (valuesOf(lines, "x-request-id").length === 0) added.push(`x-request-id: ${additions.requestId}`);
    added.push(`x-outrider-request-id: ${additions.requestId}`);
  }
  const length = lines.find((line) => lowerName(line) === "content-length");
  const isPlain = !additions.hasBody || length === undefined || length.value === plainLength(length.value);
  if (framing !== "bare" && !isPlain) added.push(`Content-Length: ${plainLength(length?.value ?? "")}`);
  const protectedNames = ["content-length", "transfer-encoding", "date", "x-request-id", "close"];
  const named = membersOf(valuesOf(lines, "connection")).filter((name) => !protectedNames.includes(name));
  const passes = (line: WrittenLine): boolean => {
    const name = lowerName(line);
    if ([...hopByHop, ...named].includes(name) || name.startsWith("x-outrider-")) return false;
    if (name === "content-length") return framing !== "bare" && isPlain;
    return name !== "transfer-encoding" || framing === "same";
  };
  return {
    startLine: `HTTP/1.1 ${status}${reason === "" ? " " : reason}`,
    passed: onlyFirstLength(lines).filter(passes).map(rawLine),
    added: added.map((line) => `${line}\r\n`).sort(),
  };
}

/** Splits a head that was written into its lines, each with its CRLF; throws when it is not one whole head. */
export function splitHead(text: string): { readonly startLine: string; readonly lines: readonly string[] } {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1 || end + 4 !== text.length) throw new Error(`not one whole head: ${JSON.stringify(text)}`);
  const [startLine = "", ...lines] = text.slice(0, end).split("\r\n");
  return { startLine, lines: lines.map((line) => `${line}\r\n`) };
}

/** Tells the lines that should have passed, in the order in which they stand, from the ones that were added, sorted. */
export function sorted(
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
