import path from "node:path";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

import { RecordNotes } from "../../../src/cli/predictions/notes.ts";
import { lokiSelector, openLokiSource } from "../../../src/cli/predictions/loki-source.ts";
import { caughtUp, type RecordFilter } from "../../../src/cli/predictions/source.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { formatMistakes } from "../../../src/config/mistake.ts";
import type { Config } from "../../../src/config/table/table.ts";
import type { PredictionRecord } from "../../../src/prediction-log/prediction-record.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { aRecord } from "../../support/a-record.ts";
import { until } from "../../support/until.ts";
import { startedServer } from "../support/started-server.ts";
import { allRecords, linesOf, recordAt } from "./log.ts";
import { dispatched } from "../support/recorded-context.ts";

interface Question {
  readonly query: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly tenant: string;
  readonly authorization: string;
}

interface StandIn {
  readonly url: string;
  readonly asked: Question[];
  readonly lines: { readonly ns: bigint; readonly line: string }[];
}

const nsOf = (time: string): bigint =>
  BigInt(Date.parse(`${time.slice(0, 23)}Z`)) * 1_000_000n + BigInt(time.slice(23, 29));

/** Answers query_range as Loki does, of lines that are all in one stream. */
async function startLoki(records: readonly object[], status = 200): Promise<StandIn> {
  const asked: Question[] = [];
  const lines = records.map((record) => ({
    ns: nsOf((record as PredictionRecord).time),
    line: JSON.stringify(record),
  }));
  const address = await startedServer((request, response) => {
    const url = new URL(request.url ?? "", "http://loki");
    const get = (name: string): string => url.searchParams.get(name) ?? "";
    const question = {
      query: get("query"),
      startNs: BigInt(get("start")),
      endNs: BigInt(get("end")),
      tenant: String(request.headers["x-scope-orgid"] ?? ""),
      authorization: request.headers.authorization ?? "",
    };
    asked.push(question);
    const found = lines
      .filter(({ ns }) => ns >= question.startNs && ns < question.endNs)
      .toSorted((left, right) => Number(left.ns - right.ns))
      .slice(0, Number(get("limit")));
    const values = found.map(({ ns, line }) => [String(ns), line]);
    response.writeHead(url.pathname === "/loki/api/v1/query_range" ? status : 404);
    response.end(
      status === 200
        ? JSON.stringify({ status: "success", data: { resultType: "streams", result: [{ stream: {}, values }] } })
        : "too many outstanding requests",
    );
  });
  return { url: `http://${address}`, asked, lines };
}

/** The settings of the sink for a Loki at this URL. */
async function settingsFor(url: string): Promise<Config["loki"]> {
  const flags = [{ flag: "--loki-url", text: url }];
  const result = await loadConfig({ file: undefined, environment: {}, flags, isUpstreamRequired: false });
  if (result.kind === "mistakes") throw new Error(formatMistakes(result.mistakes));
  return result.loaded.config.loki;
}

const since = ["--since", "2020-11-25T12:00:00Z", "--until", "2020-11-25T13:00:00Z"];

describe("outrider predictions --loki", () => {
  it("prints the records, page by page, as they are", async () => {
    const records = Array.from({ length: 2500 }, (_, index) => recordAt(index));
    const loki = await startLoki(records);
    const recorded = await dispatched(["predictions", "--loki", loki.url, ...since, "--json"]);
    expect(recorded).toEqual({ exitCode: 0, output: linesOf(records), errors: "" });
    expect(loki.asked.length).toBeGreaterThan(1);
    expect(loki.asked[0]).toMatchObject({
      query: '{service_name="outrider"}',
      startNs: nsOf("2020-11-25T12:00:00.000000000Z"),
      endNs: nsOf("2020-11-25T13:00:00.000000000Z"),
    });
  });

  it("asks for the last hour when no time is given", async () => {
    const recent = aRecord({ time: new Date(Date.now() - 60_000).toISOString().replace("Z", "000001Z") });
    const loki = await startLoki([recordAt(0), recent]);
    const { output } = await dispatched(["predictions", "--loki", loki.url, "--json"]);
    expect(output).toBe(linesOf([recent]));
    const startNs = loki.asked[0]?.startNs ?? 0n;
    expect(Math.abs(Date.now() - 3_600_000 - Number(startNs / 1_000_000n))).toBeLessThan(60_000);
  });

  it("splits a long time span into days, because Loki refuses long ones", async () => {
    const day = 86_400_000;
    const records = [recordAt(0), recordAt(40 * day), recordAt(40 * day + 1)];
    const loki = await startLoki(records);
    const span = ["--since", "2020-11-25", "--until", "2021-01-05"];
    const { output } = await dispatched(["predictions", "--loki", loki.url, ...span, "--json"]);
    expect(output).toBe(linesOf(records));
    for (const { startNs, endNs } of loki.asked)
      expect(Number((endNs - startNs) / 1_000_000n)).toBeLessThanOrEqual(day);
    expect(loki.asked.length).toBe(41);
  });

  it("skips malformed lines and records that do not match", async () => {
    const loki = await startLoki([
      recordAt(0),
      recordAt(1, { model: "churn" }),
      { time: recordAt(2).time, other: "app" },
    ]);
    const { output, errors } = await dispatched([
      "predictions",
      "--loki",
      loki.url,
      ...since,
      "--json",
      "--model",
      "churn",
    ]);
    expect(output).toBe(linesOf([recordAt(1, { model: "churn" })]));
    expect(errors).toContain("1 line skipped, first");
    expect(loki.asked[0]?.query).toBe('{service_name="outrider", model=~"churn|__other__|"}');
  });

  it("is used when the configuration has no file sink, with its tenant and token", async () => {
    const loki = await startLoki([recordAt(0)]);
    const folder = await temporaryDirectory();
    await writeFile(path.join(folder, "token"), "secret-token\n");
    const config = path.join(folder, "outrider.yaml");
    await writeFile(
      config,
      `predictions: { enabled: true, sinks: [loki] }\nloki:\n  url: ${loki.url}\n  tenant: ml\n  token_file: ${folder}/token\n  static_labels: [app=x]\n`,
    );
    const { output } = await dispatched(["predictions", "--config", config, ...since, "--json"]);
    expect(output).toBe(linesOf([recordAt(0)]));
    expect(loki.asked[0]).toMatchObject({ query: '{app="x"}', tenant: "ml", authorization: "Bearer secret-token" });
  });

  it("follows new records, and gives each record once", async () => {
    const at = (agoMs: number): string => new Date(Date.now() - agoMs).toISOString().replace("Z", "000000Z");
    const old = Array.from({ length: 3 }, (_, index) =>
      aRecord({ time: at(60_000 - index), request_id: `old${index}` }),
    );
    const loki = await startLoki([...old, aRecord({ time: at(3000), request_id: "young" })]);
    const source = openLokiSource(await settingsFor(loki.url), new RecordNotes(), 5);
    const stopping = new AbortController();
    const found: string[] = [];
    const follow = async (): Promise<void> => {
      for await (const logged of source.follow({ ...allRecords, since: at(120_000) }, stopping.signal)) {
        found.push(logged === caughtUp ? logged : logged.record.request_id);
      }
    };
    const following = follow();
    await until(() => found.includes(caughtUp), "the existing records", 60_000);
    const late = aRecord({ time: at(500), request_id: "late" });
    loki.lines.push({ ns: nsOf(late.time), line: JSON.stringify(late) });
    await until(() => found.includes("late"), "the late record", 60_000);
    const questions = loki.asked.length;
    await until(() => loki.asked.length > questions + 2, "two more queries", 60_000);
    stopping.abort();
    await following;
    await source.close();
    expect(found).toEqual(["old0", "old1", "old2", "young", caughtUp, "late"]);
  });

  it("ends with 1 and the reason when Loki refuses or is unreachable", async () => {
    const loki = await startLoki([], 429);
    const refused = await dispatched(["predictions", "--loki", loki.url, ...since]);
    expect(refused).toMatchObject({ exitCode: 1, output: "" });
    expect(refused.errors).toContain("Loki responded with 429: too many outstanding requests");
    const absent = await dispatched(["predictions", "--loki", "http://127.0.0.1:1", ...since]);
    expect(absent).toMatchObject({ exitCode: 1, output: "" });
    expect(absent.errors).toContain("no response from http://127.0.0.1:1");
    expect(absent.errors).toContain("(loki_unanswered)");
  });

  it("gives the rows for a data set, and the requests for a replay", async () => {
    const loki = await startLoki([recordAt(0)]);
    const file = path.join(await temporaryDirectory(), "a.csv");
    const words = ["--loki", loki.url, ...since];
    const exported = await dispatched(["predictions", "export", ...words, "-o", file, "--for-baseline"]);
    expect(exported).toMatchObject({ exitCode: 0, errors: "" });
    const replayed = await dispatched(["replay", ...words, "--upstream", "http://127.0.0.1:1"]);
    expect(replayed.exitCode).toBe(4);
    expect(replayed.output).toContain("to log bodies, set `predictions.bodies: true`");
  });
});

describe("the LogQL of a filter", () => {
  const labels = ["model", "outcome"] as const;

  it.each<[Partial<RecordFilter>, readonly string[], string]>([
    [{}, ["service_name=outrider", "cluster=eu=1"], '{service_name="outrider", cluster="eu=1"}'],
    [{}, [], '{model=~".+"}'],
    [{ model: 'a.b"c\\' }, ["a=b"], String.raw`{a="b", model=~"a\\.b\"c\\\\|__other__|"}`],
    [
      { variant: "canary", outcomes: new Set(["ok", "timeout"]) },
      ["a=b"],
      '{a="b", variant=~"canary|__other__|", outcome=~"ok|timeout|__other__|"}',
    ],
    [{ id: "3f1c-9a52" }, ["a=b"], '{a="b"} |= "3f1c-9a52"'],
    [{ id: 'with "quotes"' }, ["a=b"], '{a="b"}'],
  ])("%j", (over, pairs, logql) => {
    const staticLabels = pairs.map((pair) => {
      const equals = pair.indexOf("=");
      return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
    });
    expect(lokiSelector({ ...allRecords, ...over }, { labels, staticLabels })).toBe(logql);
  });
});
