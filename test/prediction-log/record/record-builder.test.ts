import type { BodyReader, ReadResult, RequestContent, ResponseContent } from "../../../src/payload/body-content.ts";
import { aDraft } from "../../support/a-record.ts";
import { createReader } from "../../support/create-reader.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoggedBodies, LoggedContent } from "../../../src/prediction-log/exchange-log.ts";
import { RecordBuilder, type RecordBuilderOptions } from "../../../src/prediction-log/record/record-builder.ts";
import { parseRedactionRule, type RedactionRule } from "../../../src/redaction/redaction-rule.ts";
import { Redactor, type RedactionPlan } from "../../../src/redaction/redactor.ts";

const limits = { columns: 1000, rows: 10_000, depth: 64 };
const kserve = createReader("kserve-v2", { limits });
const mlflow = createReader("mlflow", { limits });

const rules = (...texts: readonly string[]): readonly RedactionRule[] =>
  texts.map((text) => {
    const result = parseRedactionRule(text);
    if (result.kind === "problem") throw new Error(result.problem);
    return result.rule;
  });

const nothingRedacted: RedactionPlan = {
  drop: [],
  mask: [],
  hash: [],
  patterns: [],
  patternAction: "mask",
  keyedHash: (text) => `h(${text.length})`,
};

const builder = (plan: Partial<RedactionPlan> = {}, over: Partial<RecordBuilderOptions> = {}): RecordBuilder =>
  new RecordBuilder({
    redactor: new Redactor({ ...nothingRedacted, ...plan }),
    instance: "pod-1",
    digest: "sha256:1",
    maxRows: 3,
    bodyBytes: 0,
    driftOf: () => undefined,
    formatTime: (ms) => new Date(ms).toISOString(),
    ...over,
  });

interface Side {
  readonly text: string;
  readonly contentType?: string;
}

/** Bodies as reading gives them; `isAnswered` false is an exchange that failed. */
function bodiesOf(reader: BodyReader, request: Side, response: Side, isAnswered = true): LoggedBodies {
  const target = "/v2/models/iris/infer";
  const contentOf = ({ text }: Side): LoggedContent => ({ kind: "decoded", bytes: Buffer.from(text) });
  const typeOf = ({ contentType = "application/json" }: Side): string => contentType;
  const asked: ReadResult<RequestContent> = reader.readRequest({
    bytes: Buffer.from(request.text),
    contentType: typeOf(request),
    target,
  });
  const answered: ReadResult<ResponseContent> | undefined = isAnswered
    ? reader.readResponse({ bytes: Buffer.from(response.text), contentType: typeOf(response), target })
    : undefined;
  return {
    request: { content: contentOf(request), contentType: typeOf(request), result: asked },
    response: { content: contentOf(response), contentType: typeOf(response), result: answered },
    target,
    reader,
    prefersBodyModel: false,
  };
}

const split = (columns: readonly string[], data: readonly (readonly unknown[])[]): Side => ({
  text: JSON.stringify({ dataframe_split: { columns, data } }),
});
const predictions = (values: readonly unknown[]): Side => ({ text: JSON.stringify({ predictions: values }) });

describe("the record of an exchange", () => {
  it("holds the request, the response, the times and the reason for logging", () => {
    const drift = { state: "warn", features: ["age"] } as const;
    const made = builder(
      {},
      { driftOf: (model, version) => (model === "iris" && version === "1" ? drift : undefined) },
    );
    const bodies = bodiesOf(mlflow, split(["age", "job"], [[31.5, "cook"]]), predictions([1]));
    const draft = aDraft({ durationMs: 12.3456, target: "/invocations?key=secret", labelId: "order-1" });
    expect(made.recordOf(draft, bodies, 42)).toEqual({
      schema: 1,
      time: "2025-11-25T12:00:00.123000042Z",
      request_id: "3f1c9a52",
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      label_id: "order-1",
      instance: "pod-1",
      model: "iris",
      version: "1",
      variant: "stable",
      digest: "sha256:1",
      route: "inference",
      method: "POST",
      path: "/invocations",
      outcome: "ok",
      error_code: "",
      status: 200,
      latency_ms: { total: 12.346, first_byte: 11, upstream: 10, queue: 0 },
      bytes: { request: 100, response: 50 },
      retries: 0,
      sampling: { reason: "sample", probability: 0.01 },
      drift,
      rows: 1,
      features: [{ age: 31.5, job: "cook" }],
      prediction: [1],
    });
  });

  it("redacts the names of drifting features", () => {
    const drift = { state: "critical", features: ["age", "erika@example.org"] } as const;
    const made = builder({ patterns: ["email"] }, { driftOf: () => drift });
    for (let i = 0; i < 2; i++) {
      expect(made.recordOf(aDraft(), undefined, 0).drift).toEqual({ state: "critical", features: ["age", "***"] });
    }
  });

  it("holds the first rows of a batch and reports that there are more", () => {
    const bodies = bodiesOf(mlflow, split(["x"], [[1], [2], [3], [4], [5]]), predictions([1, 2, 3, 4, 5]));
    const record = builder().recordOf(aDraft(), bodies, 0);
    expect(record).toMatchObject({ rows: 5, features: [{ x: 1 }, { x: 2 }, { x: 3 }], prediction: [1, 2, 3] });
    expect(record.cut).toEqual(["rows"]);
  });

  it("keeps integers past 2^53, and names like __proto__", () => {
    const request = { text: '{"dataframe_split":{"columns":["__proto__","id"],"data":[[1,9007199254740993]]}}' };
    const record = builder().recordOf(aDraft(), bodiesOf(mlflow, request, predictions([null])), 0);
    expect(JSON.stringify(record.features)).toBe('[{"__proto__":1,"id":"9007199254740993"}]');
    expect(record.prediction).toEqual([null]);
  });

  it("gives the reason why there are no features or predictions", () => {
    const unread = bodiesOf(mlflow, { text: "not json" }, { text: "{}" });
    expect(builder().recordOf(aDraft(), unread, 0)).toMatchObject({
      rows: 0,
      unread: { request: "not_json", response: "unknown_shape" },
    });
    expect(builder().recordOf(aDraft(), undefined, 0).unread).toEqual({
      request: "not_captured",
      response: "not_captured",
    });
    const failed = bodiesOf(mlflow, split(["x"], [[1]]), { text: "an error" }, false);
    const record = builder().recordOf(aDraft({ outcome: "upstream_error" }), failed, 0);
    expect([record.features, record.unread]).toEqual([[{ x: 1 }], undefined]);
  });

  it("has bodies only when they are configured", () => {
    const bodies = bodiesOf(mlflow, split(["x"], [[1]]), predictions([1]));
    expect(builder().recordOf(aDraft(), bodies, 0)).not.toHaveProperty("request_body");
    expect(builder({}, { bodyBytes: 1000 }).recordOf(aDraft(), bodies, 0)).toMatchObject({
      request_body: { content_type: "application/json", text: split(["x"], [[1]]).text },
      response_body: { content_type: "application/json", text: '{"predictions":[1]}' },
    });
  });

  it("applies rules about headers to the identities from them, and patterns to methods", () => {
    const draft = { ...aDraft(), requestId: "joe", labelId: "ann", method: "4111111111111111" };
    const recordOf = (plan: Partial<RedactionPlan>): unknown =>
      builder(plan, { labelHeader: "x-user" }).recordOf(draft, undefined, 0);
    const drop = rules("header:x-user", "header:x-request-id");
    expect(recordOf({ drop })).not.toHaveProperty("label_id");
    expect(recordOf({ drop })).toHaveProperty("request_id", "");
    expect(recordOf({ hash: drop })).toMatchObject({ label_id: "hash:h(3)", request_id: "hash:h(3)" });
    expect(recordOf({ patterns: ["card"] })).toMatchObject({ label_id: "ann", request_id: "joe", method: "***" });
  });

  it("cuts texts whose length clients choose", () => {
    const long = "x".repeat(5000);
    const draft = aDraft({ requestId: long, target: `/${long}`, model: long, version: long, labelId: long });
    expect(JSON.stringify(builder().recordOf(draft, undefined, 0)).length).toBeLessThan(3500);
  });
});

describe("redaction of a record", () => {
  const secret = "Erika Mustermann";

  it("redacts features by name wherever the serving protocol has them", () => {
    const plan = { drop: rules("feature:name"), mask: rules("feature:phone"), hash: rules("feature:id") };
    const request = split(["name", "phone", "id", "age"], [[secret, "555-1234", 17, 31]]);
    const record = builder(plan, { bodyBytes: 1000 }).recordOf(
      aDraft(),
      bodiesOf(mlflow, request, predictions([1])),
      0,
    );
    expect(record.features).toEqual([{ phone: "***", id: expect.stringContaining("h(") as string, age: 31 }]);
    expect(JSON.stringify(record)).not.toMatch(/Erika|555-1234/);
  });

  it("redacts predictions by their name in the body, and all of them as `prediction`", () => {
    const outputs = [{ name: "diagnosis", shape: [1], datatype: "BYTES", data: ["malignant"] }];
    const request = { text: JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "FP64", data: [1] }] }) };
    const bodies = bodiesOf(kserve, request, { text: JSON.stringify({ outputs }) });
    for (const rule of ["feature:diagnosis", "feature:prediction", "pointer:/outputs/0/data/0"]) {
      const record = builder({ mask: rules(rule) }, { bodyBytes: 1000 }).recordOf(aDraft(), bodies, 0);
      expect(JSON.stringify(record), rule).not.toContain("malignant");
      expect(record.prediction, rule).toEqual(["***"]);
    }
  });

  it("redacts the features at the place of a pointer", () => {
    const request = {
      text: JSON.stringify({
        inputs: [
          { name: "who", shape: [1], datatype: "BYTES", data: [secret] },
          { name: "age", shape: [1], datatype: "INT64", data: [31] },
        ],
      }),
    };
    const response = { text: JSON.stringify({ outputs: [{ name: "y", shape: [1], datatype: "INT64", data: [1] }] }) };
    const plan = { mask: rules("pointer:/inputs/0/data/*") };
    const record = builder(plan, { bodyBytes: 1000 }).recordOf(aDraft(), bodiesOf(kserve, request, response), 0);
    expect(record.features).toEqual([{ who: "***", age: 31 }]);
    expect(JSON.stringify(record)).not.toContain("Erika");
  });

  it("gives no features of a body that pointers cannot be applied to", () => {
    const csv = { text: `name,age\n${secret},31\n`, contentType: "text/csv" };
    const plan = { mask: rules("pointer:/x") };
    const record = builder(plan, { bodyBytes: 1000 }).recordOf(aDraft(), bodiesOf(mlflow, csv, predictions([1])), 0);
    expect([record.features, record.unread]).toEqual([undefined, { request: "not_redactable" }]);
    expect(JSON.stringify(record)).not.toContain("Erika");
  });

  it("omits the response of a failed request where it may quote redacted values", () => {
    const request = split(["name"], [[secret]]);
    const error = { text: JSON.stringify({ message: `cannot convert '${secret}' to float` }) };
    const bodies = bodiesOf(mlflow, request, error, false);
    const draft = aDraft({ outcome: "client_error", status: 400 });
    const record = builder({ mask: rules("feature:name") }, { bodyBytes: 1000 }).recordOf(draft, bodies, 0);
    expect(record.response_body).toMatchObject({ omitted: "not_redactable" });
    expect(JSON.stringify(record)).not.toContain("Erika");
  });

  it("finds patterns in every text that a client can choose", () => {
    const made = builder({ patterns: ["card", "email", "bearer"] }, { bodyBytes: 4000 });
    const email = fc.stringMatching(/^[a-z]{3,10}[.][a-z]{3,8}@[a-z]{4,10}[.](com|org)$/);
    const places = ["id", "label", "path", "model", "header", "feature", "value", "answer", "type"] as const;
    fc.assert(
      fc.property(email, fc.constantFrom(...places), (planted, place) => {
        const at = (here: (typeof places)[number], otherwise: string): string => (place === here ? planted : otherwise);
        const request = {
          ...split([at("feature", "f")], [[at("value", "v")]]),
          contentType: at("type", "application/json"),
        };
        const draft = aDraft({
          requestId: at("id", "1"),
          labelId: at("label", "2"),
          target: `/v1/${at("path", "p")}`,
          model: at("model", "m"),
          headers: { "x-tenant": at("header", "h") },
        });
        const bodies = bodiesOf(mlflow, request, predictions([at("answer", "a")]));
        const text = JSON.stringify(made.recordOf(draft, bodies, 0));
        expect(text).not.toContain(planted);
        expect(text).toContain("***");
      }),
    );
  });
});
