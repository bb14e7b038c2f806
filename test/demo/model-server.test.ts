import { afterEach, describe, expect, it } from "vitest";

import { readLabelledRows } from "../../demo/traffic/labelled-rows.ts";
import { readModelFile } from "../../demo/model-server/classifier.ts";
import { maxBodyBytes, startModelServer } from "../../demo/model-server/model-server.ts";
import type { RunningModelServer } from "../../demo/model-server/model-server.ts";
import { shapeNames } from "../../demo/model-server/serving-shape.ts";
import type { ShapeName } from "../../demo/model-server/serving-shape.ts";
import { detectionRequests, detectProtocol } from "../../src/protocols/detection.ts";
import type { ProbeAnswer } from "../../src/protocols/probe-answer.ts";

const model = readModelFile();
const data = readLabelledRows();
const row = data.rows[0]!;
const columns = data.features;

const running: RunningModelServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const start = async (protocol: ShapeName | "all", latencyMs = 0): Promise<string> => {
  const server = await startModelServer({
    model,
    host: "127.0.0.1",
    port: 0,
    protocol,
    nextLatencyMs: () => latencyMs,
  });
  running.push(server);
  return `http://127.0.0.1:${server.port}`;
};

interface Reply {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

const ask = async (base: string, line: string, body?: unknown, contentType = "application/json"): Promise<Reply> => {
  const [method = "GET", path = "/"] = line.split(" ");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${base}${path}`, {
    method,
    ...(body === undefined ? {} : { body: text, headers: { "content-type": contentType } }),
  });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

/** Routes by which each server is recognised. */
const ownRoutes: Readonly<Record<ShapeName, readonly string[]>> = {
  mlflow: ["GET /ping", "GET /health", "GET /version"],
  "tensorflow-serving": ["GET /v1/models/breast-cancer", "GET /v1/models/breast-cancer/metadata"],
  "kserve-v2": ["GET /v2", "GET /v2/health/live", "GET /v2/health/ready", "GET /v2/models/breast-cancer"],
};

describe("the model server", () => {
  it.each(shapeNames)("recognised as %s answers that server's own routes and no other's", async (protocol) => {
    const base = await start(protocol);
    for (const [name, routes] of Object.entries(ownRoutes)) {
      for (const route of routes) {
        const { status } = await ask(base, route);
        expect({ route, isAnswered: status === 200 }).toEqual({ route, isAnswered: name === protocol });
      }
    }
  });

  it("recognised as all answers every server's routes", async () => {
    const base = await start("all");
    for (const route of Object.values(ownRoutes).flat()) {
      expect({ route, status: (await ask(base, route)).status }).toEqual({ route, status: 200 });
    }
  });

  it("says what its model is in TensorFlow Serving's and KServe's words", async () => {
    const base = await start("all");
    const status = JSON.parse((await ask(base, "GET /v1/models/breast-cancer/versions/1")).text) as unknown;
    expect(status).toMatchObject({ model_version_status: [{ version: "1", state: "AVAILABLE" }] });
    const metadata = JSON.parse((await ask(base, "GET /v2/models/breast-cancer/versions/1")).text) as unknown;
    expect(metadata).toMatchObject({ name: "breast-cancer", inputs: [{ name: "features", shape: [-1, 30] }] });
    const ready = JSON.parse((await ask(base, "GET /v2/models/breast-cancer/ready")).text) as unknown;
    expect(ready).toEqual({ name: "breast-cancer", ready: true });
  });

  it("takes its time over predictions and not over health", async () => {
    const base = await start("mlflow", 120);
    const startedAt = performance.now();
    await ask(base, "POST /invocations", { inputs: [row] });
    expect(performance.now() - startedAt).toBeGreaterThan(110);
    expect((await ask(base, "GET /ping")).text).toBe("\n");
  });

  it("refuses a body over its limit with 413", async () => {
    const base = await start("mlflow");
    const { status } = await ask(base, "POST /invocations", "x".repeat(maxBodyBytes + 1));
    expect(status).toBe(413);
  });

  it("says that its port is taken", async () => {
    const port = Number(new URL(await start("mlflow")).port);
    const options = { model, host: "127.0.0.1", port, protocol: "mlflow" as const, nextLatencyMs: () => 0 };
    await expect(startModelServer(options)).rejects.toThrow("EADDRINUSE");
  });
});

// Statuses and types as a real server of that kind gives them; MLflow's were taken from 3.17.2.
const refusals: readonly [ShapeName, string, unknown, string, number, string | RegExp][] = [
  ["mlflow", "GET /invocations", undefined, "", 405, '{"detail":"Method Not Allowed"}'],
  ["mlflow", "GET /nothing", undefined, "", 404, '{"detail":"Not Found"}'],
  ["mlflow", "POST /invocations", "<a/>", "application/xml", 415, /only supports the following content types/],
  ["mlflow", "POST /invocations", "{}", "application/json; charset=latin-1", 415, /only supports UTF-8/],
  ["mlflow", "POST /invocations", "{}", "application/json; format=pandas", 415, /Unrecognized content type parameters/],
  ["mlflow", "POST /invocations", [1], "application/json", 400, /Received a list/],
  ["mlflow", "POST /invocations", {}, "application/json", 400, /exactly one of the input fields/],
  ["mlflow", "POST /invocations", { inputs: [row], instances: [row] }, "application/json", 400, /exactly one/],
  ["mlflow", "POST /invocations", { dataframe_split: {} }, "application/json", 400, /must have 'data' field/],
  ["mlflow", "POST /invocations", { inputs: [] }, "application/json", 400, /at least one row/],
  ["mlflow", "POST /invocations", "", "text/csv", 400, /No columns to parse/],
  ["mlflow", "POST /invocations", { inputs: [["x", ...row.slice(1)]] }, "application/json", 400, /column mean radius/],
  ["mlflow", "POST /invocations", { inputs: [[null, ...row.slice(1)]] }, "application/json", 400, /column mean radius/],
  ["tensorflow-serving", "GET /v1/foo", undefined, "", 400, '{"error":"Malformed request: GET /v1/foo"}'],
  ["tensorflow-serving", "GET /foo", undefined, "", 404, /^<HTML>/],
  ["tensorflow-serving", "GET /v1/models/other", undefined, "", 404, /Could not find any versions of model other/],
  ["tensorflow-serving", "GET /v1/models/breast-cancer/versions/9", undefined, "", 404, /Could not find version 9/],
  [
    "tensorflow-serving",
    "POST /v1/models/other:predict",
    {},
    "",
    404,
    /Servable not found for request: Latest\(other\)/,
  ],
  ["tensorflow-serving", "POST /v1/models/breast-cancer:predict", {}, "", 400, /Missing 'inputs' or 'instances' key/],
  ["tensorflow-serving", "POST /v1/models/breast-cancer:predict", "{", "", 400, /JSON Parse error/],
  ["tensorflow-serving", "POST /v1/models/breast-cancer:classify", {}, "", 400, /Missing 'examples' key/],
  ["tensorflow-serving", "GET /v1/models/breast-cancer:predict", undefined, "", 400, /Malformed request/],
  ["kserve-v2", "GET /v2/nothing", undefined, "", 404, '{"detail":"Not Found"}'],
  ["kserve-v2", "GET /v2/models/breast-cancer/infer", undefined, "", 405, '{"detail":"Method Not Allowed"}'],
  ["kserve-v2", "POST /v2/models/other/infer", {}, "", 404, '{"error":"Model other not found"}'],
  ["kserve-v2", "POST /v2/models/breast-cancer/versions/9/infer", {}, "", 404, /with version 9 not found/],
  ["kserve-v2", "POST /v2/models/breast-cancer/infer", {}, "", 400, /no list of 'inputs'/],
  ["kserve-v2", "POST /v2/models/breast-cancer/infer", { inputs: [{}] }, "", 400, /an input needs/],
];

describe("a request that cannot be answered", () => {
  it.each(refusals)("%s: %s %j (%s) gives %i", async (...refusal) => {
    const [protocol, line, body, contentType, status, expected] = refusal;
    const found = await ask(await start(protocol), line, body, contentType === "" ? undefined : contentType);
    expect(found.status).toBe(status);
    if (typeof expected === "string") {
      expect(found.text).toBe(expected);
    } else {
      expect(found.text).toMatch(expected);
    }
  });

  it("without a Content-Type gives MLflow's plain 500", async () => {
    const base = await start("mlflow");
    const body = new TextEncoder().encode("{}");
    const response = await fetch(`${base}/invocations`, { method: "POST", body });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("Internal Server Error");
  });
});

const predictions = async (base: string, body: unknown, contentType?: string): Promise<unknown> =>
  (JSON.parse((await ask(base, "POST /invocations", body, contentType)).text) as { predictions: unknown }).predictions;

describe("MLflow's forms", () => {
  it("take columns in any order and ignore the ones that the model does not know", async () => {
    const base = await start("mlflow");
    const shuffled = { columns: ["extra", ...columns.toReversed()], data: [[5, ...row.toReversed()]] };
    expect(await predictions(base, { dataframe_split: shuffled })).toEqual([0]);
  });

  it("take rows without names, numbers in quotes, a bare row of columns, and params", async () => {
    const base = await start("mlflow");
    const quoted = row.map(String);
    const bare = Object.fromEntries(columns.map((name, index) => [name, row[index]]));
    for (const body of [
      { inputs: [row] },
      { instances: [quoted] },
      { inputs: bare },
      { inputs: [row], params: { a: 1 } },
    ]) {
      expect(await predictions(base, body)).toEqual([0]);
    }
    const csv = `${columns.join(",")}\r\n${row.join(",")}\r\n`;
    expect(await predictions(base, csv, "text/csv; charset=UTF-8")).toEqual([0]);
  });
});

describe("TensorFlow Serving's forms", () => {
  it("take the one input under its name, and columns under theirs", async () => {
    const base = await start("tensorflow-serving");
    const named = Object.fromEntries(columns.map((name, index) => [name, [row[index]]]));
    const bodies = [
      { instances: [{ features: row }] },
      { inputs: [row] },
      { inputs: named },
      { signature_name: "serving_default", instances: [row] },
    ];
    const answers = await Promise.all(bodies.map((body) => ask(base, "POST /v1/models/breast%2Dcancer:predict", body)));
    const scores = answers.map(({ text }) => Object.values(JSON.parse(text) as Record<string, number[][]>)[0]);
    expect(scores).toEqual(bodies.map(() => scores[0]));
    const [none = 0, one = 0] = scores[0]?.[0] ?? [];
    expect(none + one).toBeCloseTo(1, 12);
  });

  it("give a class the name of its place and an example the values of the shared context", async () => {
    const base = await start("tensorflow-serving");
    const [first = "", ...others] = columns;
    const example = Object.fromEntries(others.map((name, index) => [name, row[index + 1]]));
    const body = { context: { [first]: row[0] }, examples: [example] };
    const { text } = await ask(base, "POST /v1/models/breast-cancer:classify", body);
    const { results } = JSON.parse(text) as { results: [string, number][][] };
    expect(results[0]?.map(([name]) => name)).toEqual(["0", "1"]);
  });
});

describe("KServe V2's forms", () => {
  const tensor = { name: "features", shape: [1, 30], datatype: "FP64", data: [row] };

  it("echo the id, take nested data, and give the outputs that were asked for", async () => {
    const base = await start("kserve-v2");
    const body = { id: "a-1", inputs: [tensor], outputs: [{ name: "predict_proba" }] };
    const { text } = await ask(base, "POST /v2/models/breast-cancer/infer", body);
    expect(JSON.parse(text)).toMatchObject({
      model_name: "breast-cancer",
      model_version: "1",
      id: "a-1",
      outputs: [{ name: "predict_proba", shape: [1, 2], datatype: "FP64" }],
    });
  });

  it.each([
    [{ ...tensor, shape: [2, 30] }, "expects 60"],
    [{ ...tensor, shape: [-1, 30] }, "no valid shape"],
    [{ ...tensor, datatype: "BYTES" }, "a numeric one is expected"],
  ])("refuse a tensor that contradicts itself: %j", async (input, words) => {
    const base = await start("kserve-v2");
    const { status, text } = await ask(base, "POST /v2/models/breast-cancer/infer", { inputs: [input] });
    expect(status).toBe(400);
    expect(text).toContain(words);
  });

  it("refuse an output that the model does not have", async () => {
    const base = await start("kserve-v2");
    const { status, text } = await ask(base, "POST /v2/models/breast-cancer/infer", {
      inputs: [tensor],
      outputs: [{ name: "x" }],
    });
    expect(status).toBe(400);
    expect(text).toContain("unexpected inference output 'x'");
  });
});

describe("the sidecar's detection", () => {
  it.each(shapeNames)("recognises the server that is to be %s", async (protocol) => {
    const base = await start(protocol);
    const answers = detectionRequests.map(async (request): Promise<ProbeAnswer> => {
      const { status, type, text } = await ask(
        base,
        request.kind === "http" ? `${request.method} ${request.path}` : "",
      );
      return { kind: "http", status, contentType: type ?? "", body: text };
    });
    expect(detectProtocol(await Promise.all(answers))).toEqual({ kind: "detected", protocol });
  });
});
