import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { stopAllPrograms } from "../../bench/host/program.ts";
import { readWrittenRecords, startFeedingRelay } from "../../bench/predictions/start-feeding-relay.ts";
import { startLoki } from "../../bench/predictions/start-loki.ts";
import { SyntheticExchange } from "../../bench/predictions/synthetic-exchange.ts";
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

describe("the stand-in for Loki", () => {
  it("takes pushes, and counts a repeated entry once", async () => {
    const loki = await startLoki();
    expect((await push(loki.url, "1", "2")).status).toBe(204);
    expect((await push(loki.url, "2", "3")).status).toBe(204);
    expect(await loki.counts()).toEqual({ pushes: 2, entries: 4, distinct: 3 });
  });

  it("fails, or stalls until it is well, and then takes the pushes that it held", async () => {
    const loki = await startLoki();
    await loki.setMode("failing");
    expect((await push(loki.url, "1")).status).toBe(503);
    await loki.setMode("stalled");
    let status = 0;
    const held = push(loki.url, "2").then((response) => (status = response.status));
    // A later question is answered meanwhile.
    expect(await loki.counts()).toEqual({ pushes: 0, entries: 0, distinct: 0 });
    expect(status).toBe(0);
    await loki.setMode("well");
    expect(await held).toBe(204);
    expect(await loki.counts()).toEqual({ pushes: 1, entries: 1, distinct: 1 });
  });
});

describe("synthetic exchanges", () => {
  it("reach the log of a relay, and every record is in the files", async () => {
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

  it("are missed where a line of the files is torn, foreign, a duplicate or without features", async () => {
    const directory = aFolder();
    const line = (over: object): string =>
      JSON.stringify({ request_id: new SyntheticExchange().requestId, features: [{}], ...over });
    const lines = [line({}), line({}), line({ request_id: "abc" }), line({ features: undefined }), `{"request_`];
    writeFileSync(join(directory, "records.jsonl"), lines.join("\n"));
    expect(await readWrittenRecords(directory)).toEqual({ lines: 5, wrong: 4 });
  });
});
