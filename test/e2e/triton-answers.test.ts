/** What a real Triton answers arrives unchanged: JSON, binary tensors, compressed answers, streams. */
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { connectRaw } from "../support/raw-client.ts";
import type { Field } from "../support/strict/strict-message.ts";
import { headerOf, type StrictResponse } from "../support/strict/strict-responses.ts";
import { type Ask, type BothPorts, postJson, requestBytes } from "./support/ask.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import {
  askWithTensor,
  count,
  identity,
  lengthPrefixed,
  moody,
  numbers,
  tensorBytes,
  texts,
} from "./support/triton-asks.ts";
import { tritonBehindOutrider } from "./support/triton-behind-outrider.ts";
import { untilAsync } from "../support/until.ts";

describeWith("a real Triton", findInstalled("triton"), (installation) => {
  const servers = tritonBehindOutrider(installation, scratchFolder("triton-answers"));
  let ports: BothPorts;
  beforeAll(() => {
    ports = servers().ports;
  });

  describe("answers the same with and without Outrider", () => {
    it.each<[string, Ask]>([
      ["numbers as JSON", postJson(identity, numbers([1, 2.5, -0.1, 3.4e38]))],
      ["a version in the path", postJson("/v2/models/identity/versions/1/infer", numbers([1]))],
      ["text as JSON", postJson("/v2/models/reverse/infer", texts(["abc", "été", "1 < 2 & 3"]))],
      ["a generate request", postJson("/v2/models/moody/generate", { SLEEP_MS: 1 })],
      [
        "300,000 numbers as JSON",
        postJson(identity, numbers(Array.from({ length: 300_000 }, (_, index) => index / 7))),
      ],
      ["the server's metadata", { target: "/v2" }],
      ["a model's metadata", { target: "/v2/models/identity" }],
      ["the server's readiness", { target: "/v2/health/ready" }],
      ["the server's liveness", { target: "/v2/health/live" }],
      ["a model's readiness", { target: "/v2/models/identity/ready" }],
    ])("%s", async (_name, ask) => {
      expect((await expectSameAnswer(ports, ask)).status).toBe(200);
    });

    it.each<[string, number, Ask]>([
      ["an unknown model", 404, postJson("/v2/models/unknown/infer", numbers([1]))],
      ["malformed JSON", 500, { target: identity, body: "{bad" }],
      [
        "a shape that is not the data's",
        500,
        postJson(identity, { inputs: [{ name: "INPUT0", shape: [9], datatype: "FP32", data: [1] }] }),
      ],
      ["a model that fails", 500, moody(-1)],
      [
        "an unknown content coding",
        501,
        { ...postJson(identity, numbers([1])), headers: [["Content-Encoding", "br"]] },
      ],
    ])("the error for %s", async (_name, status, ask) => {
      expect((await expectSameAnswer(ports, ask)).status).toBe(status);
    });
  });

  describe("takes and gives binary tensors, byte for byte", () => {
    it("little-endian numbers, with every bit pattern of a float's upper half", async () => {
      const data = new Uint8Array(65_536 * 4);
      for (let index = 0; index < 65_536; index++) new DataView(data.buffer).setUint16(index * 4 + 2, index, true);
      const answer = await expectSameAnswer(
        ports,
        askWithTensor({ model: "identity", name: "INPUT0", datatype: "FP32", shape: [65_536], data }),
      );
      expect(tensorBytes(answer).equals(data)).toBe(true);
    });

    it("byte strings, the empty one and bytes that are not text included", async () => {
      const elements = [Buffer.from("abc"), Buffer.alloc(0), Buffer.from([0x00, 0xff, 0x80])];
      const data = Buffer.concat(elements.map(lengthPrefixed));
      const answer = await expectSameAnswer(
        ports,
        askWithTensor({ model: "reverse", name: "TEXT", datatype: "BYTES", shape: [3], data }),
      );
      expect(tensorBytes(answer)).toEqual(
        Buffer.concat(elements.map((element) => lengthPrefixed(element.toReversed()))),
      );
    });

    it("a raw request: no JSON at all", async () => {
      const data = Buffer.from(new Float32Array([1, 2, 3]).buffer);
      const headers: Field[] = [
        ["Inference-Header-Content-Length", "0"],
        ["Content-Type", "application/octet-stream"],
      ];
      const answer = await expectSameAnswer(ports, { target: identity, headers, body: data });
      expect(tensorBytes(answer).equals(data)).toBe(true);
    });

    it("16 MB there and back", async () => {
      const data = Buffer.alloc(16_000_000, "0123456789abcdef");
      const answer = await expectSameAnswer(
        ports,
        askWithTensor({ model: "identity", name: "INPUT0", datatype: "FP32", shape: [4_000_000], data }),
      );
      expect(tensorBytes(answer).equals(data)).toBe(true);
    });

    it("a header length past the end: the server's own error", async () => {
      const headers: Field[] = [["Inference-Header-Content-Length", "999"]];
      expect((await expectSameAnswer(ports, { target: identity, headers, body: "{}" })).status).toBe(400);
    });
  });

  describe("compresses its answers when asked", () => {
    it.each(["gzip", "deflate"])("and %s passes as it is", async (coding) => {
      const ask = postJson(identity, numbers(Array.from({ length: 1_000 }, () => 7)));
      const headers: Field[] = [...(ask.headers ?? []), ["Accept-Encoding", coding]];
      const answer = await expectSameAnswer(ports, { ...ask, headers });
      expect(headerOf(answer, "content-encoding")).toBe(coding);
      if (coding === "gzip") expect(JSON.parse(gunzipSync(answer.body).toString())).toHaveProperty("outputs");
    });

    it("and nothing is compressed when not asked: Outrider adds no Accept-Encoding", async () => {
      const answer = await expectSameAnswer(ports, postJson(identity, numbers([1])));
      expect(headerOf(answer, "content-encoding")).toBeUndefined();
    });

    it("and a compressed request passes as it is", async () => {
      const headers: Field[] = [["Content-Encoding", "gzip"]];
      const body = gzipSync(JSON.stringify(numbers([1, 2, 3])));
      expect((await expectSameAnswer(ports, { target: identity, headers, body })).status).toBe(200);
    });
  });

  describe("reads bodies of more than 65,536 pieces", () => {
    const pieces = 65_600;

    it("as chunks: Outrider passes them on, and the answer is the same", async () => {
      const answers: StrictResponse[] = [];
      for (const port of [ports.direct, ports.via]) answers.push(await askInChunks(port, 70_000));
      expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    });

    it("with a length: Outrider keeps the Content-Length of a body that comes in small pieces", async () => {
      const ask = postJson(identity, numbers([1, 2, 3]));
      const padded = { ...ask, body: String(ask.body).padEnd(pieces) };
      const bytes = requestBytes(padded);
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      const slice = 64;
      for (let at = 0; at < bytes.length; at += slice) client.send(bytes.subarray(at, at + slice));
      expect((await client.response(1, [], 30_000)).status).toBe(200);
      client.close();
    });
  });

  async function askInChunks(port: number, chunks: number): Promise<StrictResponse> {
    const client = await connectRaw({ host: "127.0.0.1", port });
    const json = JSON.stringify(numbers([1])).padEnd(chunks);
    client.send(`POST ${identity} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    client.send(`${Array.from(json, (character) => `1\r\n${character}\r\n`).join("")}0\r\n\r\n`);
    const answer = await client.response(1, [], 30_000);
    client.close();
    return answer;
  }

  describe("streams", () => {
    it("server-sent events, each as it comes", async () => {
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      client.send(requestBytes(count({ COUNT: 5, PAUSE_MS: 200 })));
      await client.received('"NUMBER":0');
      expect(client.bytes().toString()).not.toContain('"NUMBER":4');
      const answer = await client.response();
      expect(answer.body.toString().match(/^data: /gm)).toHaveLength(5);
      client.close();
    });

    it.each<[string, number, Ask]>([
      ["a whole stream", 200, count({ COUNT: 20 })],
      ["an error in the middle, inside a 200", 200, count({ COUNT: 3, FAIL_AT: 1 })],
      ["an error at the start, whose status is the answer's", 400, count({ COUNT: 3, FAIL_AT: 0 })],
      ["an error before the stream, as plain JSON", 400, count({ NOT_AN_INPUT: 1 })],
    ])("the same with and without Outrider: %s", async (_name, status, ask) => {
      expect((await expectSameAnswer(ports, ask)).status).toBe(status);
    });

    it("and what a client leaves behind does not reach the next", async () => {
      const client = await connectRaw({ host: "127.0.0.1", port: ports.via });
      client.send(requestBytes(count({ COUNT: 20, PAUSE_MS: 50 })));
      await client.received('"NUMBER":0');
      client.reset();
      await expectSameAnswer(ports, postJson(identity, numbers([1])));
      const left = { model: "counter", outcome: "client_abort" };
      const { metric } = servers().outrider;
      await untilAsync(async () => (await metric("outrider_requests_total", left)) === 1, "the abort to be counted");
    });
  });
});
