import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createCapture } from "../../src/capture/capture.ts";
import { relayOptions, startTestRelay } from "../support/start-relay.ts";
import { until } from "../support/until.ts";
import { balances, recordReadings, wordReader } from "./captured.ts";

describe("capture behind a relay", () => {
  it("parses both bodies as they passed, and no truncated one", async () => {
    const upstream = createServer((request, response) => {
      request.resume().on("end", () => {
        const isCoded = request.url === "/coded";
        const body = isCoded ? gzipSync("answered in gzip") : "answered";
        response.writeHead(200, isCoded ? { "content-encoding": "gzip" } : {}).end(body);
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const port = (upstream.address() as { readonly port: number }).port;
    const record = recordReadings();
    const capture = createCapture({
      sampleRatio: 1,
      cpuRatio: 1,
      queueBytes: 65_536,
      decodedBytes: 65_536,
      consumers: [record],
      clock: systemClock,
    });
    capture.serve(wordReader, "path");
    const tap = { bodyBytes: 1000, totalBytes: 100_000 };
    const address = { kind: "tcp", host: "127.0.0.1", port } as const;
    const relay = await startTestRelay(relayOptions(address, { tap, observers: [capture.observer] }));
    const { port: relayPort } = relay.address as { readonly port: number };
    const ask = async (path: string, body: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${relayPort}${path}`, { method: "POST", body })).text();
    expect(await ask("/plain", "asked plainly")).toBe("answered");
    expect(await ask("/coded", "asked for code")).toBe("answered in gzip");
    expect(await ask("/long", "long ".repeat(1000))).toBe("answered");
    await until(() => capture.counters.doneTotal === 3, "three exchanges to be read");
    expect(record.seen.map(({ request, response }) => [request?.ids, response?.ids, response?.model])).toEqual([
      [["plainly"], [], "answered"],
      [["for", "code"], ["in", "gzip"], "answered"],
      [undefined, [], "answered"],
    ]);
    expect(capture.counters.unread.request.truncated).toBe(1);
    for (const [left, right] of balances(capture.counters)) expect(left).toBe(right);
    capture.stop();
    await relay.stop();
    upstream.closeAllConnections();
    upstream.close();
  });
});
