import { usualLokiLimits } from "../../support/loki/loki-limits.ts";

/** A line as Loki gave it back. */
export interface StoredLine {
  /** Nanoseconds since the epoch. */
  readonly timeNs: string;
  /** Labels, and structured metadata with them, but for those that Loki adds by itself. */
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

/** What one tenant may ask. */
export interface LokiTenant {
  /** All lines of the last hour that the LogQL query selects, the oldest first. */
  lines(query: string): Promise<StoredLine[]>;
  /** The number that a LogQL query of one number gives; 0 when it gives none. */
  number(query: string): Promise<number>;
  /** The numbers that a LogQL query gives now, by the values of their labels. */
  numbers(query: string): Promise<Readonly<Record<string, number>>>;
}

interface StreamsAnswer {
  readonly data: {
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [string, string])[];
    }[];
  };
}

interface VectorAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

const pageLines = usualLokiLimits.max_entries_limit_per_query;
const hourNs = 3_600_000_000_000n;

/** A reader for one tenant of the Loki at `url`. */
export function lokiTenant(url: string, tenant: string): LokiTenant {
  const ask = async (target: string, params: Readonly<Record<string, string>>): Promise<unknown> => {
    const headers = { "x-scope-orgid": tenant };
    const response = await fetch(`${url}/loki/api/v1/${target}?${new URLSearchParams(params).toString()}`, { headers });
    if (!response.ok) throw new Error(`${target}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const page = async (query: string, startNs: bigint, endNs: bigint): Promise<StoredLine[]> => {
    const range = { start: String(startNs), end: String(endNs) };
    const answer = await ask("query_range", { query, ...range, limit: String(pageLines), direction: "forward" });
    return linesOf(answer as StreamsAnswer);
  };
  const numbers: LokiTenant["numbers"] = async (query) => {
    const { data } = (await ask("query", { query })) as VectorAnswer;
    const pairs = data.result.map(({ metric, value }) => [Object.values(metric).join(), Number(value[1])] as const);
    return Object.fromEntries(pairs);
  };
  return {
    lines: async (query) => {
      const nowNs = BigInt(Date.now()) * 1_000_000n;
      return readPages((startNs) => page(query, startNs, nowNs + hourNs), nowNs - hourNs);
    },
    number: async (query) => Object.values(await numbers(query))[0] ?? 0,
    numbers,
  };
}

/** The last time of a full page is read again with the next one: other lines may share it. */
async function readPages(read: (startNs: bigint) => Promise<StoredLine[]>, fromNs: bigint): Promise<StoredLine[]> {
  const lines: StoredLine[] = [];
  for (let startNs = fromNs; ;) {
    const found = await read(startNs);
    if (found.length < pageLines) return [...lines, ...found];
    const last = found.at(-1)?.timeNs ?? "";
    if (BigInt(last) <= startNs) throw new Error(`a page of lines that share the time ${last}`);
    lines.push(...found.filter((line) => line.timeNs !== last));
    startNs = BigInt(last);
  }
}

function linesOf({ data }: StreamsAnswer): StoredLine[] {
  const lines = data.result.flatMap(({ stream, values }) => {
    const { detected_level: _, ...labels } = stream;
    return values.map(([timeNs, line]): StoredLine => ({ timeNs, labels, line }));
  });
  return lines.toSorted((left, right) => Number(BigInt(left.timeNs) - BigInt(right.timeNs)));
}
