/** Reads lines back from Loki, however many there are. */
import { hash } from "node:crypto";
import { lokiUrl, tenantHeaders } from "../loki-http.ts";
import { errorOfFailure, errorOfStatus, LokiQueryError } from "./query-failure.ts";
import { fetchPage, type LokiLine, type LokiSource, type PageQuestion } from "./query-page.ts";

/** What is asked for, see {@link PageQuestion}. */
export interface LokiQuery extends PageQuestion {
  /** Lines at most; may be infinite. */
  readonly limit: number;
}

/**
 * Gives the lines in the order of time, or backwards, each once. Every page but the first begins with the last time of
 * the one before, because others may share it, and leaves out what is known. Rejects with a {@link LokiQueryError}.
 */
export async function* queryRange(source: LokiSource, query: LokiQuery): AsyncGenerator<LokiLine, void, undefined> {
  let question: PageQuestion = query;
  let remaining = query.limit;
  const size = new PageSize();
  /** Lines of the border that were given already. */
  let border: Border = { timeNs: "", seen: new Set() };
  while (remaining > 0 && question.startNs < question.endNs) {
    const { lines, isLast } = await readPage(source, question, { size, known: border.seen.size, remaining });
    const known = border;
    const fresh = lines.filter((line) => line.timeNs !== known.timeNs || !known.seen.has(identityOf(line)));
    yield* fresh.slice(0, remaining);
    remaining -= fresh.length;
    const last = lines.at(-1);
    if (isLast || last === undefined) return;
    border = borderOf(known, last.timeNs, fresh);
    question = from(question, BigInt(last.timeNs));
  }
}

/** Resolves when Loki says that it is ready to take and to give lines. Rejects with a {@link LokiQueryError}. */
export async function askWhetherReady(source: LokiSource): Promise<void> {
  const call = { headers: tenantHeaders(source) };
  const answer = await source.http.get(lokiUrl(source, "/ready"), 65_536, call).catch((error: unknown) => {
    throw errorOfFailure(error, source.url);
  });
  if (answer.status !== 200) throw errorOfStatus(answer.status, new TextDecoder().decode(answer.body));
}

/** What makes a line another one: Loki keeps one of those that are equal in all of it. */
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

const from = (question: PageQuestion, ns: bigint): PageQuestion =>
  question.direction === "forward" ? { ...question, startNs: ns } : { ...question, endNs: ns + 1n };

/** Lines of a page beside those that are known; less where Loki or the length of the lines asks for it. */
class PageSize {
  /** As Loki bounds it. */
  most = Infinity;
  #lines = usualPageLines;

  /** What to ask for: `known` come again. */
  limit(known: number, remaining: number): number {
    return Math.min(this.most, known + Math.min(this.#lines, remaining));
  }

  /** True when there is a smaller page. */
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

/** Asks for as much as may be had at once. */
async function readPage(source: LokiSource, question: PageQuestion, bounds: PageBounds): Promise<Page> {
  const { size, known, remaining } = bounds;
  for (;;) {
    const limit = size.limit(known, remaining);
    if (limit <= known) throw new LokiQueryError("too_many_at_once", `more than ${size.most} lines share one time`);
    try {
      const lines = await fetchPage(source, question, limit);
      return { lines, isLast: lines.length < limit };
    } catch (error) {
      if (!isWorthLess(error as LokiQueryError, size)) throw error;
    }
  }
}

/** True when a smaller page may be had, which `size` then is for. */
function isWorthLess({ code, message }: LokiQueryError, size: PageSize): boolean {
  if (code === "too_long") return size.halve();
  const most = code === "bad_query" ? /max_entries_limit\w* \(\d+ > (\d+)\)/.exec(message) : null;
  if (most === null || Number(most[1]) >= size.most) return false;
  size.most = Number(most[1]);
  return true;
}
