/**
 * Sends requests at the times they are due, whether earlier ones have been answered or not (an open loop), as long as
 * the server keeps up; when it does not, as fast as it answers.
 */
import { Agent, request as sendRequest } from "node:http";
import type { ClientRequest } from "node:http";

import { createInFlightLimit, maxInFlight } from "./in-flight-limit.ts";
import { exponentialDelay } from "./seeded-random.ts";
import type { RandomNumber } from "./seeded-random.ts";
import type { PlannedRequest } from "./traffic.ts";

/** What and where to send. */
export interface ReplayOptions {
  readonly host: string;
  readonly port: number;
  /** Mean; arrivals are a Poisson process. */
  readonly requestsPerSecond: number;
  readonly random: RandomNumber;
  next(): PlannedRequest;
  /** Called once for every request that has ended. */
  onDone(planned: PlannedRequest, reply: Reply): void;
}

/** How a request ended for its client. */
export interface Reply {
  /** The identity that it was sent with (`x-request-id`). */
  readonly requestId: string;
  /** 0 when there was no whole answer. */
  readonly status: number;
  readonly body: string;
  /** Why there was none, as the system words it; empty otherwise. */
  readonly failure: string;
}

/** How the traffic flows. */
export interface PaceReading {
  /** The rate that was asked for, requests a second. */
  readonly wantedPerSecond: number;
  /** True while the server does not keep up with it: the clients send as fast as answers come. */
  readonly isHeldBack: boolean;
}

/** Traffic that flows until it is stopped. */
export interface Replay {
  pace(): PaceReading;
  /**
   * Sends no more, and resolves when every request sent has ended. After `graceMs` the rest is given up and not
   * reported: that those fail is not the server's doing.
   */
  stop(graceMs: number): Promise<void>;
}

/** How long an abandoning client waits before it leaves, milliseconds. */
const patienceMs = 2;

/** Requests that are due for longer than this are not sent any more, milliseconds. */
const maxLateMs = 1_000;

/** How long after the last request that was not sent the clients count as held back, milliseconds. */
const heldBackMs = 2_000;

/** Starts sending at once. */
export function startReplay(options: ReplayOptions): Replay {
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  const inFlight = new Set<Promise<void>>();
  const limit = createInFlightLimit();
  const arrivals = createArrivals(options);
  let state: "sending" | "stopping" | "given up" = "sending";
  let sentCount = 0;
  let fullMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const send = async (): Promise<void> => {
    sentCount += 1;
    const named = { planned: options.next(), requestId: `demo-${sentCount}` };
    const sentMs = performance.now();
    const reply = await exchange(named, options, agent);
    if (reply.status === 200) {
      limit.observe(performance.now() - sentMs, fullMs >= sentMs);
    }
    if (state !== "given up") {
      options.onDone(named.planned, reply);
    }
  };

  /** Runs when a request is due, and when an answer makes room for one that is late. */
  const sendDue = (): void => {
    clearTimeout(timer);
    if (state !== "sending") {
      return;
    }
    while (arrivals.waitMs() <= 0) {
      if (inFlight.size >= limit.current()) {
        fullMs = performance.now();
        return;
      }
      arrivals.take();
      const sent = send().finally(() => {
        inFlight.delete(sent);
        sendDue();
      });
      inFlight.add(sent);
    }
    // It may have become due since the loop looked, and Node warns of a negative time.
    timer = setTimeout(sendDue, Math.max(0, arrivals.waitMs()));
  };
  sendDue();

  return {
    pace: () => ({ wantedPerSecond: options.requestsPerSecond, isHeldBack: arrivals.areTooLate() }),
    stop: async (graceMs) => {
      state = "stopping";
      clearTimeout(timer);
      const givingUp = setTimeout(() => {
        state = "given up";
        agent.destroy();
      }, graceMs);
      await Promise.all(inFlight);
      clearTimeout(givingUp);
      agent.destroy();
    },
  };
}

/** When requests are due: a Poisson process. */
interface Arrivals {
  /** Time until the next is due, milliseconds; 0 or less when it is. */
  waitMs(): number;
  /** Goes on to the one after. */
  take(): void;
  /** True when, just now or a moment ago, some had been due for so long that they are left out. */
  areTooLate(): boolean;
}

function createArrivals({ requestsPerSecond, random }: ReplayOptions): Arrivals {
  let dueMs = performance.now();
  let tooLateMs = -Infinity;
  const leaveOutLate = (): number => {
    const now = performance.now();
    if (dueMs < now - maxLateMs) {
      dueMs = now - maxLateMs;
      tooLateMs = now;
    }
    return now;
  };
  return {
    waitMs: () => {
      const now = leaveOutLate();
      return dueMs - now;
    },
    take: () => {
      dueMs += exponentialDelay(random, 1_000 / requestsPerSecond);
    },
    areTooLate: () => leaveOutLate() - tooLateMs < heldBackMs,
  };
}

interface NamedRequest {
  readonly planned: PlannedRequest;
  readonly requestId: string;
}

async function exchange({ planned, requestId }: NamedRequest, options: ReplayOptions, agent: Agent): Promise<Reply> {
  const { host, port } = options;
  const headers: Record<string, string | number> = { "X-Request-Id": requestId };
  if (planned.method === "POST") {
    headers["Content-Length"] = Buffer.byteLength(planned.body);
  }
  if (planned.contentType !== "") {
    headers["Content-Type"] = planned.contentType;
  }
  const sent = sendRequest({ host, port, agent, method: planned.method, path: planned.path, headers });
  if (planned.kind === "abandoned") {
    // A reset: a client that only closes its sending side may still want the answer.
    const leaving = setTimeout(() => sent.socket?.resetAndDestroy(), patienceMs);
    // Answered in time: the connection may be another request's by then.
    sent.once("close", () => {
      clearTimeout(leaving);
    });
  }
  const reply = readReply(sent);
  sent.end(planned.body);
  return { requestId, ...(await reply) };
}

async function readReply(sent: ClientRequest): Promise<Omit<Reply, "requestId">> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      resolve({ status: 0, body: "", failure: error.message });
    };
    sent.once("error", fail);
    sent.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.once("error", fail);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, body, failure: "" });
      });
    });
  });
}
