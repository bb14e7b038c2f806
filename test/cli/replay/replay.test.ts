import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import type { PredictionRecord } from "../../../src/prediction-log/prediction-record.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { linesOf, logDirectory, recordAt } from "../predictions/log.ts";
import { startProgram } from "../support/program.ts";
import { dispatched, type Recorded } from "../support/recorded-context.ts";

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Model {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Most requests that were under way at once. */
  most(): number;
}

/** A model server; `answer` gives its answers to requests, which by default are those of {@link doubling}. */
async function startModel(answer: RequestListener = () => undefined, listenOn?: string): Promise<Model> {
  const seen: SeenRequest[] = [];
  let underWay = 0;
  let most = 0;
  const server = createServer((request, response) => {
    most = Math.max(most, ++underWay);
    response.on("close", () => underWay--);
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      answer(request, response);
      if (!response.headersSent && answer.length === 0) response.end(doubling(body));
    });
  });
  await new Promise<void>((resolve) => {
    if (listenOn === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(listenOn, resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address() as AddressInfo | string;
  const url = typeof address === "string" ? `unix:${address}` : `http://127.0.0.1:${address.port}`;
  return { url, seen, most: () => most };
}

/** MLflow's answer of a model that doubles. */
function doubling(body: string): string {
  const { inputs } = JSON.parse(body) as { readonly inputs: readonly number[] };
  return JSON.stringify({ predictions: inputs.map((value) => 2 * value) });
}

/** A record of {@link doubling}. */
function logged(ms: number, over: Partial<PredictionRecord> = {}): PredictionRecord {
  return recordAt(ms, {
    path: "/invocations",
    prediction: [2 * ms],
    request_body: { content_type: "application/json", text: JSON.stringify({ inputs: [ms] }) },
    ...over,
  });
}

async function replayed(records: readonly object[], upstream: string, ...words: readonly string[]): Promise<Recorded> {
  const directory = await logDirectory(linesOf(records));
  const flags = ["--directory", directory, "--upstream", upstream, "--rate", "1000"];
  const environment = { OUTRIDER_PROTOCOL: "mlflow" };
  return dispatched(["replay", ...flags, ...words], { environment });
}

describe("outrider replay", () => {
  it("sends the requests as they were logged, and finds all answers the same", async () => {
    const model = await startModel();
    const records = [
      logged(1, { headers: { "x-tenant": "a", host: "elsewhere", "content-length": "7" } }),
      logged(2, {
        method: "PUT",
        path: "/a%20b/invocations",
        request_body: { content_type: "", base64: Buffer.from('{"inputs":[2]}').toString("base64") },
      }),
    ];
    const { exitCode, output, errors } = await replayed(records, `${model.url}/prefix/`, "--concurrency", "1");
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output).toContain(`sent       2 requests to ${model.url}/prefix/, responses read as mlflow\n`);
    expect(output).toContain("responses  2 same, 0 different, 0 failed\n");
    expect(output).toMatch(/latency {4}p50 [\d.]+ ms, .*\n {11}p50 10 ms, p95 10 ms, p99 10 ms in the log\n/);
    const [first, second] = model.seen;
    expect(first).toMatchObject({
      method: "POST",
      url: "/prefix/invocations",
      headers: { "x-tenant": "a", "content-type": "application/json", "content-length": "14" },
      body: '{"inputs":[1]}',
    });
    expect(first?.headers.host).toMatch(/^127\.0\.0\.1:/);
    expect(second).toMatchObject({ method: "PUT", url: "/prefix/a%20b/invocations", body: '{"inputs":[2]}' });
    expect(second?.headers["content-type"]).toBe(undefined);
  });

  it("prints differences, and ends with 3", async () => {
    const model = await startModel();
    const records = [
      logged(1),
      logged(2, { prediction: [5] }),
      logged(3, { status: 201 }),
      logged(4, { prediction: [9] }),
    ];
    const { exitCode, output } = await replayed(records, model.url, "--show", "2", "--concurrency", "1");
    expect(exitCode).toBe(3);
    expect(output).toContain("responses  1 same, 3 different, 0 failed\n");
    expect(output).toContain("different  r2  prediction[0] was 5, is 4\n");
    expect(output).toContain("different  r3  status was 201, is 200\n");
    expect(output).toContain("and 1 more difference\n");
    const json = await replayed(records, model.url, "--json", "--concurrency", "1");
    expect(json.exitCode).toBe(3);
    expect(JSON.parse(json.output)).toMatchObject({
      upstream: model.url,
      protocol: "mlflow",
      stopped: false,
      sent: 4,
      same: 1,
      different: 3,
      failed: 0,
      not_replayable: {},
      latency_ms: { then: { p50: 10 }, now: { p50: expect.any(Number) as number } },
      differences: [
        { request_id: "r2", path: "/invocations", what: "prediction", row: 0, was: 5, is: 4 },
        { request_id: "r3", what: "status", was: 201, is: 200 },
        { request_id: "r4" },
      ],
    });
    expect((await replayed([logged(2, { prediction: [5] })], model.url, "--tolerance", "0.5")).exitCode).toBe(0);
  });

  it("sends no more than asked for, the oldest first, and only what fits", async () => {
    const model = await startModel();
    const records = [logged(1, { model: "other" }), logged(2), logged(3), logged(4)];
    const { output } = await replayed(records, model.url, "--limit", "2", "--model", "iris", "--concurrency", "1");
    expect(output).toContain("sent       2 requests");
    expect(model.seen.map(({ body }) => body)).toEqual(['{"inputs":[2]}', '{"inputs":[3]}']);
  });

  it("skips what cannot be sent again, and says why", async () => {
    const model = await startModel();
    const { request_body: _, ...bare } = logged(2);
    const records = [
      logged(1),
      bare,
      { ...bare, cut: ["response_body", "request_body"] },
      logged(3, { request_body: { content_type: "image/png", omitted: "not_redactable" } }),
      logged(4, { request_body: { content_type: "", text: "{", truncated: true } }),
      logged(5, { outcome: "timeout", error_code: "first_byte_timeout", status: 504 }),
      logged(6, { outcome: "client_abort", status: 0 }),
      logged(7, { path: "/a b" }),
    ];
    const { exitCode, output } = await replayed(records, model.url);
    expect(exitCode).toBe(0);
    expect(model.seen.length).toBe(1);
    for (const line of [
      "not sent   1 record: the request body was not logged (`predictions.bodies` is off)\n",
      "not sent   2 records: the request body was left out of the record\n",
      "not sent   1 record: only part of the request body was logged (up to a quarter of `predictions.record_bytes`)\n",
      "not sent   2 records: no response of the model server was logged that could be compared\n",
      "not sent   1 record: the path or method is not valid in a request line\n",
    ]) {
      expect(output).toContain(line);
    }
  });

  it("ends with 4 and says what to set when no record has a body", async () => {
    const { request_body: _, ...bare } = logged(2);
    const { exitCode, output } = await replayed([bare], "http://127.0.0.1:1");
    expect(exitCode).toBe(4);
    expect(output).toContain("No request could be sent; to log bodies, set `predictions.bodies: true`");
    const none = await replayed([logged(1)], "http://127.0.0.1:1", "--model", "other");
    expect(none).toMatchObject({ exitCode: 4, output: "No record matches: nothing was sent.\n" });
  });

  it("ends with 1 when requests get no answer", async () => {
    const model = await startModel((_request, response) => response.destroy());
    const { exitCode, output } = await replayed([logged(1)], model.url);
    expect(exitCode).toBe(1);
    expect(output).toContain("responses  0 same, 0 different, 1 failed\n");
    expect(output).toContain("failed     r1  socket hang up\n");
    const silent = await startModel((_request, _response) => undefined);
    const late = await replayed([logged(1)], silent.url, "--timeout", "50ms");
    expect(late.output).toContain("failed     r1  no complete response within 50 ms\n");
    expect((await replayed([logged(1)], "http://127.0.0.1:1")).output).toContain("r1  connection refused");
  });

  it("warns that redacted requests may get other answers", async () => {
    const model = await startModel();
    const text = '{"inputs":[1],"name":"***"}';
    const { output } = await replayed(
      [logged(1, { request_body: { content_type: "application/json", text } })],
      model.url,
    );
    expect(output).toContain(
      "redacted   1 request with masked or hashed values: their responses may differ for that reason alone\n",
    );
    expect(model.seen[0]?.body).toBe(text);
  });

  it("keeps the rate, however many requests are in flight", async () => {
    const waiting: (() => void)[] = [];
    const model = await startModel((_request, response) => {
      waiting.push(() => response.end('{"predictions":[1]}'));
    });
    const records = Array.from({ length: 6 }, (_, index) => logged(index));
    const running = replayed(records, model.url, "--concurrency", "6", "--rate", "100");
    await until(() => waiting.length === 6, "all are under way");
    for (const answer of waiting) answer();
    await running;
    expect(model.most()).toBe(6);
  });

  it("keeps to the maximum in flight, and reports the lateness that this causes", async () => {
    const model = await startModel((_request, response) => {
      setTimeout(() => response.end('{"predictions":[1]}'), 60);
    });
    const records = Array.from({ length: 8 }, (_, index) => logged(index));
    const { output } = await replayed(records, model.url, "--concurrency", "2", "--json");
    expect(model.most()).toBe(2);
    const { lateness_ms: late } = JSON.parse(output) as { readonly lateness_ms: { readonly max: number } };
    expect(late.max).toBeGreaterThan(100);
    const text = await replayed(records, model.url, "--concurrency", "2");
    expect(text.output).toMatch(
      /late {7}p50 [\d.]+ ms, .*: the rate was not reached; raise --concurrency or lower --rate/,
    );
  });

  it("detects the protocol of the upstream when none is configured", async () => {
    const model = await startModel((request, response) => {
      if (request.url === "/version") response.end("2.14.1");
      else if (request.method === "POST") response.end('{"predictions":[2]}');
      else response.writeHead(request.url === "/invocations" ? 405 : 404).end();
    });
    const { output, exitCode } = await replayed([logged(1)], model.url, "--protocol", "auto");
    expect(exitCode).toBe(0);
    expect(output).toContain("responses read as mlflow");
  });

  it("retries a request when the server closed the idle connection as it was sent", async () => {
    let requests = 0;
    const model = await startModel((request, response) => {
      requests++;
      // The second one on a connection is not answered.
      if (requests === 2) request.socket.resetAndDestroy();
      else response.end('{"predictions":[1]}');
    });
    const records = [logged(1, { prediction: [1] }), logged(2, { prediction: [1] })];
    expect((await replayed(records, model.url, "--concurrency", "1")).exitCode).toBe(0);
    expect(model.seen.length).toBe(3);
  });

  it("sends to a Unix socket", async () => {
    const model = await startModel(undefined, path.join(await temporaryDirectory(), "model.sock"));
    expect((await replayed([logged(1)], model.url)).exitCode).toBe(0);
  });

  it("reports what was sent when a signal ends it", async () => {
    const model = await startModel();
    const directory = await logDirectory(linesOf(Array.from({ length: 1000 }, (_, index) => logged(index))));
    const flags = ["--directory", directory, "--upstream", model.url, "--rate", "50", "--protocol", "mlflow"];
    const program = startProgram(["replay", ...flags]);
    await until(() => model.seen.length >= 3, "some requests", 60_000);
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(130);
    expect(program.output()).toMatch(/^Stopped by a signal. Until then:\nsent {7}\d+ requests/);
    expect(program.output()).toContain("0 different, 0 failed");
    expect(model.seen.length).toBeLessThan(500);
  });

  it("draws its progress on a terminal, and removes it", async () => {
    const model = await startModel();
    const directory = await logDirectory(linesOf([logged(1)]));
    const words = ["replay", "--directory", directory, "--upstream", model.url, "--protocol", "mlflow"];
    const { errors } = await dispatched(words, { isErrorTerminal: true });
    expect(errors).toBe("\r1 sent, 0 different, 0 failed\u001b[K\r\u001b[K");
  });

  it.each<[string, readonly string[], string]>([
    ["no upstream", [], "--upstream is needed"],
    ["an upstream that is none", ["--upstream", "localhost"], "--upstream localhost: a URL that begins with"],
    [
      "a user name in the URL",
      ["--upstream", "http://a:b@c"],
      "--upstream must not have a user name, a query or a fragment",
    ],
    ["a socket that is none", ["--upstream", "unix:model.sock"], "the path of a Unix socket must be absolute"],
    ["no rate", ["--upstream", "http://a", "--rate", "0"], "--rate 0: a number above 0 and up to 100000 is expected"],
    [
      "a negative tolerance",
      ["--upstream", "http://a", "--tolerance", "-1"],
      "--tolerance -1: a number of at least 0 is expected",
    ],
    ["a time that is none", ["--upstream", "http://a", "--timeout", "soon"], "--timeout soon: a time from 1ms to 24h"],
    ["a protocol that is none", ["--upstream", "http://a", "--protocol", "grpc"], "one of auto, mlflow"],
  ])("refuses %s with exit code 2", async (_, words, message) => {
    const directory = await logDirectory(linesOf([logged(1)]));
    const { exitCode, output, errors } = await dispatched(["replay", "--directory", directory, ...words]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain(message);
  });
});
