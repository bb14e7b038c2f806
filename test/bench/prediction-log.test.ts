import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { stopAllPrograms } from "../../bench/host/program.ts";
import { logParts, someEntries } from "../../bench/micro/prediction-log-workload.ts";
import { threadTimes } from "../../bench/micro/thread-time.ts";
import { readWrittenRecords, startFeedingRelay } from "../../bench/predictions/start-feeding-relay.ts";
import { startLoki } from "../../bench/predictions/start-loki.ts";
import { numberOfSynthetic, SyntheticExchange } from "../../bench/predictions/synthetic-exchange.ts";
import { startUpstream } from "../../bench/upstream/start-upstream.ts";
import { until } from "../support/until.ts";

const folders: string[] = [];
const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "outrider-bench-test-"));
  folders.push(folder);
  return folder;
};

afterEach(async () => {
  await stopAllPrograms();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const push = (url: string, ...timesNs: readonly string[]): Promise<Response> =>
  fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    body: gzipSync(JSON.stringify({ streams: [{ stream: {}, values: timesNs.map((timeNs) => [timeNs, "{}"]) }] })),
  });

describe("what stands in for Loki", () => {
  it("takes pushes, and counts an entry that comes again once", async () => {
    const loki = await startLoki();
    expect((await push(loki.url, "1", "2")).status).toBe(204);
    expect((await push(loki.url, "2", "3")).status).toBe(204);
    expect(await loki.counts()).toEqual({ pushes: 2, entries: 4, distinct: 3 });
  });

  it("refuses for now, or answers nothing until it is well, and carries on with what it held", async () => {
    const loki = await startLoki();
    await loki.setMode("failing");
    expect((await push(loki.url, "1")).status).toBe(503);
    await loki.setMode("stalled");
    let status = 0;
    const held = push(loki.url, "2").then((response) => (status = response.status));
    // A question that came later is answered meanwhile.
    expect(await loki.counts()).toEqual({ pushes: 0, entries: 0, distinct: 0 });
    expect(status).toBe(0);
    await loki.setMode("well");
    expect(await held).toBe(204);
    expect(await loki.counts()).toEqual({ pushes: 1, entries: 1, distinct: 1 });
  });
});

describe("exchanges that nobody sent", () => {
  it("have identities that tell their number, and no other text does", () => {
    const exchange = new SyntheticExchange();
    for (let number = 0; number < 1000; number++, exchange.next()) {
      expect(numberOfSynthetic(exchange.requestId)).toBe(number);
    }
    expect(numberOfSynthetic("5f0c1e9a3c1d4a7b9d2e000000000001")).toBeNaN();
  });

  it("are fed to the log of a relay at the rate that is asked, and every record is in the files", async () => {
    const upstream = await startUpstream();
    const directory = aFolder();
    const relay = await startFeedingRelay({ upstreamPort: upstream.port, recordsPerSecond: 2000, directory });
    const answer = await fetch(`http://127.0.0.1:${relay.port}/invocations`, { method: "POST", body: "{}" });
    expect(answer.status).toBe(200);
    const beganMs = performance.now();
    await until(() => performance.now() - beganMs > 500, "half a second of records");
    const report = await relay.stop();
    expect(report.fed).toBeGreaterThan(50);
    expect(report).toMatchObject({ records: report.fed, sent: report.fed, dropped: 0, unread: 0 });
    expect(await readWrittenRecords(directory)).toEqual({ lines: report.fed, wrong: 0 });
  });

  it("are missed where a line of the files is torn, a stranger's, there twice or without features", async () => {
    const directory = aFolder();
    const line = (over: object): string =>
      JSON.stringify({ request_id: new SyntheticExchange().requestId, features: [{}], ...over });
    const lines = [line({}), line({}), line({ request_id: "abc" }), line({ features: undefined }), `{"request_`];
    writeFileSync(join(directory, "records.jsonl"), lines.join("\n"));
    expect(await readWrittenRecords(directory)).toEqual({ lines: 5, wrong: 4 });
  });
});

describe("what the log of predictions is measured with", () => {
  it("makes entries of 40 features, each of another exchange, and parts that do something", async () => {
    const entries = someEntries(3);
    const records = entries.map(({ line }) => JSON.parse(line) as { request_id: string; features: readonly object[] });
    expect(new Set(records.map(({ request_id }) => request_id)).size).toBe(3);
    expect(Object.keys(records[0]?.features[0] ?? {})).toHaveLength(40);
    const parts = await logParts();
    expect(parts.notKept()).toBeUndefined();
    expect(parts.build()).toMatchObject({ rows: 1, prediction: [expect.any(Number)] });
    expect(parts.line()).toMatchObject({ cut: [] });
    for (const part of Object.values(parts)) expect(() => part()).not.toThrow();
  });

  it("counts time of this thread, what is left for later among it, and none of waiting", async () => {
    const burn = (ms: number): void => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    };
    const times = await threadTimes(
      {
        idle: async () => undefined,
        late: async () => void setTimeout(() => burn(40), 20),
      },
      2,
    );
    expect(times.idle).toHaveLength(2);
    expect(Math.min(...times.late)).toBeGreaterThan(Math.max(...times.idle) + 5000);
  });
});
