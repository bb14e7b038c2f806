/**
 * A real MLflow scoring server behind Outrider: what it answers arrives unchanged, and what it does to connections
 * does not harm clients.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectRaw } from "../support/raw-client.ts";
import type { Field } from "../support/strict/strict-message.ts";
import { headerOf } from "../support/strict/strict-responses.ts";
import { type Ask, askAgain, askOnce, type BothPorts, postJson } from "./support/ask.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { type MlflowServer, startMlflow } from "./support/mlflow-server.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSame, expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { untilAsync } from "../support/until.ts";

const installation = findInstalled("mlflow");

/** One row of the data set, as the classifier's signature names its columns; a malignant one, class 0. */
const row = { "mean radius": 17.99, "mean texture": 10.38, "mean smoothness": 0.1184, "worst area": 2019 };
const columns = Object.keys(row);
const values = Object.values(row);
const score = (body: unknown): Ask => postJson("/invocations", body);
const send = (headers: readonly Field[], body: string): Ask => ({ target: "/invocations", headers, body });

describeWith("a real MLflow scoring server", installation, (installation) => {
  const folder = scratchFolder("mlflow");
  let classifier: MlflowServer;
  let actor: MlflowServer;
  let before: Outrider;
  let beforeActor: Outrider;
  let entry: string;
  let ports: BothPorts;
  let actorPorts: BothPorts;

  beforeAll(async () => {
    entry = await buildOutrider(folder);
    [classifier, actor] = await Promise.all([
      startMlflow(installation, { model: "classifier", folder }),
      startMlflow(installation, { model: "actor", folder, requestTimeoutSeconds: 3 }),
    ]);
    const identity = ["--model-name", "breast-cancer", "--model-version", "7", "--log-access"];
    before = await startOutrider({ entry, folder, upstreamPort: classifier.port, args: identity });
    beforeActor = await startOutrider({ entry, folder, upstreamPort: actor.port });
    ports = { direct: classifier.port, via: before.port };
    actorPorts = { direct: actor.port, via: beforeActor.port };
  });

  afterAll(async () => {
    await Promise.all([before, beforeActor].map((outrider) => outrider?.stop()));
    await Promise.all([classifier, actor].map((server) => server?.stop()));
  });

  describe("answers the same with and without Outrider", () => {
    it.each<[string, Ask]>([
      ["dataframe_split", score({ dataframe_split: { columns, data: [values, values] } })],
      ["dataframe_split with an index", score({ dataframe_split: { columns, index: [5], data: [values] } })],
      ["dataframe_records", score({ dataframe_records: [row, row, row] })],
      ["instances", score({ instances: [row] })],
      ["inputs as a list", score({ inputs: [row] })],
      ["inputs as a dict of columns", score({ inputs: Object.fromEntries(columns.map((name) => [name, [1.5]])) })],
      ["params that the model does not take", score({ dataframe_records: [row], params: { unknown: 1 } })],
      ["CSV", send([["Content-Type", "text/csv"]], `${columns.join(",")}\n${values.join(",")}\n`)],
      [
        "JSON with a charset",
        send(
          [["content-type", "application/json; charset=UTF-8"]],
          '{"inputs":[{"mean radius":1,"mean texture":2,"mean smoothness":3,"worst area":4}]}',
        ),
      ],
    ])("%s", async (_name, ask) => {
      const answer = await expectSameAnswer(ports, ask);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body.toString())).toHaveProperty("predictions");
    });

    it.each<[string, number, Ask]>([
      ["malformed JSON", 400, send([["Content-Type", "application/json"]], "{bad")],
      ["neither of the known keys", 400, score({ rows: [row] })],
      ["two of the known keys", 400, score({ inputs: [row], instances: [row] })],
      ["missing columns", 400, score({ dataframe_split: { columns: ["mean radius"], data: [[1]] } })],
      ["a value of the wrong type", 400, score({ dataframe_records: [{ ...row, "mean radius": "wide" }] })],
      ["a content type it does not read", 415, send([["Content-Type", "text/plain"]], "x")],
      ["a charset it does not read", 415, send([["Content-Type", "application/json; charset=latin-1"]], "{}")],
      ["a content type with a parameter", 415, send([["Content-Type", "application/json; version=2"]], "{}")],
      ["no content type, which it does not survive", 500, send([], "{}")],
    ])("the error for %s", async (_name, status, ask) => {
      expect((await expectSameAnswer(ports, ask)).status).toBe(status);
    });

    it.each(["/ping", "/health", "/version"])("GET %s", async (target) => {
      expect((await expectSameAnswer(ports, { target })).status).toBe(200);
    });

    it.each<[string, number, Ask]>([
      ["params that the model takes", 200, score({ inputs: [1, 2], params: { padding_bytes: 10 } })],
      ["a param of the wrong type", 400, score({ inputs: [1], params: { padding_bytes: "much" } })],
      ["a bare chat request", 200, score({ messages: [{ role: "user", content: "hi" }] })],
      [
        "a bare NaN and a 64-bit integer",
        200,
        send([["Content-Type", "application/json"]], '{"inputs":[NaN,9007199254740993]}'),
      ],
      ["a model that fails, stack trace and all", 400, score({ inputs: [1], params: { fail: true } })],
      ["an answer of 8 MiB", 200, score({ inputs: [1], params: { padding_bytes: 8 * 1_048_576 } })],
      ["a request of 8 MiB", 200, score({ inputs: ["x".repeat(8 * 1_048_576)] })],
    ])("%s", async (_name, status, ask) => {
      expect((await expectSameAnswer(actorPorts, ask)).status).toBe(status);
    });

    it("a time-out that says JSON and is none", async () => {
      const ask = score({ inputs: [1], params: { sleep_seconds: 3.5 } });
      const [direct, via] = await Promise.all([askOnce(actorPorts.direct, ask), askOnce(actorPorts.via, ask)]);
      expectSame(direct, via);
      expect([via.status, via.body.toString()]).toEqual([504, "Request processing time exceeded limit"]);
    });

    it("a chunked request", async () => {
      const body = JSON.stringify({ dataframe_records: [row] });
      const cut = [body.slice(0, 7), body.slice(7)].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
      const head =
        "POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      client.send(`${head}${cut.join("")}0\r\n\r\n`);
      expect((await client.response()).body.toString()).toBe('{"predictions": [0]}');
      client.close();
    });
  });

  it.each([
    ["/nope", "POST"],
    ["/docs", "GET"],
    ["/openapi.json", "GET"],
    ["/api/2.0/mlflow/experiments/list", "GET"],
  ])("denies %s in MLflow's own error shape", async (target, method) => {
    const answer = await askOnce(ports.via, { method, target });
    expect(answer.status).toBe(403);
    expect(headerOf(answer, "x-outrider-error")).toBe("route_denied");
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error_code: expect.any(String) as string,
      message: expect.stringContaining("not allowed") as string,
    });
  });

  it("finds out by itself that it stands before MLflow", async () => {
    expect(await before.readiness()).toMatchObject({ status: 200, ready: true, protocol: "mlflow" });
  });

  describe("closes connections without a word", () => {
    it("an idle one after five seconds: asked directly, a client meets a closed connection", async () => {
      const client = await connectRaw({ host: "127.0.0.1", port: classifier.port });
      await askAgain(client, 0, { target: "/ping" });
      expect(await client.left()).toBe("ended");
    });

    it("yet requests four to six seconds apart never fail through Outrider", async () => {
      const pausesMs = [3_900, 3_990, 4_010, 4_500, 4_950, 4_990, 4_999, 5_000, 5_001, 5_010, 5_050, 6_000];
      // Each has an Outrider of its own, so that no other request keeps its upstream connection busy.
      await Promise.all(pausesMs.map((pauseMs) => askTwice(pauseMs)));
    });

    async function askTwice(pauseMs: number): Promise<void> {
      const outrider = await startOutrider({ entry, folder, upstreamPort: classifier.port });
      const client = await connectRaw({ host: "127.0.0.1", port: outrider.port });
      for (let answered = 0; answered < 3; answered++) {
        const answer = await askAgain(client, answered, score({ dataframe_records: [row] }));
        expect([pauseMs, answered, answer.status]).toEqual([pauseMs, answered, 200]);
        // The time itself is what is tested: no condition stands for it.
        if (answered < 2) await delay(pauseMs);
      }
      client.close();
      await outrider.stop();
    }

    it("and after an error it did not handle: the next request on the client's connection is answered", async () => {
      const direct = await connectRaw({ host: "127.0.0.1", port: classifier.port });
      const error = await askAgain(direct, 0, send([], "{}"));
      expect([error.status, headerOf(error, "connection")]).toEqual([500, undefined]);
      expect(await direct.left()).toBe("ended");

      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      for (let answered = 0; answered < 40; answered += 2) {
        expect((await askAgain(client, answered, send([], "{}"))).status).toBe(500);
        expect((await askAgain(client, answered + 1, score({ dataframe_records: [row] }))).status).toBe(200);
      }
      client.close();
    });
  });

  it("reads a request with two lengths, which Outrider turns away before one byte reaches it", async () => {
    const accepted = await smuggle(ports.direct, "/ping?direct");
    expect(accepted.status).toBe(500);
    const refused = await smuggle(ports.via, "/ping?via");
    expect([refused.status, headerOf(refused, "x-outrider-error")]).toEqual([400, "framing_conflict"]);
    expect(classifier.log()).not.toContain("/invocations?via");
    expect(classifier.log()).toContain("/invocations?direct");
  });

  async function smuggle(port: number, mark: string): ReturnType<typeof askOnce> {
    const client = await connectRaw({ host: "127.0.0.1", port });
    const target = mark.replace("/ping", "/invocations");
    client.send(
      `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    const answer = await client.response();
    client.close();
    return answer;
  }

  it("quotes feature values in its errors, which Outrider does not write into its log", async () => {
    const secret = "patient-4711";
    const answer = await expectSameAnswer(ports, score({ dataframe_records: [{ ...row, "mean radius": secret }] }));
    expect(answer.body.toString()).toContain(secret);
    expect(before.log()).not.toContain(secret);
  });

  it("is measured under the model name and version that were given", async () => {
    const labels = { model: "breast-cancer", version: "7", variant: "stable" };
    expect(await before.metric("outrider_requests_total", { ...labels, outcome: "ok", status: "200" })).toBeGreaterThan(
      8,
    );
    const failed = { ...labels, outcome: "upstream_error", status: "500" };
    expect(await before.metric("outrider_requests_total", failed)).toBeGreaterThan(20);
    const refused = { ...labels, outcome: "client_error", status: "415" };
    expect(await before.metric("outrider_requests_total", refused)).toBe(3);
    // Connections are reused: what was shown above does not come from opening a new one each time.
    expect(await before.metric("outrider_upstream_reuses_total")).toBeGreaterThan(20);
    expect(await before.metric("outrider_auxiliary_requests_total", { kind: "health" })).toBeGreaterThan(1);
  });

  describe("when it goes", () => {
    it("finishes what is in flight after SIGTERM, and Outrider hands that on", async () => {
      const touch = path.join(folder, "at-work");
      const answer = askOnce(actorPorts.via, score({ inputs: [1], params: { sleep_seconds: 0.8, touch } }));
      await untilAsync(async () => existsSync(touch), "the model to be at work");
      actor.signal("SIGTERM");
      expect((await answer).status).toBe(200);
      await untilAsync(async () => actor.hasExited(), "MLflow to end");
    });

    it("is answered for in its own shape, and Outrider, old or new, is ready as soon as it is back", async () => {
      await untilAsync(async () => (await beforeActor.readiness()).status === 503, "not ready");
      const unreachable = await askOnce(actorPorts.via, score({ inputs: [1] }));
      expect([unreachable.status, headerOf(unreachable, "x-outrider-error")]).toEqual([502, "upstream_unreachable"]);
      expect(JSON.parse(unreachable.body.toString())).toHaveProperty("error_code");
      expect((await beforeActor.admin("/livez")).status).toBe(200);

      const early = await startOutrider({ entry, folder, upstreamPort: actor.port, untilReady: false });
      expect(await early.readiness()).toMatchObject({ status: 503, ready: false });
      const unknown = await askOnce(early.port, score({ inputs: [1] }));
      expect([unknown.status, headerOf(unknown, "x-outrider-error")]).toEqual([503, "not_ready"]);

      actor = await startMlflow(installation, { model: "actor", folder, port: actor.port });
      for (const outrider of [beforeActor, early]) {
        await untilAsync(async () => (await outrider.readiness()).status === 200, "ready again");
        expect((await askOnce(outrider.port, score({ inputs: [1] }))).status).toBe(200);
      }
      await early.stop();
    });
  });
});
