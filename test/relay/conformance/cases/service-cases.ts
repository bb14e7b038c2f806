import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConformanceCase, get, message, post, type Stage, story } from "../support/case.ts";
import { headerOf } from "../../../support/strict/strict-responses.ts";
import { valuesOf } from "../../../support/strict/strict-message.ts";
import { plainReply, startUpstream } from "../../../support/scripted-upstream.ts";
import { connectRaw } from "../../../support/raw-client.ts";
import { relayOptions, startTestRelay } from "../../../support/start-relay.ts";
import { turnOfTheLoop, until } from "../../../support/until.ts";

const event = (text: string): string => {
  const data = `data: ${text}\n\n`;
  return `${data.length.toString(16)}\r\n${data}\r\n`;
};

const streamRows: ConformanceCase[] = [
  story("stream-flush", "each server-sent event reaches the client before the next is written", async (stage) => {
    stage.upstream.play("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    const client = await stage.connect();
    client.send(get("Accept: text/event-stream"));
    await client.received("\r\n\r\n");
    const upstream = await stage.upstream.connection();
    for (let index = 0; index < 20; index++) {
      upstream.write(event(`token-${index}`));
      await client.received(`data: token-${index}\n\n`, 2_000);
    }
    upstream.write("0\r\n\r\n");
    const response = await client.response();
    assert.equal(response.body.toString().split("\n\n").length, 21);
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.isStreaming, true);
  }),
  story("stream-flush", "pieces of a body with a length pass at once", async (stage) => {
    stage.upstream.play("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na");
    const client = await stage.connect();
    client.send(get());
    await client.received("\r\n\r\na");
    const upstream = await stage.upstream.connection();
    for (const letter of "bcd") {
      upstream.write(letter);
      await client.received(letter === "b" ? "ab" : letter === "c" ? "abc" : "abcd", 2_000);
    }
  }),
  story("stream-flush", "pieces of a request body reach the upstream at once", async (stage) => {
    stage.upstream.play({});
    const client = await stage.connect();
    client.send(post(["Transfer-Encoding: chunked"], ""));
    const upstream = await stage.upstream.connection();
    for (const word of ["alpha", "beta", "gamma"]) {
      client.send(`${word.length.toString(16)}\r\n${word}\r\n`);
      await upstream.received(word);
    }
  }),
  story("body-identical", "a large body in both directions", async (stage) => {
    const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 256)).toString("latin1");
    stage.upstream.play({
      onRequest: (connection, request) => {
        connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${request.body.length}\r\n\r\n`);
        connection.write(request.body);
      },
    });
    const client = await stage.connect();
    client.send(post([`Content-Length: ${body.length}`], body));
    const response = await client.response(1, ["POST"]);
    assert.equal((await stage.upstream.request()).body.toString("latin1") === body, true);
    assert.equal(response.body.toString("latin1") === body, true);
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.requestBodyBytes, 1_000_000);
    assert.equal(stage.seen[0]?.responseBodyBytes, 1_000_000);
  }),
  story("headers-identical", "unknown headers keep their order, case and spelling", async (stage) => {
    const mine = ["zeta: 1", "Alpha: 2", "X-MiXeD: 3", "alpha: 4", "accept: */*"];
    const client = await stage.connect();
    client.send(get(...mine));
    await client.response();
    const sent = (await stage.upstream.request()).headers.map(([name, value]) => `${name}: ${value}`);
    assert.deepEqual(
      sent.filter((line) => mine.includes(line)),
      mine,
    );
  }),
  story("via-loop", "a request that was here before is refused", async (stage) => {
    const client = await stage.connect();
    client.send(get());
    await client.response();
    const [via] = valuesOf((await stage.upstream.request()).headers, "via");
    for (const value of [via ?? "", `1.1 other, ${via ?? ""}`, `${via ?? ""}, 1.1 other`]) {
      const again = await stage.connect();
      again.send(get(`Via: ${value}`));
      const response = await again.response();
      assert.equal(response.status, 508);
      assert.equal(headerOf(response, "x-outrider-error"), "loop_detected");
    }
    assert.equal(stage.upstream.requests.length, 1);
  }),
];

const errorRows: ConformanceCase[] = [
  story("error-shape", "a refusal is JSON with its length, a date and an identity", async (stage) => {
    const client = await stage.connect();
    client.send("BAD\r\n\r\n");
    await client.left();
    const [response] = client.reading().responses;
    assert.ok(response);
    assert.equal(response.framing, "length");
    assert.equal(headerOf(response, "content-type"), "application/json");
    assert.deepEqual(Object.keys(JSON.parse(response.body.toString()) as object), ["error", "code"]);
    assert.ok(headerOf(response, "date"));
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.outcome, "bad_request");
    assert.equal(stage.seen[0]?.errorCode, "request_line_malformed");
    assert.equal(stage.seen[0]?.status, 400);
  }),
  story("error-shape", "what was sent is not repeated in the answer", async (stage) => {
    const client = await stage.connect();
    client.send(get("X-Secret : hunter2"));
    await client.left();
    assert.ok(!client.bytes().includes("hunter2"));
  }),
  story("error-shape", "an error in answer to HEAD has no body", async (stage) => {
    stage.upstream.play({ onRequest: (connection) => connection.finish() });
    const client = await stage.connect();
    client.send(message(["HEAD / HTTP/1.1", "Host: a"]));
    const response = await client.response(1, ["HEAD"]);
    assert.equal(response.status, 502);
    for (let turn = 0; turn < 5; turn++) await turnOfTheLoop();
    assert.equal(client.reading(["HEAD"]).rest.length, 0);
  }),
  ...(["GET", "POST"] as const).map((method) =>
    story("lingering-close", `a refused client can read why, though it goes on sending (${method})`, async (stage) => {
      const client = await stage.connect();
      client.send(message([`${method} / HTTP/1.1`, "Host: a", "Content-Length: 5", "Transfer-Encoding: chunked"]));
      client.socket.pause();
      for (let sent = 0; sent < 64; sent++) await client.sendPieces(["x".repeat(16_384)]);
      client.socket.resume();
      await client.left();
      const [response] = client.reading([method]).responses;
      assert.equal(response?.status, 400);
      assert.equal(response?.complete, true);
      assert.equal(client.peer, "ended");
    }),
  ),
  story("lingering-close", "a client that never stops sending does not hold the connection for ever", async (stage) => {
    const client = await stage.connect();
    client.send("BAD\r\n\r\n");
    const timer = setInterval(() => client.send("x".repeat(1_000)), 20);
    try {
      await until(() => stage.relay.counters.connectionsOpen === 0, "the relay to let go", 15_000);
    } finally {
      clearInterval(timer);
    }
  }),
];

const drainRows: ConformanceCase[] = [
  story("drain", "a request that comes while draining is served, and its connection closed", async (stage) => {
    const fresh = await stage.connect();
    fresh.send("GET / HTTP/1.1\r\n");
    await turnOfTheLoop();
    stage.relay.drain();
    fresh.send("Host: a\r\n\r\n");
    const response = await fresh.response();
    assert.equal(response.status, 200);
    assert.equal(headerOf(response, "connection"), "close");
    assert.equal(await fresh.left(), "ended");
  }),
  story("drain", "what is in flight is served, and then the relay is drained", async (stage) => {
    stage.upstream.play("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    const client = await stage.connect();
    client.send(get());
    await client.received("1\r\na\r\n");
    stage.relay.drain();
    for (let turn = 0; turn < 20; turn++) await turnOfTheLoop();
    assert.equal(stage.relay.counters.inFlight, 1);
    (await stage.upstream.connection()).write("1\r\nb\r\n0\r\n\r\n");
    assert.equal((await client.response()).body.toString(), "ab");
    await until(() => stage.relay.counters.inFlight === 0, "the relay to be drained");
  }),
  story("drain", "draining twice is draining once", async (stage) => {
    stage.relay.drain();
    stage.relay.drain();
    const client = await stage.connect();
    client.send(get());
    assert.equal(headerOf(await client.response(), "connection"), "close");
    assert.equal(await client.left(), "ended");
    assert.equal(stage.relay.counters.inFlight, 0);
  }),
];

async function onUnixSocket(stage: Stage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "relay-"));
  const path = join(folder, "model.sock");
  const upstream = await startUpstream(plainReply, path);
  const relay = await startTestRelay(relayOptions({ kind: "unix", path }, { observers: stage.options.observers }));
  try {
    const client = await connectRaw(relay.address);
    client.send(get() + get());
    assert.equal((await client.response(2)).body.toString(), "ok");
    assert.equal(upstream.connections.length, 1);
    client.close();
  } finally {
    await relay.stop();
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const placeRows: ConformanceCase[] = [
  story("unix-upstream", "requests pass over a Unix socket and reuse it", onUnixSocket),
  story("unix-upstream", "a Unix socket that is not there is a 502", async () => {
    const relay = await startTestRelay(relayOptions({ kind: "unix", path: "/nonexistent/model.sock" }));
    try {
      const client = await connectRaw(relay.address);
      client.send(get());
      const response = await client.response();
      assert.equal(response.status, 502);
      assert.equal(headerOf(response, "x-outrider-error"), "upstream_unreachable");
      client.close();
    } finally {
      await relay.stop();
    }
  }),
  story("not-ready", "before routing is known a request is a 503 with Retry-After", async (stage) => {
    const { startRelay } = await import("../../../../src/relay/relay.ts");
    const relay = await startRelay(stage.options);
    try {
      const client = await connectRaw(relay.address);
      client.send(get());
      const response = await client.response();
      assert.equal(response.status, 503);
      assert.equal(headerOf(response, "x-outrider-error"), "not_ready");
      assert.ok(headerOf(response, "retry-after"));
      assert.equal(stage.upstream.connections.length, 0);
      client.close();
    } finally {
      await relay.stop();
    }
  }),
];

/** Cases about streams, local replies, draining, and where the upstream is. */
export const serviceCases: readonly ConformanceCase[] = [...streamRows, ...errorRows, ...drainRows, ...placeRows];
