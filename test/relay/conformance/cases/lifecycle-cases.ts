import { strict as assert } from "node:assert";
import { type ConformanceCase, get, message, okReply, post, type Stage, story } from "../support/case.ts";
import { turnOfTheLoop, until } from "../../../support/until.ts";

const reply = okReply.pieces.join("");
const at = (path: string): string => message([`GET ${path} HTTP/1.1`, "Host: a"]);

/** Requests a slow answer, so that there is time to leave. */
function silence(stage: Stage): void {
  stage.upstream.play({});
}

const pipeliningRows: ConformanceCase[] = [
  story("pipelining", "the second request goes upstream only when the first is answered", async (stage) => {
    silence(stage);
    const client = await stage.connect();
    client.send(at("/1") + at("/2"));
    await stage.upstream.request(1);
    for (let turn = 0; turn < 5; turn++) await turnOfTheLoop();
    assert.equal(stage.upstream.requests.length, 1);
    stage.upstream.play(reply);
    (await stage.upstream.connection()).write(reply);
    await client.response(2);
    assert.deepEqual(
      stage.upstream.requests.map((request) => request.target),
      ["/1", "/2"],
    );
  }),
  story("pipelining", "answers come in the order of the requests", async (stage) => {
    stage.upstream.play({
      onRequest: (connection, request) =>
        connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${request.target.length}\r\n\r\n${request.target}`),
    });
    const client = await stage.connect();
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
    client.send(paths.map(at).join(""));
    await client.response(50);
    assert.deepEqual(
      client.reading().responses.map((response) => response.body.toString()),
      paths,
    );
  }),
  story("pipelining", "a good request before a bad one is answered first", async (stage) => {
    const client = await stage.connect();
    client.send(`${at("/1")}BAD\r\n\r\n`);
    await client.left();
    const { responses } = client.reading();
    assert.deepEqual(
      responses.map((response) => response.status),
      [200, 400],
    );
    assert.equal(stage.upstream.requests.length, 1);
  }),
];

/** Leaves in the given way while the upstream is still silent or in the middle of its answer. */
function abortRow(name: string, leave: "reset" | "close", phase: "waiting" | "streaming" | "sending"): ConformanceCase {
  return story("client-abort", name, async (stage) => {
    if (phase === "streaming") stage.upstream.play("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
    else silence(stage);
    const client = await stage.connect();
    if (phase === "sending") {
      client.send(message(["POST /p HTTP/1.1", "Host: a", "Content-Length: 100"], "part"));
      await (await stage.upstream.connection()).received("part");
    } else {
      client.send(get());
      await stage.upstream.request();
    }
    if (phase === "streaming") await client.received("ab");
    const upstream = await stage.upstream.connection();
    const start = performance.now();
    client[leave]();
    await upstream.left(1_000);
    assert.ok(performance.now() - start < 600, "the upstream connection stood too long");
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.outcome, "client_abort");
    await until(() => stage.relay.counters.inFlight === 0, "nothing in flight");
  });
}

const abortRows: ConformanceCase[] = [
  abortRow("a reset while the upstream thinks", "reset", "waiting"),
  abortRow("a close while the upstream thinks", "close", "waiting"),
  abortRow("a reset while the response streams", "reset", "streaming"),
  abortRow("a close while the response streams", "close", "streaming"),
  abortRow("a reset while the body is sent", "reset", "sending"),
  abortRow("a close while the body is sent", "close", "sending"),
  story("client-abort", "a client that ends in the middle of a body is no complete request", async (stage) => {
    silence(stage);
    const client = await stage.connect();
    client.send(post(["Transfer-Encoding: chunked"], "4\r\npart\r\n"));
    await (await stage.upstream.connection()).received("part");
    client.finish();
    await (await stage.upstream.connection()).left(2_000);
    assert.equal(stage.upstream.requests.length, 0);
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.ok((stage.seen[0]?.status ?? 0) < 500);
  }),
  story("client-abort", "a connection that closes without a word is no request", async (stage) => {
    const client = await stage.connect();
    await until(() => stage.relay.counters.connectionsOpen === 1, "the connection");
    client.close();
    await until(() => stage.relay.counters.connectionsOpen === 0, "the connection to go");
    assert.equal(stage.seen.length, 0);
    assert.equal(stage.upstream.connections.length, 0);
  }),
  story("half-close", "a fast answer reaches a client that has ended its side", async (stage) => {
    const client = await stage.connect();
    client.send(get());
    client.finish();
    assert.equal((await client.response()).body.toString(), "ok");
    assert.equal(await client.left(), "ended");
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.outcome, "ok");
  }),
  story("half-close", "an answer that comes too late ends as client_abort", async (stage) => {
    silence(stage);
    const client = await stage.connect();
    client.send(get());
    client.finish();
    await (await stage.upstream.connection()).left(2_000);
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.outcome, "client_abort");
  }),
  ...(
    [
      ["a length", post(["Content-Length: 5"], "abcd")],
      ["chunks", post(["Transfer-Encoding: chunked"], "5\r\nab")],
      ["half a head", "GET / HT"],
    ] as const
  ).map(([name, half]) =>
    story("half-close", `half a request behind a whole one ends with the client's side (${name})`, async (stage) => {
      const client = await stage.connect();
      client.send(get() + half);
      client.finish();
      assert.equal((await client.response()).status, 200);
      await client.left(2_000);
      assert.equal(stage.upstream.requests.length, 1);
      await until(() => stage.relay.counters.inFlight === 0, "nothing in flight", 2_000);
    }),
  ),
  story("half-close", "pipelined requests before the end are all answered", async (stage) => {
    const client = await stage.connect();
    client.send(at("/1") + at("/2"));
    client.finish();
    await client.response(2);
    assert.equal(await client.left(), "ended");
  }),
];

/** Cases about the order of requests and about clients that leave. */
export const lifecycleCases: readonly ConformanceCase[] = [...pipeliningRows, ...abortRows];
