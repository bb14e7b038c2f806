import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOpenaiReader } from "../../../src/protocols/openai/reader.ts";
import type { DecodedBody, ReadResult } from "../../../src/payload/body-content.ts";

const reader = createOpenaiReader({ limits: { rows: 100, columns: 20, depth: 16 } });

function bodyOf(value: unknown, contentType = "application/json"): DecodedBody {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { bytes: new TextEncoder().encode(text), contentType, target: "/v1/chat/completions" };
}

const read = <Value>(result: ReadResult<Value>): Value | string =>
  result.kind === "read" ? result.value : result.reason;

const answer = (value: unknown, contentType?: string): unknown => read(reader.readResponse(bodyOf(value, contentType)));

describe("responses from the servers' documents", () => {
  const nothing = { version: "", ids: [] };

  it("reads a chat", () => {
    const chat = {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "meta-llama/Llama-3.1-8B",
      choices: [
        { index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" },
        { index: 1, message: { role: "assistant", content: "ho" }, finish_reason: "length" },
      ],
      usage: { prompt_tokens: 9, total_tokens: 21, completion_tokens: 12, prompt_tokens_details: null },
    };
    expect(answer(chat)).toEqual({
      ...nothing,
      model: "meta-llama/Llama-3.1-8B",
      usage: { promptTokens: 9, completionTokens: 12, finishReasons: ["stop", "length"] },
    });
  });

  it("reads embeddings", () => {
    const embeddings = {
      object: "list",
      data: [{ object: "embedding", embedding: [0.1, 0.2], index: 0 }],
      model: "e5",
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    expect(answer(embeddings)).toEqual({
      ...nothing,
      model: "e5",
      usage: { promptTokens: 8, completionTokens: 0, finishReasons: [] },
    });
  });

  it("reads a message of /v1/messages", () => {
    const message = {
      type: "message",
      model: "m",
      stop_reason: "end_turn",
      usage: { input_tokens: 10, output_tokens: 20 },
    };
    expect(answer(message)).toMatchObject({
      usage: { promptTokens: 10, completionTokens: 20, finishReasons: ["end_turn"] },
    });
  });

  it("reads a response of /v1/responses", () => {
    const response = {
      object: "response",
      status: "incomplete",
      model: "m",
      usage: { input_tokens: 1, output_tokens: 2 },
    };
    expect(answer(response)).toMatchObject({
      usage: { promptTokens: 1, completionTokens: 2, finishReasons: ["incomplete"] },
    });
  });
});

describe("responses", () => {
  it.each([
    ["no usage", {}],
    ["null", { usage: null }],
    ["text", { usage: "9" }],
    ["an empty object", { usage: {} }],
    ["negative tokens", { usage: { prompt_tokens: -1 } }],
    ["half a token", { usage: { prompt_tokens: 0.5 } }],
    ["1e308 tokens", { usage: { completion_tokens: 1e308 } }],
    ["tokens in words", { usage: { prompt_tokens: "9" } }],
  ])("has no usage where the answer has %s", (_, more) => {
    expect(answer({ model: "m", choices: [{ finish_reason: "stop" }], ...more })).toEqual({
      model: "m",
      version: "",
      ids: [],
    });
  });

  it("does not take 2^63 for a number of tokens", () => {
    expect(answer('{"usage":{"prompt_tokens":9223372036854775808,"completion_tokens":1}}')).toMatchObject({
      usage: { promptTokens: 0, completionTokens: 1 },
    });
  });

  it("leaves out reasons that are not given, cuts long ones and keeps 128", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    const choices = [{ finish_reason: null }, {}, 5, { finish_reason: "x".repeat(1000) }];
    expect(answer({ usage, choices })).toMatchObject({ usage: { finishReasons: ["x".repeat(256)] } });
    const many = Array.from({ length: 1000 }, () => ({ finish_reason: "stop" }));
    expect(answer({ usage, choices: many })).toMatchObject({ usage: { finishReasons: { length: 128 } } });
    expect(answer({ usage, choices: "stop" })).toMatchObject({ usage: { finishReasons: [] } });
  });

  it("makes the model fit for a label", () => {
    expect(answer({ model: "a\nb" })).toMatchObject({ model: "a_b" });
    expect(answer({ model: 5 })).toMatchObject({ model: "" });
    expect(answer('{"__proto__":{"model":"m"}}')).toMatchObject({ model: "" });
  });

  it.each([
    ["unsupported_content_type", "data: {}\n\n", "text/event-stream; charset=utf-8"],
    ["empty", "", "application/json"],
    ["not_json", '{"usage":{"prompt_tokens":9', "application/json"],
    ["unknown_shape", "[]", "application/json"],
    ["too_deep", `{"a":${"[".repeat(20)}${"]".repeat(20)}}`, "application/json"],
  ])("is unread as %s", (reason, text, contentType) => {
    expect(answer(text, contentType)).toBe(reason);
  });

  it("has an answer for every body", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(answer(text)).toBeDefined();
        expect(read(reader.readRequest(bodyOf(text)))).toBeDefined();
      }),
    );
  });
});

describe("requests", () => {
  const request = (value: unknown, contentType?: string): unknown =>
    read(reader.readRequest(bodyOf(value, contentType)));

  it("finds the model and no features", () => {
    const chat = { messages: [{ role: "user", content: '{"model":"x"}' }], model: "llama", temperature: 0.5 };
    expect(request(chat)).toEqual({ model: "llama", version: "", ids: [], droppedColumns: 0 });
    expect(request({ prompt: "a" })).toMatchObject({ model: "" });
  });

  it("reads no audio and nothing from nothing", () => {
    expect(request("--b\r\n", "multipart/form-data; boundary=b")).toBe("unsupported_content_type");
    expect(request("", "application/json")).toBe("empty");
  });
});
