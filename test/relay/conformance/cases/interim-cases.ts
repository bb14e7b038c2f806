import { strict as assert } from "node:assert";
import { type ConformanceCase, get, message, post, type Stage, story } from "../support/case.ts";
import { headerOf } from "../../../support/strict/strict-responses.ts";
import { valuesOf } from "../../../support/strict/strict-message.ts";
import { plainReply } from "../../../support/scripted-upstream.ts";
import { until } from "../../../support/until.ts";

const expecting = message(["POST /e HTTP/1.1", "Host: a", "Content-Length: 5", "Expect: 100-continue"]);

const expectRows: ConformanceCase[] = [
  story("expect-continue", "the upstream's 100 reaches a client that waits, then its body passes", async (stage) => {
    stage.upstream.play({
      onData: (connection) => {
        if (connection.requests.length === 0 && connection.bytes().length === 0)
          connection.write("HTTP/1.1 100 Continue\r\n\r\n");
      },
      onRequest: (connection) => connection.write(plainReply),
    });
    const client = await stage.connect();
    client.send(expecting);
    await client.received("HTTP/1.1 100 Continue\r\n");
    client.send("hello");
    const response = await client.response(1, ["POST"]);
    assert.equal(response.status, 200);
    const request = await stage.upstream.request();
    assert.equal(request.body.toString(), "hello");
    assert.deepEqual(valuesOf(request.headers, "expect"), ["100-continue"]);
  }),
  story("expect-continue", "a final answer in place of 100 reaches a client that waits", async (stage) => {
    stage.upstream.play({
      onData: (connection) => connection.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno"),
    });
    const client = await stage.connect();
    client.send(expecting);
    assert.equal((await client.response(1, ["POST"])).status, 417);
    assert.equal(stage.upstream.requests.length, 0);
    await client.left();
  }),
  story("expect-continue", "a client that does not wait is served", async (stage) => {
    const client = await stage.connect();
    client.send(`${expecting}hello`);
    assert.equal((await client.response(1, ["POST"])).status, 200);
    assert.equal((await stage.upstream.request()).body.toString(), "hello");
  }),
  story("expect-continue", "the 100 of an upstream that nobody asked is not in the way", async (stage) => {
    stage.upstream.play(`HTTP/1.1 100 Continue\r\n\r\n${plainReply}`);
    const client = await stage.connect();
    client.send(post(["Content-Length: 5"], "hello"));
    assert.equal((await client.response(1, ["POST"])).body.toString(), "ok");
  }),
  story("expect-continue", "an HTTP/1.0 client never sees a 100", async (stage) => {
    stage.upstream.play(`HTTP/1.1 100 Continue\r\n\r\n${plainReply}`);
    const client = await stage.connect();
    client.send(message(["POST / HTTP/1.0", "Host: a", "Content-Length: 5", "Expect: 100-continue"], "hello"));
    await client.left();
    assert.deepEqual(
      client.reading(["POST"]).responses.map((response) => response.status),
      [200],
    );
  }),
];

const interim = (name: string, reply: string, statuses: readonly number[]): ConformanceCase =>
  story("interim-responses", name, async (stage) => {
    stage.upstream.play(reply);
    const client = await stage.connect();
    client.send(get());
    assert.equal((await client.response()).body.toString(), "ok");
    const seen = client.reading().responses.map((response) => response.status);
    assert.ok(
      seen.every((status) => statuses.includes(status)),
      `saw ${seen.join(", ")}`,
    );
    client.send(get());
    assert.equal((await client.response(2)).body.toString(), "ok");
    assert.equal(stage.upstream.connections.length, 1);
  });

const early = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";

const interimRows: ConformanceCase[] = [
  interim("103 passes or is dropped", early + plainReply, [103, 200]),
  interim("several pass or are dropped", early.repeat(3) + plainReply, [103, 200]),
  interim(
    "102 and 103 and 100 in a row",
    `HTTP/1.1 102 Processing\r\n\r\n${early}HTTP/1.1 100 Continue\r\n\r\n${plainReply}`,
    [100, 102, 103, 200],
  ),
  interim("an unknown 1xx", `HTTP/1.1 199 Odd\r\nX: y\r\n\r\n${plainReply}`, [199, 200]),
  story("interim-responses", "an HTTP/1.0 client sees none", async (stage) => {
    stage.upstream.play(early + plainReply);
    const client = await stage.connect();
    client.send(message(["GET / HTTP/1.0", "Host: a"]));
    await client.left();
    assert.deepEqual(
      client.reading().responses.map((response) => response.status),
      [200],
    );
  }),
  story(
    "interim-responses",
    "1xx without end is cut off in some way",
    async (stage) => {
      stage.upstream.play({
        onRequest: (connection) => {
          const timer = setInterval(
            () => (connection.state === "open" ? connection.write(early.repeat(100)) : clearInterval(timer)),
            2,
          );
          connection.socket.on("close", () => clearInterval(timer));
        },
      });
      const client = await stage.connect();
      client.send(get());
      await client.left();
    },
    { timeouts: { firstByteMs: 1_000 } },
  ),
];

const wanted = get(
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
);
const switching =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const upgradeRows: ConformanceCase[] = [
  story("upgrade", "websocket becomes a tunnel of bytes in both directions", async (stage) => {
    stage.upstream.play({ onRequest: (connection) => connection.write(`${switching}first`) });
    const client = await stage.connect();
    client.send(wanted);
    await client.received("\r\n\r\nfirst");
    const request = await stage.upstream.request();
    assert.equal(valuesOf(request.headers, "upgrade").join(), "websocket");
    assert.match(valuesOf(request.headers, "connection").join(), /^upgrade$/i);
    const [response] = client.reading().responses;
    assert.equal(response && headerOf(response, "upgrade"), "websocket");
    assert.match((response && headerOf(response, "connection")) ?? "", /upgrade/i);
    const upstream = await stage.upstream.connection();
    client.send("\0\xff not HTTP at all\r\n\r\n");
    await upstream.received("\0\xff not HTTP at all\r\n\r\n");
    upstream.write("GET \x81 from below");
    await client.received("GET \x81 from below");
    assert.equal(stage.relay.counters.tunnelsOpen, 1);
    client.finish();
    await upstream.left();
    await until(() => stage.relay.counters.tunnelsOpen === 0, "the tunnel to close");
  }),
  story("upgrade", "bytes sent right after the request reach the tunnel", async (stage) => {
    stage.upstream.play({ onRequest: (connection) => connection.write(switching) });
    const client = await stage.connect();
    client.send(`${wanted}early bird`);
    await client.received("101 Switching");
    await (await stage.upstream.connection()).received("early bird");
  }),
  story("upgrade", "the client's reset ends the tunnel", async (stage) => {
    stage.upstream.play({ onRequest: (connection) => connection.write(switching) });
    const client = await stage.connect();
    client.send(wanted);
    await client.received("101 Switching");
    client.reset();
    await (await stage.upstream.connection()).left(1_000);
  }),
  story("upgrade", "the upstream's close ends the tunnel after its last bytes", async (stage) => {
    stage.upstream.play({
      onRequest: (connection) => {
        connection.write(`${switching}bye`);
        connection.finish();
      },
    });
    const client = await stage.connect();
    client.send(wanted);
    await client.received("bye");
    assert.equal(await client.left(), "ended");
  }),
  story(
    "upgrade",
    "a tunnel that stands still is closed",
    async (stage) => {
      stage.upstream.play({ onRequest: (connection) => connection.write(switching) });
      const client = await stage.connect();
      client.send(wanted);
      await client.received("101 Switching");
      await client.left(3_000);
      await (await stage.upstream.connection()).left();
    },
    { timeouts: { tunnelIdleMs: 300 } },
  ),
  story("upgrade", "a refused upgrade is an ordinary answer and the connection goes on", async (stage) => {
    const client = await stage.connect();
    client.send(wanted);
    assert.equal((await client.response()).status, 200);
    client.send(get());
    assert.equal((await client.response(2)).status, 200);
  }),
  story("upgrade", "Upgrade without Connection: upgrade is no wish", async (stage) => {
    const client = await stage.connect();
    client.send(get("Upgrade: websocket"));
    await client.response();
    assert.deepEqual(valuesOf((await stage.upstream.request()).headers, "upgrade"), []);
  }),
  ...(["h2c", "HTTP/2.0", "TLS/1.2", "h2c, websocket-not"] as const).map((token) =>
    story("upgrade-unwanted", `${token} is never forwarded`, async (stage) => {
      const client = await stage.connect();
      client.send(
        get("Connection: Upgrade, HTTP2-Settings", `Upgrade: ${token}`, "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
      );
      assert.equal((await client.response()).status, 200);
      const { headers } = await stage.upstream.request();
      assert.deepEqual(valuesOf(headers, "upgrade"), []);
      assert.deepEqual(valuesOf(headers, "http2-settings"), []);
      assert.doesNotMatch(valuesOf(headers, "connection").join(), /upgrade/i);
    }),
  ),
  story("upgrade-unwanted", "a 101 that nobody asked for is a 502", (stage) => unasked(stage, get())),
  story("upgrade-unwanted", "a 101 for a token that was not forwarded is a 502", (stage) =>
    unasked(stage, get("Connection: Upgrade", "Upgrade: h2c")),
  ),
  story("upgrade-unwanted", "a 101 to an HTTP/1.0 client is a 502", (stage) =>
    unasked(stage, message(["GET / HTTP/1.0", "Host: a", "Connection: Upgrade", "Upgrade: websocket"])),
  ),
];

async function unasked(stage: Stage, request: string): Promise<void> {
  stage.upstream.play({ onRequest: (connection) => connection.write(`${switching}bytes`) });
  const client = await stage.connect();
  client.send(request);
  const response = await client.response();
  assert.equal(response.status, 502);
  assert.equal(headerOf(response, "x-outrider-error"), "upstream_malformed");
  assert.ok(!client.bytes().includes("bytes"));
  await (await stage.upstream.connection()).left();
}

const earlyRows: ConformanceCase[] = [
  ...(["keep", "close", "reset"] as const).map((then) =>
    story("early-response", `a 413 in the middle of a body reaches the client (upstream: ${then})`, async (stage) => {
      let answered = false;
      stage.upstream.play({
        onData: (connection) => {
          if (answered) return;
          answered = true;
          connection.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
          if (then === "close") connection.finish();
          if (then === "reset") setTimeout(() => connection.reset(), 20);
        },
      });
      const client = await stage.connect();
      client.send(message(["POST / HTTP/1.1", "Host: a", "Content-Length: 1000000"], "x".repeat(1_000)));
      const response = await client.response(1, ["POST"]);
      assert.equal(response.status, 413);
      assert.equal(response.body.toString(), "big");
      for (let sent = 0; sent < 20; sent++) await client.sendPieces(["x".repeat(10_000)]);
      await client.left();
      assert.equal(client.reading(["POST"]).responses.length, 1);
    }),
  ),
  story("early-response", "the rest of the body is never taken for a request", async (stage) => {
    let answered = false;
    stage.upstream.play({
      onData: (connection) => {
        if (!answered) connection.write(plainReply);
        answered = true;
      },
    });
    const client = await stage.connect();
    const smuggled = message(["GET /smuggled HTTP/1.1", "Host: a"]).repeat(50);
    client.send(message(["POST / HTTP/1.1", "Host: a", `Content-Length: ${smuggled.length + 1}`], "x"));
    await client.response(1, ["POST"]);
    client.send(smuggled);
    client.finish();
    await client.left();
    assert.ok(stage.upstream.requests.every((request) => request.target === "/"));
    assert.ok(stage.seen.every((exchange) => exchange.target === "/"));
  }),
];

/** Cases about 1xx, upgrades and answers before their time. */
export const interimCases: readonly ConformanceCase[] = [...expectRows, ...interimRows, ...upgradeRows, ...earlyRows];
