/** The table of changes to response heads, applied to strings. */
import type { WrittenLine } from "./generated-heads.ts";
import { rawLine } from "./generated-heads.ts";
import type { WrittenResponse } from "./generated-responses.ts";
import {
  addedLines,
  type ExpectedHead,
  lowerName,
  mayPass,
  plainLength,
  valuesOf,
  withOneLength,
} from "./naive-lines.ts";

/** How the relay frames the body of a response, and what it adds. */
export interface NaiveResponseAdditions {
  readonly framing: "same" | "chunked" | "close" | "bare";
  readonly close: boolean;
  readonly hasBody: boolean;
  readonly date: string;
  readonly requestId: string;
}

const protectedNames = ["content-length", "transfer-encoding", "date", "x-request-id"];

/** The response as the client should get it. */
export function expectedResponse(response: WrittenResponse, additions: NaiveResponseAdditions): ExpectedHead {
  const { status, reason, lines } = response;
  const { framing } = additions;
  const length = valuesOf(lines, "content-length")[0];
  const isRewritten = additions.hasBody && length !== undefined && length !== plainLength(length);
  const passes = (line: WrittenLine): boolean => {
    if (lowerName(line) === "content-length") return framing !== "bare" && !isRewritten;
    if (lowerName(line) === "transfer-encoding") return framing === "same";
    return mayPass(line, lines, protectedNames);
  };
  return {
    startLine: `HTTP/1.1 ${status}${reason === "" ? " " : reason}`,
    passed: withOneLength(lines).filter(passes).map(rawLine),
    added: addedLines([
      ...(framing === "chunked" ? ["Transfer-Encoding: chunked"] : []),
      ...(framing !== "bare" && isRewritten ? [`Content-Length: ${plainLength(length)}`] : []),
      ...connectionLines(response, additions.close),
      ...(status >= 200 || status === 101 ? identityLines(lines, additions) : []),
    ]),
  };
}

function connectionLines({ status, lines }: WrittenResponse, close: boolean): readonly string[] {
  const upgrade = valuesOf(lines, "upgrade").at(-1);
  if (status === 101 && upgrade !== undefined) return ["Connection: Upgrade", `Upgrade: ${upgrade}`];
  return close ? ["Connection: close"] : [];
}

function identityLines(lines: readonly WrittenLine[], { date, requestId }: NaiveResponseAdditions): readonly string[] {
  return [
    ...(valuesOf(lines, "date").length === 0 ? [`Date: ${date}`] : []),
    ...(valuesOf(lines, "x-request-id").length === 0 ? [`x-request-id: ${requestId}`] : []),
    `x-outrider-request-id: ${requestId}`,
  ];
}
