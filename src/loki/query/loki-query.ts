/** Reads any number of lines from Loki, page by page. */
import { hash } from "node:crypto";
import { LokiQueryError } from "./query-failure.ts";
import { fetchPage, type LokiLine, type LokiSource, type PageQuery } from "./query-page.ts";

/** A query of any length; it is read in pages. */
export interface LokiQuery extends PageQuery {
  /** Upper bound of the number of lines; may be Infinity. */
  readonly limit: number;
}

/**
 * Yields the lines in order of time, or backwards, each once. Every page but the first starts at the last time of the page
 * before, because more lines may share it, and skips known lines. Rejects with a {@link LokiQueryError}.
 */
export async function* queryRange(source: LokiSource, query: LokiQuery): AsyncGenerator<LokiLine, void, undefined> {
  let pageQuery: PageQuery = query;
  let remaining = query.limit;
  const size = new PageSize();
  /** Lines at the last time of the page before. */
  let border: Border = { timeNs: "", seen: new Set() };
  while (remaining > 0 && pageQuery.startNs < pageQuery.endNs) {
    const { lines, isLast } = await readPage(source, pageQuery, { size, known: border.seen.size, remaining });
    const known = border;
    const fresh = lines.filter((line) => line.timeNs !== known.timeNs || !known.seen.has(identityOf(line)));
    yield* fresh.slice(0, remaining);
    remaining -= fresh.length;
    const last = lines.at(-1);
    if (isLast || last === undefined) return;
    border = borderOf(known, last.timeNs, fresh);
    pageQuery = from(pageQuery, BigInt(last.timeNs));
  }
}

/** Identity of a line: Loki stores lines that agree in time, labels and text only once. */
export const identityOf = ({ timeNs, labels, line }: LokiLine): string =>
  hash("sha256", `${timeNs} ${JSON.stringify(labels)} ${line}`, "base64");

interface Border {
  readonly timeNs: string;
  readonly seen: ReadonlySet<string>;
}

function borderOf(known: Border, timeNs: string, fresh: readonly LokiLine[]): Border {
  const before = known.timeNs === timeNs ? known.seen : [];
  const added = fresh.filter((line) => line.timeNs === timeNs).map(identityOf);
  return { timeNs, seen: new Set([...before, ...added]) };
}

const from = (pageQuery: PageQuery, ns: bigint): PageQuery =>
  pageQuery.direction === "forward" ? { ...pageQuery, startNs: ns } : { ...pageQuery, endNs: ns + 1n };

/** Lines to request for a page; fewer where Loki bounds them or the lines are long. */
class PageSize {
  /** Upper bound that Loki has reported. */
  maxLines = Infinity;
  #lines = usualPageLines;

  /** The limit of the next request; it includes the `known` lines that are returned again. */
  limit(known: number, remaining: number): number {
    return Math.min(this.maxLines, known + Math.min(this.#lines, remaining));
  }

  /** Halves the page; false when it cannot be smaller. */
  halve(): boolean {
    this.#lines = Math.floor(this.#lines / 2);
    return this.#lines > 0;
  }
}

const usualPageLines = 1000;

interface PageBounds {
  readonly size: PageSize;
  readonly known: number;
  readonly remaining: number;
}

interface Page {
  readonly lines: readonly LokiLine[];
  readonly isLast: boolean;
}

/** Reads one page, as large as Loki allows. */
async function readPage(source: LokiSource, pageQuery: PageQuery, bounds: PageBounds): Promise<Page> {
  const { size, known, remaining } = bounds;
  for (;;) {
    const limit = size.limit(known, remaining);
    if (limit <= known)
      throw new LokiQueryError("too_many_at_once", `more than ${size.maxLines} lines have the same time`);
    try {
      const lines = await fetchPage(source, pageQuery, limit);
      return { lines, isLast: lines.length < limit };
    } catch (error) {
      if (!canShrink(error as LokiQueryError, size)) throw error;
    }
  }
}

/** Whether a smaller page may succeed; `size` is then reduced. */
function canShrink({ code, message }: LokiQueryError, size: PageSize): boolean {
  if (code === "too_long") return size.halve();
  const most = code === "bad_query" ? /max_entries_limit\w* \(\d+ > (\d+)\)/.exec(message) : null;
  if (most === null || Number(most[1]) >= size.maxLines) return false;
  size.maxLines = Number(most[1]);
  return true;
}
