/** What a real Triton does to connections, and what it says of itself, does not harm clients. */
import { existsSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { connectRaw } from "../support/raw-client.ts";
import { headerOf, type StrictResponse } from "../support/strict/strict-responses.ts";
import { type Ask, askAgain, askOnce, type BothPorts, postJson, requestBytes } from "./support/ask.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { count, identity, moody, numbers } from "./support/triton-asks.ts";
import { tritonBehindOutrider } from "./support/triton-behind-outrider.ts";
import type { Triton } from "./support/triton-server.ts";
import { untilAsync } from "../support/until.ts";

describeWith("a real Triton", findInstalled("triton"), (installation) => {
  const folder = scratchFolder("triton");
  const servers = tritonBehindOutrider(installation, folder);
  let triton: Triton;
  let outrider: Outrider;
  let ports: BothPorts;
  let entry: string;
  beforeAll(() => {
    ({ triton, outrider, ports, entry } = servers());
  });

  it.each<[string, string]>([
    ["POST", "/v2/repository/index"],
    ["POST", "/v2/repository/models/identity/unload"],
    ["GET", "/v2/models/identity/config"],
    ["GET", "/v2/models/stats"],
    ["POST", "/v2/logging"],
    ["GET", "/v2/systemsharedmemory/status"],
  ])("is not managed through Outrider: %s %s is denied in its own error shape", async (method, target) => {
    const answer = await askOnce(ports.via, { method, target });
    expect([answer.status, headerOf(answer, "x-outrider-error")]).toEqual([403, "route_denied"]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: expect.stringContaining("not allowed") as string,
    });
  });

  it("sends a body with its answer to HEAD, which Outrider hands on without the body and never mistakes for the next answer", async () => {
    const head: Ask = { method: "HEAD", target: "/v2/health/ready" };
    const direct = await connectRaw({ host: "127.0.0.1", port: ports.direct });
    direct.send(requestBytes(head));
    await direct.received('Method Not Allowed"}');
    direct.close();

    const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
    for (let round = 0; round < 20; round++) {
      client.send(Buffer.concat([requestBytes(head), requestBytes(postJson(identity, numbers([round])))]));
      const methods = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? "HEAD" : "POST"));
      const answer = await client.response(2 * round + 2, methods);
      expect(client.reading(methods).responses.at(-2)?.status).toBe(405);
      expect(answer.body.toString()).toContain(`"data":[${round}.0]`);
    }
    client.close();
  });

  it("may drop the second of two pipelined requests, which Outrider sends one after the other", async () => {
    const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
    const asks = Array.from({ length: 20 }, (_, index) => postJson(identity, numbers([index])));
    client.send(Buffer.concat(asks.map(requestBytes)));
    await client.response(20);
    const bodies = client.reading().responses.map((response) => response.body.toString());
    bodies.forEach((body, index) => expect(body).toContain(`"data":[${index}.0]`));
    client.close();
  });

  it("accepts a request with two kinds of length, which Outrider turns away before one byte reaches it", async () => {
    const before = await inferences();
    const body = JSON.stringify(numbers([1]));
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const both = `POST ${identity} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`;
    expect((await sendRaw(ports.direct, both)).status).toBe(200);
    const refused = await sendRaw(ports.via, both);
    expect([refused.status, headerOf(refused, "x-outrider-error")]).toEqual([400, "framing_conflict"]);
    expect(await inferences()).toBe(before + 1);
  });

  it("hangs on two different Content-Lengths, which Outrider turns away", async () => {
    const two = `POST ${identity} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`;
    const refused = await sendRaw(ports.via, two);
    expect([refused.status, headerOf(refused, "x-outrider-error")]).toEqual([400, "content_length_conflict"]);
  });

  async function sendRaw(port: number, bytes: string): Promise<StrictResponse> {
    const client = await connectRaw({ host: "127.0.0.1", port });
    client.send(bytes);
    const answer = await client.response();
    client.close();
    return answer;
  }

  /** How many inferences the identity model has run, by Triton's own count. */
  async function inferences(): Promise<number> {
    const { body } = await askOnce(ports.direct, { target: "/v2/models/identity/stats" });
    const { model_stats: stats } = JSON.parse(body.toString()) as { model_stats: { inference_count: number }[] };
    return stats[0]?.inference_count ?? 0;
  }

  it("never closes an idle connection, and answers on one that Outrider keeps", async () => {
    const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
    for (let answered = 0; answered < 50; answered++)
      await askAgain(client, answered, postJson(identity, numbers([1])));
    client.close();
    expect(await outrider.metric("outrider_upstream_reuses_total")).toBeGreaterThan(40);
  });

  it("finds out by itself that it stands before a server of KServe v2", async () => {
    expect(await outrider.readiness()).toMatchObject({ status: 200, ready: true, protocol: "kserve-v2" });
  });

  it("is measured by the model and version of the path", async () => {
    await askOnce(ports.via, postJson("/v2/models/identity/versions/1/infer", numbers([1])));
    const versioned = { model: "identity", version: "1", outcome: "ok", status: "200" };
    expect(await outrider.metric("outrider_requests_total", versioned)).toBeGreaterThan(0);
    await askOnce(ports.via, moody(0));
    await askOnce(ports.via, moody(-1));
    const failed = { model: "moody", version: "", outcome: "upstream_error", status: "500" };
    expect(await outrider.metric("outrider_requests_total", failed)).toBe(1);
    await askOnce(ports.via, count({ COUNT: 3 }));
    const stream = "outrider_stream_duration_seconds_count";
    expect(await outrider.metric(stream, { model: "counter" })).toBe(1);
  });

  it("says that it is ready although its model is unloaded; Outrider, given the model's name, says it is not", async () => {
    const named = await startOutrider({ entry, folder, upstreamPort: triton.port, args: ["--model-name", "reverse"] });
    await untilAsync(async () => (await named.readiness()).status === 200, "ready");
    await manage("unload");
    // While the model goes, Triton says 400; once it is gone, 200.
    const health = { target: "/v2/health/ready" };
    await untilAsync(
      async () => (await askOnce(ports.direct, health)).status === 200,
      "Triton to say that it is ready",
    );
    const notReady = await expectSameAnswer(ports, { target: "/v2/models/reverse/ready" });
    expect(notReady.status).toBe(400);
    await untilAsync(async () => (await named.readiness()).status === 503, "not ready");
    await manage("load");
    await untilAsync(async () => (await named.readiness()).status === 200, "ready again");
    await named.stop();
  });

  async function manage(verb: "load" | "unload"): Promise<void> {
    const target = `/v2/repository/models/reverse/${verb}`;
    expect((await askOnce(ports.direct, { method: "POST", target, body: "" })).status).toBe(200);
    const wanted = verb === "load" ? 200 : 400;
    const ready = { target: "/v2/models/reverse/ready" };
    await untilAsync(async () => (await askOnce(ports.direct, ready)).status === wanted, `the model's ${verb}`);
  }

  it("finishes what is in flight at SIGTERM, and new requests get an error that says so", async () => {
    const touch = path.join(folder, "at-work");
    const answer = askOnce(ports.via, moody(1_000, touch));
    await untilAsync(async () => existsSync(touch), "the model to be at work");
    triton.signal("SIGTERM");
    await untilAsync(async () => triton.log().includes("Waiting for in-flight"), "Triton to drain");
    // While it drains, it closes or refuses new connections without a byte.
    const early = await askOnce(ports.via, postJson(identity, numbers([1])));
    expect(early.status).toBe(502);
    expect(["upstream_reset", "upstream_unreachable"]).toContain(headerOf(early, "x-outrider-error"));
    expect((await answer).body.toString()).toContain('"SLEPT_MS"');
    await untilAsync(async () => triton.hasExited(), "Triton to end");
    const refused = await askOnce(ports.via, postJson(identity, numbers([1])));
    expect([refused.status, headerOf(refused, "x-outrider-error")]).toEqual([502, "upstream_unreachable"]);
    expect(JSON.parse(refused.body.toString())).toHaveProperty("error");
    await untilAsync(async () => (await outrider.readiness()).status === 503, "not ready");
  });
});
