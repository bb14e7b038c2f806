/** The questions to Loki that the guide shows, asked of a real one that has a few records. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { lokiFields } from "../../src/config/fields/loki.ts";
import type { PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import { StreamTable } from "../../src/prediction-log/stream-fields.ts";
import { rootDir } from "../architecture/source-files.ts";
import { describeWith } from "../e2e/support/installed.ts";
import { scratchFolder } from "../e2e/support/scratch-folder.ts";
import { logEntry } from "./support/entry-load.ts";
import { findLoki, lokiSetUp, type LokiServer, startLoki } from "./support/loki-server.ts";
import { lokiTenant } from "./support/loki-tenant.ts";
import { startWatchedDelivery } from "./support/watched-delivery.ts";
import { aRecord } from "../support/a-record.ts";

const good = aRecord({
  time: new Date().toISOString(),
  trace_id: "",
  model: "breast-cancer",
  version: "3",
  path: "/invocations",
  latency_ms: { total: 12.5, first_byte: 12, upstream: 11, queue: 0 },
  bytes: { request: 100, response: 20 },
  sampling: { reason: "sample", probability: 0.25 },
  features: [{ "mean radius": 14.5, "mean texture": 20 }],
  prediction: [1],
});
const { features: _features, prediction: _prediction, ...withoutRows } = good;
const bare: PredictionRecord = {
  ...withoutRows,
  request_id: "failed",
  outcome: "upstream_reset",
  error_code: "upstream_reset",
  status: 502,
  latency_ms: { total: 700.5, first_byte: 0, upstream: 700, queue: 0 },
  sampling: { reason: "error", probability: 1 },
  rows: 0,
};
const drifting: PredictionRecord = {
  ...good,
  request_id: "drifting",
  variant: "canary",
  drift: { state: "critical", features: ["mean radius"] },
  features: [{ "mean radius": 10.5, "mean texture": 21 }],
  prediction: [0],
};
const records = [good, bare, drifting];

/** What stands before each question, and its answer: identities of requests, or numbers by labels. */
const answers: Readonly<Record<string, readonly string[] | Readonly<Record<string, number>>>> = {
  "One request:": ["3f1c9a52"],
  "What went wrong:": ["failed"],
  "Slower than half a second:": ["failed"],
  "Predictions of each class, a minute:": { 0: 1, 1: 1 },
  "All requests by outcome, estimated from those that were logged:": { ok: 8, upstream_reset: 1 },
  "A feature over time, by variant:": { canary: 10.5, stable: 14.5 },
  "Latency of the logged requests (of all requests it is in `outrider_request_duration_seconds`):": {
    "breast-cancer": expect.closeTo(631.7, 5) as number,
  },
  "What came in while the model drifted:": ["drifting"],
};

const guide = readFileSync(path.join(rootDir, "docs/guides/prediction-log.md"), "utf8");
const questions = [...guide.matchAll(/^(.+)\n\n```logql\n(.+)\n```$/gm)].map(([, title = "", query = ""]) => ({
  title,
  query,
}));

function describeLoki(program: string): void {
  const folder = scratchFolder("loki-questions");
  const tenant = "guide";
  let loki: LokiServer;

  beforeAll(async () => {
    loki = await startLoki({ program, folder });
    const delivery = await startWatchedDelivery({ url: loki.url, tenant });
    const { labels, static_labels: staticLabels, metadata, max_streams: maxStreams } = lokiFields;
    const plan = {
      labels: labels.default,
      staticLabels: staticLabels.default.map((pair) => ({
        name: pair.split("=")[0] ?? "",
        value: pair.split("=")[1] ?? "",
      })),
      metadata: metadata.default,
    };
    const streams = new StreamTable({ ...plan, maxStreams: maxStreams.default });
    for (const record of records) {
      const texts = streams.textsOf(record, 0);
      delivery.offer({ ...logEntry({}, JSON.stringify(record)), ...texts });
    }
    await delivery.stop(30_000);
    expect(delivery.counters.sentTotal).toBe(records.length);
  });

  afterAll(() => loki?.stop());

  it("are all in the list, as often as the guide has a piece of LogQL", () => {
    expect(questions.map(({ title }) => title).toSorted()).toEqual(Object.keys(answers).toSorted());
    expect(questions.length).toBe(guide.split("```logql").length - 1);
  });

  it.each(questions)("are answered: $title", async ({ title, query }) => {
    const answer = answers[title] ?? {};
    const { lines, numbers } = lokiTenant(loki.url, tenant);
    if (!Array.isArray(answer)) return expect(await numbers(query)).toEqual(answer);
    const found = await lines(query);
    expect(found.filter(({ labels }) => labels["__error__"] !== undefined)).toEqual([]);
    expect(found.map(({ labels }) => labels["request_id"])).toEqual(answer);
  });
}

describeWith("questions of the guide to a real Loki", findLoki(), describeLoki, lokiSetUp);
