/** What a reader makes of a head, as one plain value to compare. */
import type { ConnectionOptions } from "../../../src/http1/connection-options.ts";
import { type HeaderSection, Progress, type ProgressValue } from "../../../src/http1/header-section.ts";
import { RequestHead } from "../../../src/http1/request-head.ts";
import { ResponseHead } from "../../../src/http1/response-head.ts";
import { feed } from "./cuts.ts";

/** Bounds that ordinary heads do not meet. */
export const wideLimits = { headBytes: 16_384, headerCount: 100, targetBytes: 8192 };

/** The bounds of a head, some of them replaced. */
export type Bounds = Partial<typeof wideLimits>;

const names = new Map<ProgressValue, string>(Object.entries(Progress).map(([name, value]) => [value, name]));

/** The word for a {@link Progress}. */
export const wordOf = (progress: ProgressValue): string => names.get(progress) ?? "unknown";

/** All lines of a section with their offsets and fields. */
export const picturedLines = (headers: HeaderSection): readonly object[] =>
  Array.from({ length: headers.count }, (_, i) => ({
    name: [headers.nameStart[i], headers.nameEnd[i]],
    value: [headers.valueStart[i], headers.valueEnd[i]],
    lineEnd: headers.lineEnd[i],
    field: headers.fieldAt(i),
  }));

/** The options with only as many named headers as there are. */
export const picturedOptions = (options: ConnectionOptions): object => ({
  close: options.close,
  keepAlive: options.keepAlive,
  upgrade: options.upgrade,
  named: Array.from({ length: options.namedCount }, (_, i) => [options.namedStart[i], options.namedEnd[i]]),
});

/** Reads a request head cut at `cuts` and tells all there is to know of it. `head` may have served before. */
export function picturedRequest(
  message: Buffer,
  cuts: readonly number[],
  head: RequestHead = new RequestHead(wideLimits),
): object {
  head.reset();
  const progress = feed(message, cuts, (bytes, base, end) => head.read(bytes, base, end));
  if (progress !== Progress.done) return { progress: wordOf(progress), fault: head.fault };
  return {
    progress: "done",
    fault: head.fault,
    length: head.length,
    method: [head.methodStart, head.methodEnd],
    target: [head.targetStart, head.targetEnd, head.target],
    version: [head.minor, head.isPlainVersion],
    framing: head.framing,
    options: picturedOptions(head.options),
    expectsContinue: head.expectsContinue,
    hasHost: head.hasHost,
    lines: picturedLines(head.headers),
  };
}

/** Reads a response head cut at `cuts` and tells all there is to know of it. */
export function picturedResponse(
  message: Buffer,
  cuts: readonly number[],
  isHead: boolean,
  head: ResponseHead = new ResponseHead(wideLimits),
): object {
  head.reset();
  const progress = feed(message, cuts, (bytes, base, end) => head.read(bytes, base, end, isHead));
  if (progress !== Progress.done) return { progress: wordOf(progress), fault: head.fault };
  return {
    progress: "done",
    fault: head.fault,
    length: head.length,
    lineEnd: head.lineEnd,
    status: head.status,
    version: [head.minor, head.isPlainVersion],
    framing: head.framing,
    options: picturedOptions(head.options),
    facts: [head.hasDate, head.hasRequestId, head.isEventStream],
    known: [head.contentTypeLine, head.contentEncodingLine, head.upgradeLine],
    lines: picturedLines(head.headers),
  };
}
