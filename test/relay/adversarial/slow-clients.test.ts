import { describe, expect, it } from "vitest";
import { connectRaw, type RawClient } from "../../support/raw-client.ts";
import { startUpstream } from "../../support/scripted-upstream.ts";
import { relayOptions, startTestRelay } from "../../support/start-relay.ts";
import { until } from "../../support/until.ts";

const slowClients = 1_000;
const goodClients = 10;
const requestsEach = 60;
const request = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n1234";

describe("a thousand slow clients", () => {
  it("cost the others no error and no pile-up, and are turned away in time", { timeout: 60_000 }, async () => {
    const upstream = await startUpstream();
    const options = relayOptions(
      { kind: "tcp", host: upstream.host, port: upstream.port },
      { timeouts: { headerMs: 4_000 } },
    );
    const relay = await startTestRelay(options);
    const slow: RawClient[] = [];
    for (let count = 0; count < slowClients; count++) {
      const client = await connectRaw(relay.address);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
      slow.push(client);
    }
    const drip = setInterval(() => slow.forEach((client) => client.send("a")), 250);

    const latencies: number[] = [];
    const statuses: number[] = [];
    const ask = async (): Promise<void> => {
      const client = await connectRaw(relay.address);
      for (let asked = 1; asked <= requestsEach; asked++) {
        const start = performance.now();
        client.send(request);
        statuses.push(
          (
            await client.response(
              asked,
              Array.from({ length: asked }, () => "POST"),
            )
          ).status,
        );
        latencies.push(performance.now() - start);
      }
      client.close();
    };
    await Promise.all(Array.from({ length: goodClients }, ask));
    latencies.sort((a, b) => a - b);

    await until(() => relay.counters.connectionsOpen === 0, "the slow clients to be turned away", 20_000);
    clearInterval(drip);
    const answers = slow.map((client) => client.reading().responses[0]?.status);
    for (const client of slow) client.close();
    await relay.stop();
    await upstream.stop();

    expect(statuses).toEqual(Array.from({ length: goodClients * requestsEach }, () => 200));
    expect(latencies[Math.floor(latencies.length * 0.99)]).toBeLessThan(2_000);
    expect(new Set(answers)).toEqual(new Set([408]));
    expect(upstream.requests).toHaveLength(goodClients * requestsEach);
  });

  it("and a flood of connections is refused beyond the limit", async () => {
    const upstream = await startUpstream();
    const options = relayOptions(
      { kind: "tcp", host: upstream.host, port: upstream.port },
      { limits: { connections: 50 } },
    );
    const relay = await startTestRelay(options);
    const kept = await Promise.all(Array.from({ length: 50 }, () => connectRaw(relay.address)));
    await until(() => relay.counters.connectionsOpen === 50, "fifty connections");
    const refused = await Promise.all(Array.from({ length: 200 }, () => connectRaw(relay.address)));
    await Promise.all(refused.map((client) => client.left()));
    expect(relay.counters.connectionsRefusedTotal).toBe(200);
    expect(relay.counters.connectionsOpen).toBe(50);
    kept[0]?.send(request);
    expect((await kept[0]?.response(1, ["POST"]))?.status).toBe(200);
    for (const client of [...kept, ...refused]) client.close();
    await relay.stop();
    await upstream.stop();
  });
});
