/** Sends requests at the times they are due, whether earlier ones have been answered or not (an open loop). */
import { Agent, request as sendRequest } from "node:http";
import type { ClientRequest } from "node:http";

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
  /** Called once for every request that was sent. */
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

/** Traffic that flows until it is stopped. */
export interface Replay {
  /** Requests that were due and not sent, because too many were unanswered. */
  skipped(): number;
  /** Sends no more, and resolves when every request sent has ended; after `graceMs` the rest is given up. */
  stop(graceMs: number): Promise<void>;
}

/** Most requests unanswered at once; an open loop against a server that hangs would grow without end. */
export const maxUnanswered = 256;

/** How long an abandoning client waits before it leaves, milliseconds. */
const patienceMs = 2;

/** Longest that the sender may have slept and still catch up on what was due, milliseconds. */
const maxCatchUpMs = 1_000;

/** Starts sending at once. */
export function startReplay(options: ReplayOptions): Replay {
  const agent = new Agent({ keepAlive: true, maxSockets: maxUnanswered });
  const unanswered = new Set<Promise<void>>();
  const meanGapMs = 1_000 / options.requestsPerSecond;
  let skipped = 0;
  let sentCount = 0;
  let dueMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const sendDue = (): void => {
    const now = performance.now();
    dueMs = Math.max(dueMs, now - maxCatchUpMs);
    for (; dueMs <= now; dueMs += exponentialDelay(options.random, meanGapMs)) {
      const planned = options.next();
      if (unanswered.size >= maxUnanswered) {
        skipped += 1;
      } else {
        sentCount += 1;
        track(unanswered, exchange({ planned, requestId: `demo-${sentCount}` }, options, agent));
      }
    }
    timer = setTimeout(sendDue, dueMs - now);
  };
  sendDue();

  return {
    skipped: () => skipped,
    stop: async (graceMs) => {
      clearTimeout(timer);
      const givingUp = setTimeout(() => {
        agent.destroy();
      }, graceMs);
      await Promise.all(unanswered);
      clearTimeout(givingUp);
      agent.destroy();
    },
  };
}

function track(unanswered: Set<Promise<void>>, work: Promise<void>): void {
  const tracked = work.finally(() => unanswered.delete(tracked));
  unanswered.add(tracked);
}

interface NamedRequest {
  readonly planned: PlannedRequest;
  readonly requestId: string;
}

async function exchange({ planned, requestId }: NamedRequest, options: ReplayOptions, agent: Agent): Promise<void> {
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
  options.onDone(planned, { requestId, ...(await reply) });
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
