/** One request to query_range of Loki. */
import { lokiUrl, tenantHeaders, type LokiAddress, type LokiHttp } from "../loki-http.ts";
import { errorOfFailure, errorOfStatus, LokiQueryError } from "./query-failure.ts";

/** A Loki to query: address, tenant and HTTP client, which the caller closes. */
export interface LokiSource extends LokiAddress {
  readonly http: LokiHttp;
}

/** A line returned by Loki; see `identityOf` for when two are the same. */
export interface LokiLine {
  /** Nanoseconds since the epoch in decimal digits. */
  readonly timeNs: string;
  /** Labels and structured metadata together. */
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

/** A query for lines from `startNs` (inclusive) to `endNs` (exclusive). */
export interface PageQuery {
  readonly logql: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: "forward" | "backward";
  readonly signal?: AbortSignal;
}

/**
 * The first `limit` lines in the given direction. Lines with the same time are in no particular order. Rejects with a
 * {@link LokiQueryError}.
 * Source: Loki HTTP API, `GET /loki/api/v1/query_range`.
 */
export async function fetchPage(source: LokiSource, query: PageQuery, limit: number): Promise<LokiLine[]> {
  const { logql, startNs, endNs, direction, signal } = query;
  const parameters = new URLSearchParams({
    query: logql,
    start: String(startNs),
    end: String(endNs),
    limit: String(limit),
    direction,
  });
  const url = `${lokiUrl(source, "/loki/api/v1/query_range")}?${parameters.toString()}`;
  const call = { headers: tenantHeaders(source), ...(signal === undefined ? {} : { signal }) };
  const answer = await source.http.get(url, maxAnswerBytes, call).catch((error: unknown) => {
    throw errorOfFailure(error, source.url);
  });
  const text = new TextDecoder().decode(answer.body);
  if (answer.status !== 200) throw errorOfStatus(answer.status, text);
  return linesOf(text, direction);
}

/** Compares two times in decimal digits, for sorting. */
const compareNs = (left: string, right: string): number =>
  left.length - right.length || (left < right ? -1 : Number(left > right));

/** A longer page is requested again with fewer lines. */
const maxAnswerBytes = 64 * 1024 * 1024;

interface QueryAnswer {
  readonly data?: {
    readonly resultType?: string;
    readonly result?: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [timeNs: string, line: string])[];
    }[];
  };
}

/** The lines of all streams, merged in order of time. */
function linesOf(text: string, direction: "forward" | "backward"): LokiLine[] {
  const { resultType, result = [] } = parseAnswer(text).data ?? {};
  if (resultType !== "streams") {
    throw new LokiQueryError(
      "bad_query",
      `this LogQL does not return lines, but a ${resultType ?? "result without a type"}`,
    );
  }
  const lines = result.flatMap(({ stream, values }) =>
    values.map(([timeNs, line]): LokiLine => ({ timeNs, labels: stream, line })),
  );
  const sign = direction === "forward" ? 1 : -1;
  return lines.sort((left, right) => sign * compareNs(left.timeNs, right.timeNs));
}

function parseAnswer(text: string): QueryAnswer {
  try {
    return JSON.parse(text) as QueryAnswer;
  } catch (error) {
    throw new LokiQueryError("not_found", "the response is not JSON: the server is not Loki", error);
  }
}
