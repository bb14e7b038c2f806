import { createServer } from "node:http";
import type { RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { minInFlight } from "../../../demo/traffic/in-flight-limit.ts";
import { startReplay } from "../../../demo/traffic/replay.ts";
import type { Replay, Reply } from "../../../demo/traffic/replay.ts";
import { seededRandom } from "../../../demo/traffic/seeded-random.ts";
import { createTally } from "../../../demo/traffic/tally.ts";
import type { PlannedRequest } from "../../../demo/traffic/traffic.ts";
import { until } from "../../support/until.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

const question: PlannedRequest = {
  kind: "single",
  method: "POST",
  path: "/invocations",
  contentType: "application/json",
  body: "{}",
  rowIndexes: [0],
  readClasses: (body) => JSON.parse(body) as number[],
};

const replies: Reply[] = [];

const replay = (port: number, requestsPerSecond: number, planned = question): Replay => {
  replies.length = 0;
  const random = seededRandom(1);
  const onDone = (_: PlannedRequest, reply: Reply): void => void replies.push(reply);
  return startReplay({ host: "127.0.0.1", port, requestsPerSecond, random, next: () => planned, onDone });
};

describe("the replay", () => {
  it("leaves no more requests unanswered than a server that does not answer was shown to take", async () => {
    let arrived = 0;
    const port = await serve(() => {
      arrived += 1;
    });
    const running = replay(port, 2_000);
    await until(() => running.pace().isHeldBack, "the clients are held back");
    expect(arrived).toBe(minInFlight);
    await running.stop(0);
    // Given up by the clients themselves: no failure of the server.
    expect(replies).toEqual([]);
  });

  it("sends as fast as a server with one worker answers, and keeps its queue short", async () => {
    const serviceMs = 20;
    let worker = Promise.resolve();
    let waiting = 0;
    let maxWaiting = 0;
    const answerAfter = async (before: Promise<void>, response: ServerResponse): Promise<void> => {
      await before;
      await delay(serviceMs);
      waiting -= 1;
      response.end("[1]");
    };
    const port = await serve((request, response) => {
      request.resume();
      waiting += 1;
      maxWaiting = Math.max(maxWaiting, waiting);
      worker = answerAfter(worker, response);
    });
    const running = replay(port, 1_000);
    await until(() => running.pace().isHeldBack && replies.length >= 60, "sixty requests are answered");
    await running.stop(30_000);
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    // An open loop would have let some hundred wait.
    expect(maxWaiting).toBeLessThanOrEqual(8 * minInFlight);
  });

  it("gives every request an identity of its own, which its reply has too", async () => {
    const identities: unknown[] = [];
    const port = await serve((request, response) => {
      identities.push(request.headers["x-request-id"]);
      response.end("[1]");
    });
    const running = replay(port, 500);
    await until(() => replies.length >= 20, "twenty requests are answered");
    await running.stop(5_000);
    expect(new Set(identities).size).toBe(replies.length);
    expect(replies.map(({ requestId }) => requestId).sort()).toEqual([...identities].sort());
  });

  it("keeps to the rate on average", async () => {
    const port = await serve((request, response) => {
      request.resume();
      response.end("[1]");
    });
    const startedAt = performance.now();
    const running = replay(port, 200);
    await until(() => replies.length >= 100, "a hundred requests are answered");
    const seconds = (performance.now() - startedAt) / 1_000;
    await running.stop(5_000);
    expect(replies.every(({ status, body }) => status === 200 && body === "[1]")).toBe(true);
    // Arrivals are random and a busy machine delays them: this finds a wrong unit or a closed loop, no more.
    expect(100 / seconds).toBeLessThan(400);
  });

  it("waits at its end for the answers that are due", async () => {
    const release: (() => void)[] = [];
    const port = await serve((_, response) => release.push(() => response.end("[0]")));
    const running = replay(port, 100);
    await until(() => release.length >= minInFlight, "the first requests wait");
    const stopped = running.stop(10_000);
    await until(() => {
      release.splice(0).forEach((answer) => answer());
      return replies.length >= minInFlight;
    }, "they are answered");
    await stopped;
    expect(replies.every(({ status }) => status === 200)).toBe(true);
  });

  it("leaves before the answer when the client is to abandon its request", async () => {
    let left = 0;
    const port = await serve((_, response) => {
      response.once("close", () => {
        left += 1;
      });
    });
    const running = replay(port, 100, { ...question, kind: "abandoned", rowIndexes: [] });
    await until(() => left >= 3, "three clients have left");
    await running.stop(5_000);
    expect(replies.every(({ status }) => status === 0)).toBe(true);
  });

  it("takes no connection from another request when the answer comes before the client wants to leave", async () => {
    const port = await serve((request, response) => {
      // The answer to a good request takes longer than the patience of a client that leaves.
      const delayMs = request.url === question.path ? 10 : 0;
      request.resume().once("end", () => setTimeout(() => response.end("[1]"), delayMs));
    });
    const failures: string[] = [];
    let answered = 0;
    let sent = 0;
    const impatient: PlannedRequest = { ...question, kind: "abandoned", path: "/quick", rowIndexes: [] };
    const running = startReplay({
      host: "127.0.0.1",
      port,
      requestsPerSecond: 400,
      random: seededRandom(2),
      next: () => ((sent += 1) % 2 === 0 ? question : impatient),
      onDone: ({ kind }, { failure }) => {
        answered += 1;
        if (kind !== "abandoned" && failure !== "") failures.push(failure);
      },
    });
    await until(() => answered >= 400, "four hundred requests have ended");
    await running.stop(5_000);
    expect(failures).toEqual([]);
  });
});

const reply = (status: number, body: string, failure = ""): Reply => ({ requestId: "demo-7", status, body, failure });

describe("the tally", () => {
  it("counts right and wrong predictions, and good requests that got none", () => {
    const tally = createTally([1, 0]);
    const batch = { ...question, kind: "batch", rowIndexes: [0, 1, 1] } as const;
    tally.add(question, reply(200, "[1]"));
    tally.add(batch, reply(200, "[1,0,1]"));
    expect(tally.read()).toMatchObject({ predictions: 4, rightPredictions: 3, failures: 0 });
    tally.add(batch, reply(200, "[1]"));
    tally.add(batch, reply(200, "oops"));
    tally.add(batch, reply(503, "busy"));
    tally.add(question, reply(0, "", "socket hang up"));
    const { failures, lastFailure, statuses, sent } = tally.read();
    expect({ failures, lastFailure }).toEqual({ failures: 4, lastFailure: "socket hang up" });
    expect(statuses).toEqual({ 0: 1, 200: 4, 503: 1 });
    expect(sent).toMatchObject({ single: 2, batch: 4 });
  });

  it("expects nothing of requests that are meant to be refused", () => {
    const tally = createTally([1]);
    const known = tally.add({ ...question, kind: "malformed", rowIndexes: [] }, reply(400, "no"));
    expect(known).toBeUndefined();
    expect(tally.read()).toMatchObject({ failures: 0, predictions: 0, statuses: { 400: 1 } });
  });

  it("knows what is right for the rows of a request that was answered, and of no other", () => {
    const tally = createTally([1, 0]);
    const batch = { ...question, kind: "batch", rowIndexes: [1, 0, 1] } as const;
    expect(tally.add(batch, reply(200, "[1,1,0]"))).toEqual({ requestId: "demo-7", labels: [0, 1, 0], rightRows: 2 });
    expect(tally.add(batch, reply(200, "[1]"))).toBeUndefined();
    expect(tally.add(batch, reply(503, "busy"))).toBeUndefined();
  });
});
