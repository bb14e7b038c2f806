import { strict as assert } from "node:assert";
import { type ConformanceCase, get, message, post, type Stage, story } from "../support/case.ts";
import type { RawClient } from "../../../support/raw-client.ts";
import type { RelayOverrides } from "../../../support/start-relay.ts";
import { headerOf, type StrictResponse } from "../../../support/strict/strict-responses.ts";
import { plainReply } from "../../../support/scripted-upstream.ts";
import { until } from "../../../support/until.ts";

/** Checks that a response is an error of our own. */
function isOurs(response: StrictResponse, status: number, code: string): void {
  assert.equal(response.status, status);
  assert.equal(headerOf(response, "x-outrider-error"), code);
}

/** Waits for the close and gives the final responses. */
async function allOf(client: RawClient): Promise<readonly StrictResponse[]> {
  await client.left();
  return client.reading(["POST"]).responses;
}

const stop = (stage: Stage): void => stage.upstream.play({});
const timed = (timeouts: NonNullable<RelayOverrides["timeouts"]>): RelayOverrides => ({ timeouts });

const timeRows: ConformanceCase[] = [
  story(
    "timeout-header",
    "half a head is a 408 after its time",
    async (stage) => {
      const client = await stage.connect();
      client.send("GET / HTTP/1.1\r\nHos");
      const [response] = await allOf(client);
      assert.ok(response);
      isOurs(response, 408, "header_timeout");
      assert.equal(headerOf(response, "connection"), "close");
      assert.equal(stage.upstream.connections.length, 0);
    },
    timed({ headerMs: 300 }),
  ),
  story(
    "timeout-header",
    "a byte now and then does not help",
    async (stage) => {
      const client = await stage.connect();
      const timer = setInterval(() => client.send("a"), 50);
      client.send("GET /");
      try {
        await client.left(4_000);
      } finally {
        clearInterval(timer);
      }
      const [response] = client.reading().responses;
      assert.equal(response?.status, 408);
    },
    timed({ headerMs: 300, idleMs: 20_000 }),
  ),
  story(
    "timeout-header",
    "a connection without a byte is closed",
    async (stage) => {
      const client = await stage.connect();
      await client.left(4_000);
      assert.equal(stage.seen.length, 0);
    },
    timed({ headerMs: 300, idleMs: 300 }),
  ),
  story(
    "timeout-idle",
    "a kept-alive connection is closed without a word",
    async (stage) => {
      const client = await stage.connect();
      client.send(get());
      await client.response();
      assert.equal(await client.left(4_000), "ended");
      assert.equal(client.reading().responses.length, 1);
      assert.equal(stage.seen.length, 1);
    },
    timed({ idleMs: 300 }),
  ),
  story(
    "timeout-body",
    "a body slower than the minimum rate is a 408",
    async (stage) => {
      stop(stage);
      const client = await stage.connect();
      client.send(message(["POST / HTTP/1.1", "Host: a", "Content-Length: 1000"], "x"));
      const timer = setInterval(() => client.send("x"), 50);
      try {
        await client.left(6_000);
      } finally {
        clearInterval(timer);
      }
      const [response] = client.reading(["POST"]).responses;
      assert.ok(response);
      isOurs(response, 408, "body_timeout");
      await (await stage.upstream.connection()).left();
    },
    { limits: { minBodyBytesPerSecond: 1_000 }, timeouts: { bodyGraceMs: 300 } },
  ),
  story(
    "timeout-body",
    "a quick body followed by a slow answer is not a slow body",
    async (stage) => {
      stage.upstream.play({ onRequest: (connection) => void setTimeout(() => connection.write(plainReply), 900) });
      const client = await stage.connect();
      client.send(post(["Content-Length: 2"], "ab"));
      assert.equal((await client.response(1, ["POST"])).status, 200);
    },
    { limits: { minBodyBytesPerSecond: 1_000 }, timeouts: { bodyGraceMs: 200 } },
  ),
  story(
    "timeout-first-byte",
    "an upstream that says nothing is a 504",
    async (stage) => {
      stop(stage);
      const client = await stage.connect();
      client.send(get());
      isOurs(await client.response(), 504, "first_byte_timeout");
      await (await stage.upstream.connection()).left();
      await until(() => stage.seen.length === 1, "the exchange to be recorded");
      assert.equal(stage.seen[0]?.outcome, "timeout");
      assert.equal(stage.seen[0]?.errorCode, "first_byte_timeout");
    },
    timed({ firstByteMs: 300 }),
  ),
  story(
    "timeout-first-byte",
    "half a head is no answer",
    async (stage) => {
      stage.upstream.play("HTTP/1.1 200 OK\r\nContent-");
      const client = await stage.connect();
      client.send(get());
      assert.equal((await client.response()).status, 504);
    },
    timed({ firstByteMs: 300, streamIdleMs: 300 }),
  ),
  ...(
    [
      ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"],
      ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"],
      ["an end by closing", "HTTP/1.1 200 OK\r\n\r\nab"],
    ] as const
  ).map(([name, reply]) =>
    story(
      "timeout-stream",
      `a response with ${name} that stands still is broken off`,
      async (stage) => {
        stage.upstream.play(reply);
        const client = await stage.connect();
        client.send(get());
        await client.left(4_000);
        const { responses, error } = client.reading();
        assert.equal(error, "");
        assert.equal(responses.length, 1);
        assert.equal(responses[0]?.complete, false);
        assert.equal(responses[0]?.body.toString(), "ab");
        await (await stage.upstream.connection()).left();
        await until(() => stage.seen.length === 1, "the exchange to be recorded");
        assert.equal(stage.seen[0]?.outcome, "timeout");
      },
      timed({ streamIdleMs: 300 }),
    ),
  ),
  story(
    "timeout-stream",
    "a response that moves is not broken off",
    async (stage) => {
      let pieces = 0;
      stage.upstream.play({
        onRequest: (connection) => {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
          const timer = setInterval(() => {
            connection.write("x");
            if (++pieces === 10) clearInterval(timer);
          }, 100);
        },
      });
      const client = await stage.connect();
      client.send(get());
      assert.equal((await client.response()).body.length, 10);
    },
    timed({ streamIdleMs: 600, firstByteMs: 600 }),
  ),
  story(
    "timeout-total",
    "before the answer it is a 504",
    async (stage) => {
      stop(stage);
      const client = await stage.connect();
      client.send(get());
      isOurs(await client.response(), 504, "total_timeout");
    },
    timed({ totalMs: 300 }),
  ),
  story(
    "timeout-total",
    "within the answer it is broken off, though it moves",
    async (stage) => {
      stage.upstream.play({
        onRequest: (connection) => {
          connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          const timer = setInterval(() => connection.write("1\r\nx\r\n"), 30);
          connection.socket.on("close", () => clearInterval(timer));
        },
      });
      const client = await stage.connect();
      client.send(get());
      await client.left(4_000);
      const { responses } = client.reading();
      assert.equal(responses[0]?.complete, false);
    },
    timed({ totalMs: 400 }),
  ),
];

const loadRows: ConformanceCase[] = [
  story(
    "limit-in-flight",
    "a request too many is turned away with Retry-After",
    async (stage) => {
      stop(stage);
      const busy = await stage.connect();
      busy.send(get());
      await stage.upstream.request();
      const client = await stage.connect();
      client.send(get());
      const response = await client.response();
      isOurs(response, 429, "concurrency_exceeded");
      assert.equal(headerOf(response, "retry-after"), "7");
      assert.equal(stage.upstream.requests.length, 1);
      stage.upstream.play(plainReply);
      (await stage.upstream.connection()).write(plainReply);
      await busy.response();
      const later = await stage.connect();
      later.send(get());
      assert.equal((await later.response()).status, 200);
    },
    { limits: { inFlight: 1, queued: 0 }, retryAfterSeconds: 7 },
  ),
  story(
    "limit-in-flight",
    "waiting too long is a 503 with Retry-After",
    async (stage) => {
      stop(stage);
      const busy = await stage.connect();
      busy.send(get());
      await stage.upstream.request();
      const client = await stage.connect();
      client.send(get());
      const response = await client.response();
      isOurs(response, 503, "queue_timeout");
      assert.equal(headerOf(response, "retry-after"), "1");
    },
    { limits: { inFlight: 1, queued: 10 }, timeouts: { queueMs: 300 } },
  ),
  story(
    "limit-in-flight",
    "a client that leaves the line is not served",
    async (stage) => {
      stop(stage);
      const busy = await stage.connect();
      busy.send(get());
      await stage.upstream.request();
      const client = await stage.connect();
      client.send(get());
      await until(() => stage.relay.counters.queued === 1, "the request to wait");
      client.reset();
      await until(() => stage.relay.counters.queued === 0, "the line to be empty");
      stage.upstream.play(plainReply);
      (await stage.upstream.connection()).write(plainReply);
      await busy.response();
      assert.equal(stage.upstream.requests.length, 1);
    },
    { limits: { inFlight: 1, queued: 10 } },
  ),
  story(
    "limit-connections",
    "a connection too many is told so and closed",
    async (stage) => {
      const first = await stage.connect();
      await until(() => stage.relay.counters.connectionsOpen === 1, "the first connection");
      const second = await stage.connect();
      second.send(get());
      await second.left();
      const [response] = second.reading().responses;
      if (response) isOurs(response, 503, "connections_exceeded");
      assert.equal(stage.relay.counters.connectionsRefusedTotal, 1);
      first.send(get());
      assert.equal((await first.response()).status, 200);
      first.close();
      await until(() => stage.relay.counters.connectionsOpen === 0, "room");
      const third = await stage.connect();
      third.send(get());
      assert.equal((await third.response()).status, 200);
    },
    { limits: { connections: 1 } },
  ),
];

/** Cases about bounds in time and number. */
export const timeoutCases: readonly ConformanceCase[] = [...timeRows, ...loadRows];
