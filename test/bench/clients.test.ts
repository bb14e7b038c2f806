import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { predictionBodies } from "../../bench/clients/prediction-bodies.ts";
import { runClient, runClosedLoop } from "../../bench/clients/run-client.ts";
import { findProgram } from "../../bench/host/find-program.ts";
import { stopAllPrograms } from "../../bench/host/program.ts";
import type { OpenLoopSample } from "../../bench/scenarios/open-loop.ts";
import { startUpstream } from "../../bench/upstream/start-upstream.ts";

const servers: Server[] = [];

afterEach(async () => {
  await stopAllPrograms();
  for (const server of servers.splice(0)) server.closeAllConnections();
});

describe("the upstream of the bench", () => {
  it("reads a body to its end before it answers, and gives as many bytes as the path asks for", async () => {
    const { port } = await startUpstream();
    const prediction = await fetch(`http://127.0.0.1:${port}/invocations`, {
      method: "POST",
      body: "x".repeat(300_000),
    });
    expect(await prediction.json()).toHaveProperty("predictions");
    const other = await fetch(`http://127.0.0.1:${port}/invocations`, { method: "POST", body: "x" });
    expect(other.headers.get("content-length")).toBe(prediction.headers.get("content-length"));
    const bytes = await fetch(`http://127.0.0.1:${port}/bytes/1000001`);
    expect((await bytes.arrayBuffer()).byteLength).toBe(1_000_001);
  });
});

describe("the clients of the bench", () => {
  it("charge a server that stands still for every request that was due meanwhile", async () => {
    const stallMs = 400;
    let answered = 0;
    const port = await listen(() => {
      answered += 1;
      if (answered !== 100) return;
      const end = performance.now() + stallMs;
      while (performance.now() < end);
    });
    const report = await runClient<OpenLoopSample>("open-loop.ts", {
      port,
      requestsPerSecond: 200,
      seconds: 2,
      warmUpSeconds: 0,
    });
    expect(report).toMatchObject({ count: 400, errors: 0 });
    // 80 of the 400 requests were due while nothing was answered: the slowest waited for nearly all of it.
    expect(report.maxMs).toBeGreaterThan(stallMs * 0.9);
    expect(report.p90Ms).toBeGreaterThan(stallMs * 0.3);
  });

  it("count answers other than 200 as errors", async () => {
    const port = await listen((status) => {
      status(503);
    });
    const options = { port, requestsPerSecond: 100, seconds: 0.2, warmUpSeconds: 0 };
    expect(await runClient("open-loop.ts", options)).toMatchObject({ count: 0, errors: 20 });
  });

  it("hold idle connections and use them again", async () => {
    const port = await listen(() => undefined);
    const report = await runClient("idle-connections.ts", { port, connections: 200, holdSeconds: 0.1 });
    expect(report).toEqual({ opened: 200, firstOk: 200, stillOpen: 200, secondOk: 200 });
  });

  it("get every byte of a response that they let wait", async () => {
    const { port } = await startUpstream();
    const report = await runClient("stalled-reader.ts", { port, bytes: 20_000_000, stallSeconds: 0.2 });
    expect(report).toMatchObject({ isComplete: true });
  });
});

describe("the bodies that the clients of the bench send", () => {
  it("differ in their numbers and in nothing else", () => {
    const bodies = predictionBodies(100);
    expect(new Set(bodies).size).toBe(bodies.length);
    expect(new Set(bodies.map((body) => body.length)).size).toBe(1);
    for (const body of bodies) {
      const { inputs } = JSON.parse(body) as { inputs: number[][] };
      expect(inputs).toHaveLength(1);
      expect(inputs[0]).toHaveLength(100);
      expect(inputs[0]?.every((number) => number >= 10 && number < 100)).toBe(true);
    }
  });

  it("are the same for every proxy", () => {
    expect(predictionBodies(40)).toEqual(predictionBodies(40));
  });

  it("go out in turn in the open loop", async () => {
    const received: string[] = [];
    const port = await listenForBodies(received);
    const options = { port, requestsPerSecond: 640, seconds: 0.1, warmUpSeconds: 0, numbers: 7 };
    expect(await runClient("open-loop.ts", options)).toMatchObject({ count: 64, errors: 0 });
    expect(received.toSorted()).toEqual(predictionBodies(7).toSorted());
  });

  it.skipIf(findProgram("wrk") === undefined)("go out in turn in the closed loop", async () => {
    const received: string[] = [];
    const port = await listenForBodies(received);
    await runClosedLoop({ port, connections: 1, seconds: 1, numbers: 7 });
    const bodies = predictionBodies(7);
    // wrk takes some requests before it begins, to see what they are.
    const first = bodies.indexOf(received[0] ?? "");
    const inTurn = Array.from({ length: 130 }, (_, turn) => bodies[(first + turn) % bodies.length]);
    expect(received.slice(0, 130)).toEqual(inTurn);
  });

  it.skipIf(findProgram("wrk") === undefined)("are of as many bytes as are asked for instead", async () => {
    const received: string[] = [];
    const port = await listenForBodies(received);
    const request = { method: "POST", path: "/invocations", bodyBytes: 100 } as const;
    await runClosedLoop({ port, connections: 1, seconds: 1, request });
    expect(new Set(received)).toEqual(new Set(["x".repeat(100)]));
  });
});

/** A server that answers every request at once and keeps what came. */
async function listenForBodies(received: string[]): Promise<number> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (text: string) => (body += text));
    request.once("end", () => {
      received.push(body);
      response.end("{}");
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function listen(onRequest: (status: (code: number) => void) => void): Promise<number> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => {
      onRequest((code) => (response.statusCode = code));
      response.end("{}");
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
