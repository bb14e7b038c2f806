import { strict as assert } from "node:assert";
import { type ConformanceCase, get, message, okReply, post, type Stage, story } from "../support/case.ts";
import { headerOf } from "../../../support/strict/strict-responses.ts";
import { plainReply, type UpstreamConnection } from "../../../support/scripted-upstream.ts";
import { turnOfTheLoop, until } from "../../../support/until.ts";

const reply = okReply.pieces.join("");

/** Requests no answer, so that requests stay in flight. */
function silence(stage: Stage): void {
  stage.upstream.play({});
}

/** Has one connection in the pool, then makes the upstream fail the next request on it. */
async function failSecond(
  stage: Stage,
  request: string,
  fail: (connection: UpstreamConnection) => void,
): Promise<Awaited<ReturnType<Stage["connect"]>>> {
  const client = await stage.connect();
  client.send(get());
  await client.response();
  const [first] = stage.upstream.connections;
  stage.upstream.play({
    onRequest: (connection) => (connection === first ? fail(connection) : connection.write(reply)),
  });
  client.send(request);
  return client;
}

const retried = (
  name: string,
  request: string,
  fail: (connection: UpstreamConnection) => void,
  options: { readonly retryUnsafe?: boolean } = {},
): ConformanceCase =>
  story(
    "retry",
    name,
    async (stage) => {
      const client = await failSecond(stage, request, fail);
      assert.equal((await client.response(2)).status, 200);
      assert.equal(stage.upstream.requests.length, 3);
      assert.equal(stage.upstream.connections.length, 2);
      await until(() => stage.seen.length === 2, "the exchange to be recorded");
      assert.equal(stage.seen[1]?.retries, 1);
      assert.equal(stage.relay.counters.retriesTotal, 1);
    },
    { pool: options },
  );

const notRetried = (name: string, request: string, fail: (connection: UpstreamConnection) => void): ConformanceCase =>
  story("retry", name, async (stage) => {
    const client = await failSecond(stage, request, fail);
    assert.equal((await client.response(2)).status, 502);
    assert.equal(stage.upstream.requests.length, 2);
    assert.equal(stage.relay.counters.retriesTotal, 0);
  });

const withMethod = (method: string): string => message([`${method} /m HTTP/1.1`, "Host: a"]);
const close = (connection: UpstreamConnection): void => connection.finish();
const reset = (connection: UpstreamConnection): void => connection.reset();

const retryRows: ConformanceCase[] = [
  ...["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].map((method) =>
    story("retry", `${method} is sent again when a reused connection closes`, async (stage) => {
      const client = await failSecond(stage, withMethod(method), close);
      const response = await client.response(2, ["GET", method]);
      assert.equal(response.status, 200);
      assert.equal(stage.upstream.requests.length, 3);
    }),
  ),
  retried("a reset is as good as a close", get(), reset),
  notRetried("POST is not sent twice when the connection closes", post(["Content-Length: 2"], "ab"), close),
  notRetried("POST is not sent twice when the connection is reset", post(["Content-Length: 2"], "ab"), reset),
  notRetried("PATCH is not sent twice", withMethod("PATCH"), close),
  notRetried("an unknown method is not sent twice", withMethod("FOO"), close),
  notRetried("a lower-case get is not GET and is not sent twice", withMethod("get"), close),
  notRetried("GET is not sent twice once a byte of the answer has come", get(), (connection) => {
    connection.write("HTTP/1.1 200");
    setImmediate(() => setImmediate(() => connection.finish()));
  }),
  retried("POST is sent again where the server is known to be safe", post(["Content-Length: 2"], "ab"), close, {
    retryUnsafe: true,
  }),
  story("retry", "PUT is not sent again while its body is still coming", async (stage) => {
    const client = await stage.connect();
    client.send(get());
    await client.response();
    stage.upstream.play({ onData: close });
    client.send(message(["PUT /m HTTP/1.1", "Host: a", "Content-Length: 10"], "part"));
    assert.equal((await client.response(2, ["GET", "PUT"])).status, 502);
    assert.equal(stage.upstream.connections.length, 1);
    assert.equal(stage.relay.counters.retriesTotal, 0);
  }),
  story("retry", "a new connection that fails is not tried again", async (stage) => {
    stage.upstream.play({ onRequest: close });
    const client = await stage.connect();
    client.send(get());
    assert.equal((await client.response()).status, 502);
    assert.equal(stage.upstream.requests.length, 1);
    assert.equal(stage.relay.counters.retriesTotal, 0);
  }),
  story("retry", "a second failure is final", async (stage) => {
    const client = await stage.connect();
    client.send(get());
    await client.response();
    stage.upstream.play({ onRequest: close });
    client.send(get());
    assert.equal((await client.response(2)).status, 502);
    assert.equal(stage.upstream.requests.length, 3);
  }),
];

const reuse = (
  name: string,
  first: string,
  wanted: 1 | 2,
  then?: (connection: UpstreamConnection) => void,
): ConformanceCase =>
  story("pool-reuse", name, async (stage) => {
    stage.upstream.play(first);
    const client = await stage.connect();
    client.send(get());
    await client.response();
    then?.(await stage.upstream.connection());
    for (let turn = 0; turn < 3; turn++) await turnOfTheLoop();
    stage.upstream.play(plainReply);
    client.send(get());
    assert.equal((await client.response(2)).body.toString(), "ok");
    assert.equal(stage.upstream.connections.length, wanted);
    if (wanted === 2) await (await stage.upstream.connection(1)).left();
  });

const poolRows: ConformanceCase[] = [
  reuse("a good answer lets the connection be used again", plainReply, 1),
  reuse("so does a 404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 1),
  reuse("so does a chunked answer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 1),
  reuse("a 500 does not", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", 2),
  reuse("a 503 does not", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 2),
  reuse("Connection: close does not", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 2),
  reuse("close in a list does not", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", 2),
  reuse("HTTP/1.0 does not", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 2),
  reuse("a close after the answer is noticed", plainReply, 2, (connection) => connection.finish()),
  story("response-excess", "bytes after a length end that connection", (stage) => excess(stage, `${reply}X`)),
  story("response-excess", "a whole second response ends that connection", (stage) =>
    excess(stage, `${reply}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`),
  ),
  story("response-excess", "bytes after the last chunk end that connection", (stage) =>
    excess(stage, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"),
  ),
  story("response-excess", "a body to 204 ends that connection", (stage) =>
    excess(stage, "HTTP/1.1 204 No Content\r\n\r\nevil"),
  ),
  story("response-excess", "a body to 304 ends that connection", (stage) =>
    excess(stage, "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil"),
  ),
  story("response-excess", "a body to HEAD ends that connection", (stage) =>
    excess(stage, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "HEAD"),
  ),
  story("response-excess", "bytes on an idle connection end it", async (stage) => {
    const client = await stage.connect();
    client.send(get());
    await client.response();
    const upstream = await stage.upstream.connection();
    upstream.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    await upstream.left(1_500);
    client.send(get());
    assert.equal((await client.response(2)).status, 200);
    assert.equal(stage.upstream.connections.length, 2);
  }),
  story(
    "pool-reuse",
    "a connection is not used past its idle time",
    async (stage) => {
      const client = await stage.connect();
      client.send(get());
      await client.response();
      await (await stage.upstream.connection()).left(3_000);
      client.send(get());
      await client.response(2);
      assert.equal(stage.upstream.connections.length, 2);
    },
    { pool: { idleMs: 100 } },
  ),
  story("pool-reuse", "one request is in flight on a connection", async (stage) => {
    silence(stage);
    const clients = await Promise.all(Array.from({ length: 8 }, () => stage.connect()));
    for (const client of clients) client.send(get());
    await stage.upstream.request(8);
    assert.deepEqual(
      stage.upstream.connections.map((connection) => connection.requests.length),
      Array.from({ length: 8 }, () => 1),
    );
  }),
  story(
    "pool-reuse",
    "requests wait when all connections are taken",
    async (stage) => {
      silence(stage);
      const clients = await Promise.all([stage.connect(), stage.connect(), stage.connect()]);
      for (const client of clients) client.send(get());
      await stage.upstream.request(1);
      await until(() => stage.relay.counters.queued === 2, "two requests to wait");
      stage.upstream.play(reply);
      (await stage.upstream.connection()).write(reply);
      for (const client of clients) await client.response();
      assert.equal(stage.upstream.connections.length, 1);
    },
    { pool: { maxConnections: 1 } },
  ),
];

async function excess(stage: Stage, bytes: string, method: string = "GET"): Promise<void> {
  stage.upstream.play(bytes);
  const client = await stage.connect();
  client.send(withMethod(method));
  await client.response(1, [method]);
  // Sooner than the idle time would end it anyway.
  await (await stage.upstream.connection()).left(1_500);
  stage.upstream.play(reply);
  const other = await stage.connect();
  other.send(get());
  assert.equal((await other.response()).body.toString(), "ok");
  assert.equal(stage.upstream.connections.length, 2);
  assert.ok(!client.bytes().includes("evil"), "the excess reached the client");
}

const failureRows: ConformanceCase[] = [
  ...(["close", "reset"] as const).map((how) =>
    story("upstream-failure", `a ${how} in place of an answer is a 502`, async (stage) => {
      stage.upstream.play({ onRequest: how === "close" ? close : reset });
      const client = await stage.connect();
      client.send(post(["Content-Length: 2"], "ab"));
      const response = await client.response(1, ["POST"]);
      assert.equal(response.status, 502);
      assert.equal(headerOf(response, "x-outrider-error"), "upstream_reset");
    }),
  ),
  story("upstream-failure", "half a head and a close is a 502", async (stage) => {
    stage.upstream.play({
      onRequest: (connection) => {
        connection.write("HTTP/1.1 200 OK\r\nContent-Le");
        connection.finish();
      },
    });
    const client = await stage.connect();
    client.send(get());
    assert.equal((await client.response()).status, 502);
  }),
  story("upstream-failure", "an error and then a reset still reaches the client", async (stage) => {
    stage.upstream.play({
      onRequest: (connection) => {
        connection.write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops");
        setImmediate(() => setImmediate(() => connection.reset()));
      },
    });
    const client = await stage.connect();
    client.send(get());
    const response = await client.response();
    assert.equal(response.status, 500);
    assert.equal(response.body.toString(), "oops");
  }),
  story("upstream-failure", "a refused connection is a 502, and the client connection goes on", async (stage) => {
    await stage.upstream.stop();
    const client = await stage.connect();
    client.send(get());
    const response = await client.response();
    assert.equal(response.status, 502);
    assert.equal(headerOf(response, "x-outrider-error"), "upstream_unreachable");
    client.send(get());
    await client.response(2);
  }),
];

/** Cases about connections to the upstream: retries, reuse, failures. */
export const poolCases: readonly ConformanceCase[] = [...retryRows, ...poolRows, ...failureRows];
