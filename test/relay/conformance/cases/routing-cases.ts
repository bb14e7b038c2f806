import { strict as assert } from "node:assert";
import { routingOf } from "../../../support/routing-of.ts";
import { startRelay } from "../../../../src/relay/relay.ts";
import { connectRaw } from "../../../support/raw-client.ts";
import { plainReply } from "../../../support/scripted-upstream.ts";
import { relayOptions, startTestRelay } from "../../../support/start-relay.ts";
import { valuesOf } from "../../../support/strict/strict-message.ts";
import { headerOf } from "../../../support/strict/strict-responses.ts";
import { until } from "../../../support/until.ts";
import { type ConformanceCase, get, message, post, type Stage, story } from "../support/case.ts";

const asMlflow = (stage: Stage): void => stage.relay.serve(routingOf("mlflow"));

const routingRows: ConformanceCase[] = [
  story("routing", "a path that is not open is a 403 and the connection goes on", async (stage) => {
    asMlflow(stage);
    const client = await stage.connect();
    client.send(
      message(["POST /api/2.0/mlflow/registered-models/delete HTTP/1.1", "Host: a", "Content-Length: 2"], "{}"),
    );
    const response = await client.response(1, ["POST"]);
    assert.equal(response.status, 403);
    assert.equal(headerOf(response, "x-outrider-error"), "route_denied");
    assert.equal(stage.upstream.connections.length, 0);
    await until(() => stage.seen.length === 1, "the exchange to be recorded");
    assert.equal(stage.seen[0]?.outcome, "denied");
  }),
  story("routing", "the body of a denied request is never taken for a request", async (stage) => {
    asMlflow(stage);
    const client = await stage.connect();
    const inner = message(["POST /invocations HTTP/1.1", "Host: a", "Content-Length: 0"]);
    client.send(message(["POST /private HTTP/1.1", "Host: a", `Content-Length: ${inner.length}`], inner));
    client.finish();
    await client.left();
    assert.equal(stage.upstream.connections.length, 0);
    assert.ok(stage.seen.every((exchange) => exchange.target === "/private"));
  }),
  story("routing", "a method that is not open is a 405 with Allow", async (stage) => {
    asMlflow(stage);
    const client = await stage.connect();
    client.send(message(["DELETE /invocations HTTP/1.1", "Host: a"]));
    const response = await client.response();
    assert.equal(response.status, 405);
    assert.equal(headerOf(response, "x-outrider-error"), "method_denied");
    assert.match(headerOf(response, "allow") ?? "", /POST/);
    assert.equal(stage.upstream.connections.length, 0);
  }),
  story("routing", "an open path in absolute-form or with a query is open", async (stage) => {
    asMlflow(stage);
    const client = await stage.connect();
    client.send(message(["POST http://model/invocations HTTP/1.1", "Host: model", "Content-Length: 2"], "{}"));
    client.send(message(["POST /invocations?x=/../y HTTP/1.1", "Host: a", "Content-Length: 2"], "{}"));
    assert.equal((await client.response(2, ["POST", "POST"])).status, 200);
  }),
  ...["/invocations/../ping", "/%69nvocations%2f..%2fadmin", "//invocations/./x", "/invocations\\..\\admin"].map(
    (path) =>
      story("routing", `${path} does not slip through`, async (stage) => {
        asMlflow(stage);
        const client = await stage.connect();
        client.send(message([`POST ${path} HTTP/1.1`, "Host: a", "Content-Length: 2"], "{}"));
        const { status } = await client.response(1, ["POST"]);
        assert.ok(status === 400 || status === 403, `answered ${status}`);
        assert.equal(stage.upstream.connections.length, 0);
      }),
  ),
  ...(
    [
      ["openai", ["error"]],
      ["torchserve", ["code", "type", "message"]],
      ["mlflow", ["error_code", "message"]],
      ["kserve-v2", ["error"]],
    ] as const
  ).map(([protocol, keys]) =>
    story("error-shape", `errors have the shape of ${protocol}`, async (stage) => {
      stage.relay.serve(routingOf(protocol));
      const client = await stage.connect();
      client.send("BAD\r\n\r\n");
      await client.left();
      const [response] = client.reading().responses;
      assert.deepEqual(Object.keys(JSON.parse(String(response?.body)) as object), keys);
    }),
  ),
];

const observerRows: ConformanceCase[] = [
  story("observers", "every exchange is seen once, with its identity, in order", async (stage) => {
    const client = await stage.connect();
    client.send(get("X-Request-Id: one") + get("X-Request-Id: two") + "BAD\r\n\r\n");
    await client.left();
    await until(() => stage.seen.length === 3, "three exchanges");
    assert.deepEqual(
      stage.seen.map(({ status, outcome }) => `${status} ${outcome}`),
      ["200 ok", "200 ok", "400 bad_request"],
    );
    assert.deepEqual(
      stage.seen.slice(0, 2).map(({ requestId }) => requestId),
      ["one", "two"],
    );
  }),
  ...(
    [
      ["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "client_error"],
      ["HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "upstream_error"],
      ["HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "ok"],
    ] as const
  ).map(([reply, outcome]) =>
    story("observers", `a ${reply.slice(9, 12)} of the model server is ${outcome}`, async (stage) => {
      stage.upstream.play(reply);
      const client = await stage.connect();
      client.send(get());
      await client.response();
      await until(() => stage.seen.length === 1, "the exchange to be recorded");
      assert.equal(stage.seen[0]?.outcome, outcome);
      assert.equal(stage.seen[0]?.errorCode, "");
    }),
  ),
  story("observers", "one that throws is counted and harms nothing", async (stage) => {
    const thrower = {
      observe: (): void => {
        throw new Error("an observer's own mistake");
      },
    };
    const { host, port } = stage.upstream;
    const relay = await startTestRelay(relayOptions({ kind: "tcp", host, port }, { observers: [thrower] }));
    try {
      const client = await connectRaw(relay.address);
      client.send(get() + get());
      assert.equal((await client.response(2)).body.toString(), "ok");
      await until(() => relay.counters.observerFailuresTotal === 2, "the failures to be counted");
      client.close();
    } finally {
      await relay.stop();
    }
  }),
];

/** The X-Forwarded-For of a request to a relay on `host`, asked through `via`. */
async function forwardedFor(stage: Stage, host: string, via: string): Promise<string> {
  const relay = await startRelay({ ...stage.options, listen: { host, port: 0 } });
  relay.serve(routingOf("generic"));
  try {
    const client = await connectRaw({ host: via, port: relay.address.port });
    client.send(get());
    await client.response();
    client.close();
    return valuesOf((await stage.upstream.request()).headers, "x-forwarded-for").join();
  } finally {
    await relay.stop();
  }
}

const addressRows: ConformanceCase[] = [
  story("forwarded-for", "an IPv6 client is named by its address", async (stage) => {
    assert.equal(await forwardedFor(stage, "::1", "::1"), "::1");
  }),
  story("forwarded-for", "an IPv4 client of an IPv6 listener is named by its IPv4 address", async (stage) => {
    assert.equal(await forwardedFor(stage, "::", "127.0.0.1"), "127.0.0.1");
  }),
  story("upstream-failure", "a reset in the middle of a request body is a 502", async (stage) => {
    stage.upstream.play({ onData: (connection) => connection.reset() });
    const client = await stage.connect();
    client.send(message(["POST / HTTP/1.1", "Host: a", "Content-Length: 100000"], "part"));
    for (let sent = 0; sent < 5; sent++) await client.sendPieces(["x".repeat(1_000)]);
    await client.left();
    const [response] = client.reading(["POST"]).responses;
    assert.equal(response?.status, 502);
  }),
  story("pipelining", "a thousand requests in one go are all answered", async (stage) => {
    stage.upstream.play(plainReply);
    const client = await stage.connect();
    client.send(get().repeat(1_000));
    await until(() => client.bytes().toString("latin1").split("\r\n\r\nok").length === 1_001, "a thousand answers");
    assert.equal(stage.upstream.connections.length, 1);
  }),
  story("body-identical", "a body that comes in many pieces with requests behind it", async (stage) => {
    const client = await stage.connect();
    const body = "0123456789".repeat(20);
    await client.sendPieces((post([`Content-Length: ${body.length}`], body) + get()).split(""));
    await client.response(2, ["POST", "GET"]);
    assert.equal((await stage.upstream.request(1)).body.toString(), body);
  }),
];

/** Cases about routes, error shapes, observers and addresses. */
export const routingCases: readonly ConformanceCase[] = [...routingRows, ...observerRows, ...addressRows];
