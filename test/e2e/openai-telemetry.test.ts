/** What Outrider reads of an OpenAI-compatible server, played by a stand-in, whatever coding its answers come in. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ask, type BothPorts, postJson } from "./support/ask.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import {
  type StandInAnswer,
  type StandInRequest,
  startStandIn,
  type StandInServer,
} from "./support/stand-in-server.ts";
import { untilAsync } from "../support/until.ts";

const encoders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};

/** What the stand-in looks at in a request. */
interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly n?: number;
  readonly max_tokens?: number;
  readonly messages?: readonly { readonly content: string }[];
}

/** Answers as vLLM does: one token a word of the prompt, `max_tokens` of them for each of `n` choices. */
function answerAsVllm({ method, target, headers, body }: StandInRequest): StandInAnswer {
  if (method === "GET" && target === "/health") return { headers: { "content-type": "text/plain" }, body: "" };
  if (method === "GET") return { body: JSON.stringify({ object: "list", data: [{ id: "llama", object: "model" }] }) };
  const answer = chatAnswer(JSON.parse(body.toString()) as ChatRequest);
  const coding = headers["accept-encoding"]?.toString() ?? "";
  const encode = encoders[coding];
  if (encode === undefined || answer.status !== undefined) return answer;
  return { headers: { "content-encoding": coding }, body: encode(Buffer.from(answer.body)) };
}

function chatAnswer(request: ChatRequest): StandInAnswer {
  if (request.model !== "llama") return { status: 404, body: '{"error":{"message":"no such model","code":404}}' };
  if (request.stream === true) return { headers: { "content-type": "text/event-stream" }, body: "data: [DONE]\n\n" };
  const { n = 1, max_tokens: most = 16 } = request;
  const prompt = (request.messages ?? []).flatMap(({ content }) => content.split(" ")).length;
  const finish = most < 16 ? "length" : "stop";
  const choices = Array.from({ length: n }, (_, index) => ({
    index,
    message: { role: "assistant", content: "w ".repeat(most) },
    finish_reason: finish,
  }));
  const usage = { prompt_tokens: prompt, completion_tokens: n * most, total_tokens: prompt + n * most };
  return { body: JSON.stringify({ object: "chat.completion", model: "llama", choices, usage }) };
}

const chat = (request: Partial<ChatRequest>, coding?: string): Ask => {
  const ask = postJson("/v1/chat/completions", {
    messages: [{ role: "user", content: "how many words are these" }],
    model: "llama",
    ...request,
  });
  return coding === undefined ? ask : { ...ask, headers: [...(ask.headers ?? []), ["Accept-Encoding", coding]] };
};

describe("what Outrider reads of a stand-in for an OpenAI-compatible server", () => {
  const folder = scratchFolder("openai-telemetry");
  let server: StandInServer;
  let outrider: Outrider;
  let ports: BothPorts;

  beforeAll(async () => {
    const entry = await buildOutrider(folder);
    server = await startStandIn(answerAsVllm);
    const args = ["--protocol", "openai", "--reading-cpu", "1"];
    outrider = await startOutrider({ entry, folder, upstreamPort: server.port, args });
    ports = { direct: server.port, via: outrider.port };
  });

  afterAll(async () => {
    await outrider?.stop();
    await server?.stop();
  });

  const model = { model: "llama" };
  const metric = async (name: string, labels?: Readonly<Record<string, string>>): Promise<number> =>
    (await outrider.metric(name, labels)) ?? 0;

  const totals = async (): Promise<Readonly<Record<string, number>>> => ({
    read: await metric("outrider_bodies_read_total", { side: "response" }),
    prompt: await metric("outrider_tokens_total", { ...model, kind: "prompt" }),
    completion: await metric("outrider_tokens_total", { ...model, kind: "completion" }),
    stop: await metric("outrider_finish_reasons_total", { ...model, reason: "stop" }),
    length: await metric("outrider_finish_reasons_total", { ...model, reason: "length" }),
  });

  it.each<[string, Ask, Readonly<Record<string, number>>]>([
    ["a chat that ended by itself", chat({}), { prompt: 5, completion: 16, stop: 1 }],
    ["one that was cut", chat({ max_tokens: 3 }), { prompt: 5, completion: 3, length: 1 }],
    ["one with four choices", chat({ n: 4 }), { prompt: 5, completion: 64, stop: 4 }],
    ["one that comes in gzip", chat({}, "gzip"), { prompt: 5, completion: 16, stop: 1 }],
    ["one that comes in deflate", chat({}, "deflate"), { prompt: 5, completion: 16, stop: 1 }],
    ["one that comes in br", chat({}, "br"), { prompt: 5, completion: 16, stop: 1 }],
    ["one that comes in zstd", chat({}, "zstd"), { prompt: 5, completion: 16, stop: 1 }],
    [
      "a long one that comes in br",
      chat({ n: 100, max_tokens: 900 }, "br"),
      { prompt: 5, completion: 90_000, stop: 100 },
    ],
  ])("counts the tokens and the end of %s, under the model that its body names", async (_name, ask, added) => {
    const before = await totals();
    expect((await expectSameAnswer(ports, ask)).status).toBe(200);
    await untilAsync(async () => (await totals())["read"] === (before["read"] ?? 0) + 1, "the answer to be read");
    const wanted = Object.entries(before).map(([key, value]) => [
      key,
      value + (key === "read" ? 1 : (added[key] ?? 0)),
    ]);
    expect(await totals()).toEqual(Object.fromEntries(wanted));
    expect(await metric("outrider_bodies_unread_total")).toBe(0);
  });

  it("has neither features nor predictions, and no series for the model of a refused request", async () => {
    const offered = await metric("outrider_reading_offered_total");
    expect((await expectSameAnswer(ports, chat({ model: "made-up" }))).status).toBe(404);
    expect((await expectSameAnswer(ports, chat({ stream: true }))).status).toBe(200);
    expect(await metric("outrider_reading_offered_total"), "neither errors nor streams").toBe(offered);
    expect(await outrider.metric("outrider_tokens_total", { model: "made-up" })).toBeUndefined();
    expect(await metric("outrider_feature_rows_total")).toBe(0);
    expect(await metric("outrider_predictions_total")).toBe(0);
    expect(JSON.parse((await outrider.admin("/drift")).body)).toEqual({ reports: [] });
  });
});
