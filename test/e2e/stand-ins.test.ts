/**
 * Conduct of servers that are not installed for the tests, played by stand-ins that answer with the status lines,
 * headers and bodies that the real ones were seen to send.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw } from "../support/raw-client.ts";
import { headerOf } from "../support/strict/strict-responses.ts";
import { askOnce, type BothPorts, postJson } from "./support/ask.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { untilAsync } from "../support/until.ts";

const folder = scratchFolder("stand-ins");
let entry: string;
beforeAll(async () => {
  entry = await buildOutrider(folder);
});

type Answer = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];

/** Answers in lower case and without a Date, as uvicorn's h11 lets an application do. */
async function startStandIn(answer: (request: IncomingMessage) => Answer): Promise<Server> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const [status, body, headers = {}] = answer(request);
    const asksForGzip = request.headers["accept-encoding"]?.includes("gzip") === true;
    // Starlette's middleware leaves answers of less than 500 bytes alone.
    const isGzip = asksForGzip && body.length >= 500;
    const bytes = isGzip ? gzipSync(body) : Buffer.from(body);
    request.resume().on("end", () => {
      response.writeHead(status, {
        ...headers,
        "content-type": "application/json",
        "content-length": bytes.length,
        ...(isGzip ? { "content-encoding": "gzip", vary: "Accept-Encoding" } : {}),
      });
      response.end(bytes);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

describe("an exact stand-in for MLServer", () => {
  const methods = new Set<string>();
  let isLoaded = true;
  let server: Server;
  let outrider: Outrider;
  let ports: BothPorts;

  beforeAll(async () => {
    server = await startStandIn(answerAsMlserver);
    outrider = await startOutrider({ entry, folder, upstreamPort: portOf(server), args: ["--model-name", "iris"] });
    ports = { direct: portOf(server), via: outrider.port };
  });
  afterAll(async () => {
    await outrider?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  function answerAsMlserver({ method = "", url = "" }: IncomingMessage): Answer {
    methods.add(method);
    if (method === "HEAD") return [405, '{"detail":"Method Not Allowed"}', { allow: "GET" }];
    if (url === "/v2") return [200, '{"name":"mlserver","version":"1.7.1","extensions":[]}'];
    if (url === "/v2/health/ready" || url === "/v2/health/live") return [200, "null"];
    if (!url.startsWith("/v2/models/iris")) return [404, '{"detail":"Not Found"}'];
    if (!isLoaded) return [404, '{"error":"Model iris not found"}'];
    if (url.endsWith("/ready")) return [200, "null"];
    return [200, JSON.stringify({ model_name: "iris", outputs: [{ name: "predict", data: Array(300).fill(1) }] })];
  }

  it("compresses its longer answers when asked, which pass as they are", async () => {
    const ask = postJson("/v2/models/iris/infer", { inputs: [] });
    const plain = await expectSameAnswer(ports, ask);
    expect(headerOf(plain, "content-encoding")).toBeUndefined();
    const asked = { ...ask, headers: [...(ask.headers ?? []), ["accept-encoding", "gzip"] as const] };
    const packed = await expectSameAnswer(ports, asked);
    expect(headerOf(packed, "content-encoding")).toBe("gzip");
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
  });

  it("says that it is ready although its only model is unloaded; Outrider, given the model's name, says it is not", async () => {
    expect((await outrider.readiness()).status).toBe(200);
    isLoaded = false;
    expect((await expectSameAnswer(ports, { target: "/v2/health/ready" })).status).toBe(200);
    await untilAsync(async () => (await outrider.readiness()).status === 503, "not ready");
    isLoaded = true;
    await untilAsync(async () => (await outrider.readiness()).status === 200, "ready again");
  });

  it("answers HEAD with 405, so it is never probed with HEAD", async () => {
    expect(methods.has("GET")).toBe(true);
    expect(methods.has("HEAD")).toBe(false);
    const answer = await askOnce(ports.via, { method: "HEAD", target: "/v2/health/ready" });
    expect([answer.status, headerOf(answer, "allow")]).toEqual([405, "GET"]);
  });
});

describe("an exact stand-in for MLflow's registry", () => {
  let server: Server;
  let outrider: Outrider;

  beforeAll(async () => {
    server = await startStandIn(({ headers }) =>
      headers.host === "registry.test" && headers.origin === undefined
        ? [200, '{"registered_models":[]}']
        : [403, "Invalid Host header - possible DNS rebinding attack detected"],
    );
    const args = ["--protocol", "generic"];
    outrider = await startOutrider({ entry, folder, upstreamPort: portOf(server), args });
  });
  afterAll(async () => {
    await outrider?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  it("answers 403 to a foreign Host or Origin, and both arrive as the client sent them", async () => {
    const target = "/api/2.0/mlflow/registered-models/search";
    const bytes = (fields: string): string => `GET ${target} HTTP/1.1\r\n${fields}\r\n\r\n`;
    const statuses: number[] = [];
    for (const fields of [
      "Host: registry.test",
      "Host: evil.test",
      "Host: registry.test\r\nOrigin: http://evil.test",
    ]) {
      const client = await connectRaw({ host: "127.0.0.1", port: outrider.port });
      client.send(bytes(fields));
      statuses.push((await client.response()).status);
      client.close();
    }
    expect(statuses).toEqual([200, 403, 403]);
  });
});
