/** The table of changes to request heads, applied to strings. */
import type { WrittenLine } from "./generated-heads.ts";
import type { WrittenRequest } from "./generated-requests.ts";
import {
  addedLines,
  type ExpectedHead,
  lowerName,
  mayPass,
  membersOf,
  valuesOf,
  withOneLength,
  withPlainLength,
} from "./naive-lines.ts";

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
  const { method, target, lines } = request;
  const authority = authorityOf(target);
  return {
    startLine: `${method} ${authority === undefined ? target : pathOf(method, target, authority)} HTTP/1.1`,
    passed: withOneLength(lines)
      .filter((line) => passes(line, request))
      .map((line) => changed(line, request, additions)),
    added: addedLines([
      ...hostLines(lines, authority, additions.upstreamHost),
      ...upgradeLines(request),
      ...missing(lines, "x-forwarded-for", `X-Forwarded-For: ${additions.clientAddress}`),
      ...missing(lines, "via", `Via: ${viaMember(request, additions)}`),
      ...(keepsId(lines) ? [] : [`x-request-id: ${additions.requestId}`]),
      ...(keepsParent(lines) ? [] : [`traceparent: ${additions.traceparent}`]),
    ]),
  };
}

const authorityOf = (target: string): string | undefined => /^https?:\/\/([^/?]*)/i.exec(target)?.[1];

function pathOf(method: string, target: string, authority: string): string {
  const rest = target.slice(target.indexOf("//") + 2 + authority.length);
  if (rest === "") return method === "OPTIONS" ? "*" : "/";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

const missing = (lines: readonly WrittenLine[], name: string, added: string): readonly string[] =>
  valuesOf(lines, name).length === 0 ? [added] : [];

const hostLines = (
  lines: readonly WrittenLine[],
  authority: string | undefined,
  upstreamHost: string,
): readonly string[] =>
  authority === undefined ? missing(lines, "host", `Host: ${upstreamHost}`) : [`Host: ${authority}`];

function upgradeLines({ lines, version }: WrittenRequest): readonly string[] {
  const upgrade = valuesOf(lines, "upgrade").findLast((value) => value.toLowerCase() === "websocket");
  if (upgrade !== undefined && version !== "1.0" && membersOf(lines, "connection").includes("upgrade")) {
    return ["Connection: Upgrade", `Upgrade: ${upgrade}`];
  }
  return membersOf(lines, "te").includes("trailers") ? ["Connection: TE", "TE: trailers"] : [];
}

const viaMember = ({ version }: WrittenRequest, { viaName }: NaiveAdditions): string =>
  `${version === "1.0" ? "1.0" : "1.1"} ${viaName}`;

const isOneOf = (values: readonly string[], pattern: RegExp): boolean =>
  values.length === 1 && pattern.test(values[0] ?? "");
const keepsId = (lines: readonly WrittenLine[]): boolean =>
  isOneOf(valuesOf(lines, "x-request-id"), /^[A-Za-z0-9\-._~:+/=@]{1,128}$/);
const keepsParent = (lines: readonly WrittenLine[]): boolean =>
  isOneOf(valuesOf(lines, "traceparent"), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);

const protectedNames = [
  "host",
  "content-length",
  "transfer-encoding",
  "via",
  "x-forwarded-for",
  "x-request-id",
  "traceparent",
];

function passes(line: WrittenLine, { target, version, lines }: WrittenRequest): boolean {
  if (!mayPass(line, lines, protectedNames)) return false;
  switch (lowerName(line)) {
    case "http2-settings":
      return false;
    case "host":
      return authorityOf(target) === undefined;
    case "expect":
      return version !== "1.0" || !membersOf(lines, "expect").includes("100-continue");
    case "x-request-id":
      return keepsId(lines);
    case "traceparent":
    case "tracestate":
      return keepsParent(lines);
    default:
      return true;
  }
}

function changed(line: WrittenLine, request: WrittenRequest, additions: NaiveAdditions): string {
  const isLast = line === request.lines.findLast((other) => lowerName(other) === lowerName(line));
  switch (lowerName(line)) {
    case "transfer-encoding":
      return "Transfer-Encoding: chunked\r\n";
    case "x-forwarded-for":
      return isLast ? appended(line, additions.clientAddress) : withPlainLength(line);
    case "via":
      return isLast ? appended(line, viaMember(request, additions)) : withPlainLength(line);
    case "max-forwards":
      return countedDown(line, request);
    default:
      return withPlainLength(line);
  }
}

const appended = ({ name, before, value, after }: WrittenLine, member: string): string =>
  value === "" ? `${name}:${before}${after}${member}\r\n` : `${name}:${before}${value}, ${member}\r\n`;

function countedDown(line: WrittenLine, { method, lines }: WrittenRequest): string {
  const last = valuesOf(lines, "max-forwards").at(-1) ?? "";
  const counts = ["OPTIONS", "TRACE"].includes(method) && /^\d+$/.test(last) && Number(last) > 0;
  return counts ? `${line.name}: ${Number(last) - 1}\r\n` : withPlainLength(line);
}
