import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { connectRaw, type RawClient } from "../../support/raw-client.ts";
import { plainReply, startUpstream, type UpstreamConnection } from "../../support/scripted-upstream.ts";
import { relayOptions, startTestRelay } from "../../support/start-relay.ts";
import { headerOf } from "../../support/strict/strict-responses.ts";
import { until } from "../../support/until.ts";

const request = "GET /predict HTTP/1.1\r\nHost: a\r\n\r\n";
const clients = 20;
/** 20 clients, each pausing so long, are about 200 requests a second. */
const pauseMs = 95;
const trafficMs = 2_000;
const streams = 10;

interface Tally {
  answered: number;
  readonly failures: string[];
}

type TestRelay = Awaited<ReturnType<typeof startTestRelay>>;

describe("draining under load", () => {
  it("fails no request at about 200 a second with open event streams", async () => {
    const open: UpstreamConnection[] = [];
    const upstream = await startUpstream({
      onRequest: (connection, { target }) => {
        if (target !== "/stream") return connection.write(plainReply);
        open.push(connection);
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
      },
    });
    const relay = await startTestRelay(relayOptions({ kind: "tcp", host: upstream.host, port: upstream.port }));
    const readers = await openStreams(relay);
    await until(() => open.length === streams, "the streams to reach the upstream");
    const ticker = setInterval(() => open.forEach((connection) => connection.write("9\r\ndata: x\n\n\r\n")), 50);

    const tally: Tally = { answered: 0, failures: [] };
    const end = performance.now() + trafficMs;
    const traffic = Promise.all(Array.from({ length: clients }, () => keepAsking(relay, end, tally)));
    await delay(trafficMs / 2);
    relay.drain();
    await traffic;

    const stopped = relay.stop(20_000);
    await delay(100);
    clearInterval(ticker);
    for (const connection of open) connection.write("0\r\n\r\n");
    const endings = await Promise.all(readers.map((reader) => reader.response()));
    await stopped;
    await upstream.stop();

    expect(tally.failures).toEqual([]);
    expect(tally.answered).toBeGreaterThan(100);
    expect(endings.map(({ complete, status }) => ({ complete, status }))).toEqual(
      Array.from({ length: streams }, () => ({ complete: true, status: 200 })),
    );
    expect(endings.every(({ body }) => body.length > 0 && body.length % 9 === 0)).toBe(true);
    expect(relay.counters.inFlight).toBe(0);
  });
});

async function openStreams(relay: TestRelay): Promise<RawClient[]> {
  return Promise.all(
    Array.from({ length: streams }, async () => {
      const reader = await connectRaw(relay.address);
      reader.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
      await reader.received("text/event-stream");
      return reader;
    }),
  );
}

/** One client that asks again and again on a kept-alive connection, and connects anew after `Connection: close`. */
async function keepAsking(relay: TestRelay, end: number, tally: Tally): Promise<void> {
  let client = await connectRaw(relay.address);
  let asked = 0;
  while (performance.now() < end) {
    try {
      client.send(request);
      const response = await client.response(++asked);
      if (response.status !== 200) tally.failures.push(`status ${response.status}`);
      else tally.answered++;
      if (headerOf(response, "connection") === "close") {
        client.close();
        client = await connectRaw(relay.address);
        asked = 0;
      }
    } catch (error) {
      tally.failures.push(String(error));
      return;
    }
    await delay(pauseMs);
  }
  client.close();
}
