/**
 * A real TorchServe (its Java front end, its Python workers) behind Outrider: what it answers arrives unchanged, and
 * what it does to connections does not reach clients.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw } from "../support/raw-client.ts";
import { headerOf, type StrictResponse } from "../support/strict/strict-responses.ts";
import { type Ask, askAgain, askOnce, type BothPorts, postJson, requestBytes } from "./support/ask.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSame, expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { describeTorchServeModel, startTorchServe, type TorchServe } from "./support/torchserve-server.ts";
import { untilAsync } from "../support/until.ts";

const installation = findInstalled("torchserve");

const echo = (body: unknown): Ask => postJson("/predictions/echo", body);
const sleep = (sleepMs: number): Ask => postJson("/predictions/sleeper", { sleep_ms: sleepMs });
const everyByte = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);

describeWith("a real TorchServe", installation, (installation) => {
  const folder = scratchFolder("torchserve");
  let torchserve: TorchServe;
  let outrider: Outrider;
  let ports: BothPorts;
  let entry: string;

  beforeAll(async () => {
    entry = await buildOutrider(folder);
    torchserve = await startTorchServe(installation, folder);
    outrider = await startOutrider({ entry, folder, upstreamPort: torchserve.port });
    ports = { direct: torchserve.port, via: outrider.port };
  });

  afterAll(async () => {
    await outrider?.stop();
    await torchserve?.stop();
  });

  describe("answers the same with and without Outrider", () => {
    it.each<[string, Ask]>([
      ["JSON", echo({ instances: [[1, 2.5, null]], deep: { nested: true } })],
      ["every byte there is", { target: "/predictions/echo", body: everyByte }],
      ["an empty body", { target: "/predictions/echo", body: "" }],
      ["a version in the path", postJson("/predictions/echo/1.0", { a: 1 })],
      ["more path after the version", postJson("/predictions/echo/1.0/more/path", { a: 1 })],
      ["an upload by PUT", { method: "PUT", target: "/predictions/echo", body: everyByte }],
      ["a form of parts", multipart()],
      ["the SageMaker form", postJson("/models/echo/invoke", { a: 1 })],
      ["the form of KServe v1", postJson("/v1/models/echo:predict", { instances: [[1, 2]] })],
      ["an answer of 6 MB", echo({ reply_bytes: 6_000_000 })],
      ["a request of 6 MB", { target: "/predictions/echo", body: Buffer.alloc(6_000_000, "y") }],
      ["a health check", { target: "/ping" }],
      ["a stream of chunks", postJson("/predictions/streamer", { chunks: 5, pause_ms: 20 })],
    ])("%s", async (_name, ask) => {
      expect((await expectSameAnswer(ports, ask)).status).toBe(200);
    });

    it.each<[string, number, Ask]>([
      ["an unknown model", 404, postJson("/predictions/unknown", {})],
      ["an unknown version", 404, postJson("/predictions/echo/9.9", {})],
      ["a model that gives a status and a reason of its own", 503, echo({ status: 503 })],
      ["a model that does not fit", 507, echo({ out_of_memory: true })],
      ["a worker that dies while it works", 500, postJson("/predictions/fragile", { die: true })],
      ["a body over its limit: an empty 413", 413, { target: "/predictions/echo", body: Buffer.alloc(6_553_501) }],
    ])("the error for %s", async (_name, status, ask) => {
      const answer = await expectSameAnswer(ports, ask);
      expect(answer.status).toBe(status);
      if (ask.target.includes("fragile")) await untilServed("/predictions/fragile");
    });

    it("its status line with nothing where the reason should be", async () => {
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      await askAgain(client, 0, echo({}));
      expect(client.bytes().toString()).toMatch(/^HTTP\/1\.1 200 \r\n/);
      client.close();
    });
  });

  it("gets the request as the client wrote it and what the table of added fields says, and no Content-Type", async () => {
    const ask = { target: "/predictions/echo", body: '{"headers":true}' };
    const json: Ask = {
      ...ask,
      headers: [
        ["content-TYPE", "application/json"],
        ["X-Odd", "a, b"],
      ],
    };
    const direct = receivedFields(await askOnce(ports.direct, json));
    const via = receivedFields(await askOnce(ports.via, json));
    expect(via.get("x-forwarded-for")).toBe("127.0.0.1");
    expect(via.get("via")).toMatch(/^1\.1 /);
    expect(via.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    expect(via.has("x-request-id")).toBe(true);
    for (const name of ["x-forwarded-for", "via", "traceparent", "x-request-id"]) via.delete(name);
    expect(via).toEqual(direct);

    // Without a content type the handler sees bytes, not JSON: nothing was added on the way.
    expect((await expectSameAnswer(ports, ask)).body.toString()).toBe(ask.body);
  });

  it.each<[string, string]>([
    ["POST", "/models?url=http://127.0.0.1/evil.mar"],
    ["DELETE", "/models/echo"],
    ["PUT", "/models/echo?min_worker=0"],
    ["GET", "/models"],
    ["GET", "/api-description"],
    ["GET", "/metrics"],
  ])("is not managed through Outrider: %s %s is denied in its own error shape", async (method, target) => {
    const answer = await askOnce(ports.via, { method, target });
    expect([answer.status, headerOf(answer, "x-outrider-error")]).toEqual([403, "route_denied"]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      code: 403,
      type: expect.any(String) as string,
      message: expect.stringContaining("not allowed") as string,
    });
  });

  it("does not describe its API through Outrider: OPTIONS on a prediction path is denied", async () => {
    const options: Ask = { method: "OPTIONS", target: "/predictions/echo" };
    expect((await askOnce(ports.direct, options)).body.toString()).toContain("openapi");
    const answer = await askOnce(ports.via, options);
    expect([answer.status, headerOf(answer, "x-outrider-error")]).toEqual([405, "method_denied"]);
  });

  describe("answers pipelined requests out of order", () => {
    const slowThenQuick = Buffer.concat([requestBytes(sleep(800)), requestBytes(echo({ quick: true }))]);

    it("when asked directly: the quick answer overtakes", async () => {
      const client = await connectRaw({ host: "127.0.0.1", port: ports.direct });
      client.send(slowThenQuick);
      expect((await client.response(1)).body.toString()).toContain("quick");
      client.close();
    });

    it("but in order through Outrider, with one request in flight on a connection", async () => {
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      client.send(Buffer.concat([slowThenQuick, slowThenQuick]));
      await client.response(4);
      const bodies = client.reading().responses.map((response) => response.body.toString().replaceAll(/\s/g, ""));
      expect(bodies).toEqual(['{"slept_ms":800}', '{"quick":true}', '{"slept_ms":800}', '{"quick":true}']);
      client.close();
    });
  });

  describe("resets the connection after an error", () => {
    it("and the answer is never lost: 200 errors of three kinds, on new connections", async () => {
      const asks = [echo({ status: 503 }), postJson("/predictions/unknown", {}), echo({ out_of_memory: true })];
      const expected = await Promise.all(asks.map((ask) => askOnce(ports.direct, ask)));
      await inParallel(4, 200, async (index) => {
        const kind = index % asks.length;
        expectSame(expected[kind]!, await askOnce(ports.via, asks[kind]!));
      });
    });

    it("and the client's own connection stays: 200 errors on one", async () => {
      const expected = await askOnce(ports.direct, postJson("/predictions/unknown", {}));
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      for (let answered = 0; answered < 200; answered++) {
        expectSame(expected, await askAgain(client, answered, postJson("/predictions/unknown", {})));
      }
      client.close();
    });

    it("and an empty 413 arrives each time, while the body is still on its way", async () => {
      const tooLong: Ask = { target: "/predictions/echo", body: Buffer.alloc(8_000_000) };
      for (let round = 0; round < 20; round++) {
        const answer = await askOnce(ports.via, tooLong);
        expect([answer.status, answer.body.length, answer.complete]).toEqual([413, 0, true]);
      }
      expect((await askOnce(ports.via, echo({}))).status).toBe(200);
    });

    it("and a full queue is reported as TorchServe reports it, misleading text and all", async () => {
      const direct = await Promise.all(Array.from({ length: 6 }, () => askOnce(ports.direct, sleep(400))));
      const via = await Promise.all(Array.from({ length: 6 }, () => askOnce(ports.via, sleep(400))));
      const refused = [direct, via].map((answers) => answers.filter((answer) => answer.status === 503));
      expect(refused[0]!.length).toBeGreaterThan(0);
      expect(refused[1]!.length).toBeGreaterThan(0);
      for (const answer of refused[1]!) expectSame(refused[0]![0]!, answer);
      expect(refused[1]![0]!.body.toString()).toContain("no worker");
    });

    it("and a worker killed from outside is reported as TorchServe reports it: 507 or 500", async () => {
      for (const port of [ports.direct, ports.via]) {
        await untilServed("/predictions/sleeper");
        const { workers } = await describeTorchServeModel(torchserve.managementPort, "sleeper");
        const { answer } = await askSleeper(port, 2_000);
        process.kill(workers[0]!.pid, "SIGKILL");
        const { status, body } = await answer;
        expect([500, 507]).toContain(status);
        expect(JSON.parse(body.toString())).toMatchObject({ code: status, message: "Worker died." });
      }
    });
  });

  it("keeps the connection for a client of HTTP/1.0, which Outrider closes as the client expects", async () => {
    const body = '{"a":1}';
    const head = `POST /predictions/echo HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
    client.send(head + body);
    expect((await client.response()).status).toBe(200);
    expect(await client.left()).toBe("ended");
  });

  it("accepts a request with two lengths, which Outrider turns away before one byte reaches it", async () => {
    const twoLengths = (mark: string): string =>
      `POST /predictions/echo/1.0/${mark} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`;
    for (const [port, mark, status] of [
      [ports.direct, "direct-mark", 200],
      [ports.via, "via-mark", 400],
    ] as const) {
      const client = await connectRaw({ host: "127.0.0.1", port });
      client.send(twoLengths(mark));
      expect((await client.response()).status).toBe(status);
      client.close();
    }
    await untilAsync(async () => torchserve.log().includes("direct-mark"), "the access log");
    await askOnce(ports.via, echo({}));
    expect(torchserve.log()).not.toContain("via-mark");
  });

  it("streams: the first chunk arrives while the model still works", async () => {
    const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
    client.send(requestBytes(postJson("/predictions/streamer", { chunks: 4, pause_ms: 250 })));
    await client.received("chunk 0");
    expect(client.bytes().toString()).not.toContain("last chunk");
    const answer = await client.response();
    expect(answer.body.toString()).toBe("chunk 0 chunk 1 chunk 2 last chunk");
    client.close();
  });

  it("finds out by itself that it stands before TorchServe", async () => {
    expect(await outrider.readiness()).toMatchObject({ status: 200, ready: true, protocol: "torchserve" });
  });

  it("is measured by the model and version of the path", async () => {
    const echoed = { model: "echo", version: "1.0", outcome: "ok", status: "200" };
    expect(await outrider.metric("outrider_requests_total", echoed)).toBeGreaterThan(1);
    const full = { model: "sleeper", outcome: "upstream_error", status: "503" };
    expect(await outrider.metric("outrider_requests_total", full)).toBeGreaterThan(0);
    // A name that TorchServe never answered for with success is a client's invention: it gets no series.
    expect(await outrider.metric("outrider_requests_total", { model: "unknown" })).toBeUndefined();
    expect(await outrider.metric("outrider_responses_broken_total")).toBe(0);
  });

  it("says that it is healthy without workers and without the model; Outrider, given the model's name, reports the model missing", async () => {
    const args = ["--model-name", "fragile"];
    const named = await startOutrider({ entry, folder, upstreamPort: torchserve.port, args });
    await manage("PUT", "/models/fragile?min_worker=0&max_worker=0&synchronous=true");
    expect((await expectSameAnswer(ports, { target: "/ping" })).body.toString()).toContain("Healthy");
    expect((await expectSameAnswer(ports, postJson("/predictions/fragile", {}))).status).toBe(503);

    await manage("DELETE", "/models/fragile");
    expect((await expectSameAnswer(ports, { target: "/ping" })).body.toString()).toContain("Healthy");
    await untilAsync(async () => (await named.readiness()).status === 503, "not ready");
    await manage("POST", "/models?url=fragile.mar&initial_workers=1&synchronous=true");
    await untilAsync(async () => (await named.readiness()).status === 200, "ready again");
    expect((await expectSameAnswer(ports, postJson("/predictions/fragile", {}))).status).toBe(200);
    await named.stop();
  });

  async function manage(method: string, target: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${torchserve.managementPort}${target}`, { method });
    expect([target, response.status, await response.text()]).toEqual([target, 200, expect.any(String)]);
  }

  it("breaks what is in flight at SIGTERM; the client gets an error, and Outrider is not ready", async () => {
    await untilServed("/predictions/sleeper");
    const { answer } = await askSleeper(ports.via, 5_000);
    torchserve.signal("SIGTERM");
    expect([500, 502, 503, 507]).toContain((await answer).status);
    await untilAsync(async () => (await outrider.readiness()).status === 503, "not ready");
    const refused = await askOnce(ports.via, echo({}));
    expect([refused.status, headerOf(refused, "x-outrider-error")]).toEqual([502, "upstream_unreachable"]);
    expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 502 });
  });

  /** A worker that died is started again; until then the model answers with an error. */
  async function untilServed(target: string): Promise<void> {
    const probe = postJson(target, { sleep_ms: 0 });
    await untilAsync(async () => (await askOnce(ports.direct, probe)).status === 200, `${target} to be served`);
  }

  /** Asks the sleeper and waits until its worker is at work. */
  async function askSleeper(port: number, sleepMs: number): Promise<{ readonly answer: Promise<StrictResponse> }> {
    const touch = path.join(folder, `at-work-${port}-${sleepMs}`);
    const answer = askOnce(port, postJson("/predictions/sleeper", { sleep_ms: sleepMs, touch }));
    await untilAsync(async () => existsSync(touch), "the sleeper to be at work");
    return { answer };
  }
});

function multipart(): Ask {
  const body = ["--cut", 'Content-Disposition: form-data; name="data"', "", "part one", "--cut--", ""].join("\r\n");
  return { target: "/predictions/echo", headers: [["Content-Type", "multipart/form-data; boundary=cut"]], body };
}

function receivedFields(answer: StrictResponse): Map<string, string> {
  const fields = JSON.parse(answer.body.toString()) as Record<string, string>;
  return new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

async function inParallel(width: number, count: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
