import { mkdtemp, rm } from "node:fs/promises";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildWithSourceMaps, type Executed, type WatchedProgram, watchProgram } from "./support/functions-executed.ts";

/** Files of the relay that one request may go through. */
const maxFiles = 12;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let folder = "";
let server: Server | undefined;
let program: WatchedProgram | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "outrider-request-path-"));
  server = createServer((incoming, response) => {
    incoming.resume().on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end('{"model_name":"iris","outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[1]}]}');
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const places = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const entry = await buildWithSourceMaps(folder);
  const args = ["run", "--upstream", upstream, ...places, "--protocol", "kserve-v2", "--log-format", "json"];
  program = await watchProgram(entry, args, /"listen":"127\.0\.0\.1:(?<port>\d+)"/);
});

afterAll(async () => {
  agent.destroy();
  await program?.stop();
  server?.close();
  server?.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

/** One inference over the one kept connection. */
async function infer(): Promise<void> {
  const sent = request({
    agent,
    host: "127.0.0.1",
    port: Number(program?.found),
    method: "POST",
    path: "/v2/models/iris/infer",
    headers: { "content-type": "application/json" },
  });
  sent.end('{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}');
  const status = await new Promise((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response) => void text(response).then(() => resolve(response.statusCode), reject));
  });
  expect(status).toBe(200);
}

const relayFiles = (executed: Executed): readonly string[] =>
  [...executed.keys()].filter((file) => file.startsWith("src/relay/")).toSorted();

/** What one warm request executes; taken again while the sweep of time-outs, which runs every 50 ms, came in between. */
async function executedByOneRequest(): Promise<Executed> {
  for (;;) {
    const executed = await program!.during(infer);
    if (executed.get("src/relay/relay.ts")?.has("sweepAll") !== true) return executed;
  }
}

describe("a warm POST through the built program, with the default settings", () => {
  it(`goes through at most ${maxFiles} files of the relay`, async () => {
    for (let i = 0; i < 20; i++) {
      await infer();
    }
    const executed = await executedByOneRequest();
    const files = relayFiles(executed);
    // The measurement sees what it should: the story itself, once for the request and once for its response.
    expect(executed.get("src/relay/exchange/serve-exchange.ts")?.get("serveExchange")).toBe(2);
    expect(files.length, files.join(", ")).toBeLessThanOrEqual(maxFiles);
  });
});
