import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryRange, type LokiQuery } from "../../../src/loki/query/loki-query.ts";
import type { LokiQueryError } from "../../../src/loki/query/query-failure.ts";
import type { LokiLine, LokiSource } from "../../../src/loki/query/query-page.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { entriesAt, entryOf, nsAt } from "../log-entries.ts";
import { lokiStarter, tenant, type StartedLoki } from "../started-loki.ts";

const sourceOf = ({ loki, http }: StartedLoki): LokiSource => ({ http, url: loki.url, tenant });
const all = {
  logql: '{service_name=~".+"}',
  startNs: 0n,
  endNs: 2n ** 62n,
  limit: Infinity,
  direction: "forward",
} as const;

async function read(source: LokiSource, query: Partial<LokiQuery> = {}): Promise<LokiLine[]> {
  const lines: LokiLine[] = [];
  for await (const line of queryRange(source, { ...all, ...query })) lines.push(line);
  return lines;
}

const failureOf = (source: LokiSource, query: Partial<LokiQuery> = {}): Promise<LokiQueryError> =>
  read(source, query).then(
    () => Promise.reject(new Error("there was an answer")),
    (error: unknown) => error as LokiQueryError,
  );

const linesOf = (lines: readonly Pick<LogEntry, "line">[]): readonly string[] => lines.map(({ line }) => line);

describe("lines that are read back from Loki", () => {
  const start = lokiStarter();

  it("are in order of time over all streams, with labels and metadata", async () => {
    const started = await start();
    const { clock, deliver } = started;
    const batch = entriesAt(clock.nowMs, 9).map((entry, index) =>
      entryOf({
        ns: BigInt(entry.timeNs),
        line: `${index}`,
        stream: { model: index % 2 === 0 ? "even" : "odd" },
        metadata: index % 3 === 0 ? { status: "503" } : {},
      }),
    );
    await deliver(batch);
    const lines = await read(sourceOf(started));
    expect(lines.map(({ timeNs, line }) => [timeNs, line])).toEqual(batch.map(({ timeNs, line }) => [timeNs, line]));
    expect(lines[3]).toMatchObject({ labels: { model: "odd", status: "503" } });
    expect(linesOf(await read(sourceOf(started), { logql: '{model="odd"} | status="503"' }))).toEqual(["3"]);
    expect(linesOf(await read(sourceOf(started), { direction: "backward", limit: 2 }))).toEqual(["8", "7"]);
    const second = { startNs: BigInt(batch[2]?.timeNs ?? 0), endNs: BigInt(batch[5]?.timeNs ?? 0) };
    expect(linesOf(await read(sourceOf(started), second))).toEqual(["2", "3", "4"]);
    expect(await read(sourceOf(started), { startNs: 5n, endNs: 5n })).toEqual([]);
  });

  it("are each given once, for any times, pages and limits", async () => {
    const groups = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        groups,
        fc.integer({ min: 1, max: 7 }),
        fc.option(fc.integer({ min: 1, max: 40 }), { nil: Infinity }),
        fc.constantFrom("forward", "backward"),
        async (sizes, most, limit, direction) => {
          // A page of Loki must be longer than what shares a time.
          const started = await start({ limits: { max_entries_limit_per_query: Math.max(most, ...sizes) + 1 } });
          const { clock, deliver, loki } = started;
          const batch = sizes.flatMap((size, time) =>
            Array.from({ length: size }, (_, index) =>
              entryOf({
                ns: nsAt(clock.nowMs) + BigInt(time),
                line: `${time}:${index}`,
                stream: { model: `${index % 2}` },
              }),
            ),
          );
          await deliver(batch);
          const found = linesOf(await read(sourceOf(started), { limit, direction }));
          const times = found.map((line) => Number(line.split(":")[0]));
          expect(times).toEqual(
            times.toSorted((left, right) => (direction === "forward" ? left - right : right - left)),
          );
          expect(found).toHaveLength(Math.min(limit, batch.length));
          expect(new Set(found).size).toBe(found.length);
          if (limit === Infinity) expect(found.toSorted()).toEqual(linesOf(batch).toSorted());
          await loki.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("are read over many pages", async () => {
    const started = await start();
    const batch = entriesAt(started.clock.nowMs, 2500);
    await started.deliver(batch);
    expect(linesOf(await read(sourceOf(started)))).toEqual(linesOf(batch));
    expect(linesOf(await read(sourceOf(started), { direction: "backward" }))).toEqual(linesOf(batch).toReversed());
    expect(await read(sourceOf(started), { limit: 1500 })).toHaveLength(1500);
  });

  it("are read when more of them share a time than fit a page", async () => {
    const started = await start();
    const ns = nsAt(started.clock.nowMs);
    const batch = Array.from({ length: 2300 }, (_, index) => entryOf({ ns, line: `${index}` }));
    await started.deliver([...batch, entryOf({ ns: ns + 1n, line: "last" })]);
    const found = linesOf(await read(sourceOf(started)));
    expect(found).toHaveLength(2301);
    expect(new Set(found).size).toBe(2301);
    expect(found.at(-1)).toBe("last");
  });

  it("are refused rather than lost when more of them share a time than Loki returns at once", async () => {
    const started = await start({ limits: { max_entries_limit_per_query: 10 } });
    const ns = nsAt(started.clock.nowMs);
    await started.deliver(Array.from({ length: 25 }, (_, index) => entryOf({ ns, line: `${index}` })));
    expect(await failureOf(sourceOf(started))).toMatchObject({ code: "too_many_at_once" });
    expect(await read(sourceOf(started), { limit: 10 })).toHaveLength(10);
  });

  it("are requested in smaller pages when a page is too long", async () => {
    const started = await start();
    const batch = entriesAt(started.clock.nowMs, 40);
    await started.deliver(batch);
    const { http } = started;
    const narrow = {
      ...http,
      get: (url: string, _most: number, call: Parameters<typeof http.get>[2]) => http.get(url, 4000, call),
    };
    expect(linesOf(await read({ ...sourceOf(started), http: narrow }))).toEqual(linesOf(batch));
    const none = {
      ...http,
      get: (url: string, _most: number, call: Parameters<typeof http.get>[2]) => http.get(url, 10, call),
    };
    expect(await failureOf({ ...sourceOf(started), http: none })).toMatchObject({ code: "too_long" });
  });
});

describe("an error of a query", () => {
  const start = lokiStarter();

  it("has a remedy", async () => {
    const started = await start({ authorization: "Bearer right" });
    const source = sourceOf(started);
    expect(await failureOf(source)).toMatchObject({
      code: "unauthorized",
      message: "Loki responded with 401: unauthorized",
      remedy: expect.stringContaining("loki.token_file") as string,
      isTransient: false,
    });
  });

  it("distinguishes invalid queries, addresses of other servers, and a missing tenant", async () => {
    const source = sourceOf(await start());
    expect(await failureOf(source, { logql: "{a=" })).toMatchObject({
      code: "bad_query",
      message: "Loki responded with 400: parse error at line 1, col 4: syntax error: unexpected $end, expecting STRING",
    });
    expect(await failureOf({ ...source, url: `${source.url}/elsewhere` })).toMatchObject({ code: "not_found" });
    expect(await failureOf({ ...source, tenant: "" })).toMatchObject({ code: "unauthorized" });
    expect(await read({ ...source, url: `${source.url}/` })).toEqual([]);
  });

  it("distinguishes an unreachable Loki from a busy one", async () => {
    const started = await start();
    await started.loki.close();
    const failure = await failureOf(sourceOf(started));
    expect(failure).toMatchObject({ code: "unreachable", isTransient: true });
    expect(failure.message).toContain("ECONNREFUSED");
  });

  it.each<[status: number, body: string, code: string]>([
    [200, "<html>", "not_found"],
    [200, '{"data":{"resultType":"matrix","result":[]}}', "bad_query"],
    [200, "{}", "bad_query"],
    [302, "", "not_found"],
    [429, "too many outstanding requests", "busy"],
    [500, "", "server_error"],
    [504, "", "timeout"],
  ])("takes %i %s for what it is", async (status, body, code) => {
    const answer = { status, retryAfter: "", body: Buffer.from(body) };
    const http = {
      get: () => Promise.resolve(answer),
      post: () => Promise.resolve(answer),
      close: () => Promise.resolve(),
    };
    expect(await failureOf({ http, url: "http://loki", tenant })).toMatchObject({ code });
  });
});
