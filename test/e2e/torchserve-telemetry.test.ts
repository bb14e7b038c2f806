/**
 * What Outrider reads of the free bodies that handlers of a real TorchServe take and give: features and predictions
 * where there are some, size and type of the rest, and the reason for what cannot be read, which is served all the same.
 */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DriftReport } from "../../src/drift/monitor/drift-report.ts";
import type { UnreadReason } from "../../src/payload/body-content.ts";
import { type Ask, postJson } from "./support/ask.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { startTorchServe, type TorchServe } from "./support/torchserve-server.ts";
import { untilAsync } from "../support/until.ts";

const target = "/predictions/echo";
const echo = (body: unknown): Ask => postJson(target, body);
const typed = (type: string, body: string | Uint8Array): Ask => ({ target, headers: [["Content-Type", type]], body });
const coded = (coding: string, body: Uint8Array): Ask => ({
  target,
  headers: [
    ["Content-Type", "application/json"],
    ["Content-Encoding", coding],
  ],
  body,
});

const customers = [
  { age: 41, city: "Oslo" },
  { age: 29, city: "Łódź" },
];
const json = Buffer.from(JSON.stringify(customers));
const png = pngOf(640, 480);
const form = formOf("cut", ["data", "cat"], ["weight", "4.5"], ["photo", png]);

/** What one exchange adds to the counters. */
interface Counted {
  /** Rows of features. */
  readonly rows: number;
  readonly predictions: number;
  /** Predictions without a value. */
  readonly empty?: number;
  /** Predictions of these classes. */
  readonly classes?: Readonly<Record<string, number>>;
  readonly confidence?: number;
}

describeWith("what Outrider reads of a real TorchServe", findInstalled("torchserve"), (installation) => {
  const folder = scratchFolder("torchserve-telemetry");
  let torchserve: TorchServe;
  let entry: string;
  const sidecars: Outrider[] = [];

  beforeAll(async () => {
    entry = await buildOutrider(folder);
    torchserve = await startTorchServe(installation, folder);
  });

  afterAll(async () => {
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
    await torchserve?.stop();
  });

  async function start(...more: readonly string[]): Promise<Outrider> {
    // Whatever the machine does beside: every body is read.
    const args = ["--reading-cpu", "1", ...more];
    const outrider = await startOutrider({ entry, folder, upstreamPort: torchserve.port, args });
    sidecars.push(outrider);
    return outrider;
  }

  describe("in numbers", () => {
    let outrider: Outrider;
    let exchanges = 0;
    beforeAll(async () => {
      outrider = await start();
    });

    const metric = async (name: string, labels?: Readonly<Record<string, string>>): Promise<number> =>
      (await outrider.metric(name, labels)) ?? 0;

    const bodies = async (side: string): Promise<number> =>
      (await metric("outrider_bodies_read_total", { side })) + (await metric("outrider_bodies_unread_total", { side }));

    /** Sends it, with and without Outrider, and waits until what passed was looked at. */
    async function pass(ask: Ask): Promise<void> {
      const answer = await expectSameAnswer({ direct: torchserve.port, via: outrider.port }, ask);
      expect(answer.status).toBe(200);
      exchanges++;
      await untilAsync(async () => (await bodies("response")) === exchanges, `${exchanges} answers to be looked at`);
      expect(await bodies("request")).toBe(exchanges);
    }

    async function count(classes: readonly string[]): Promise<Counted> {
      const ofClasses = classes.map(
        async (name) => [name, await metric("outrider_prediction_classes_total", { class: name })] as const,
      );
      return {
        rows: await metric("outrider_feature_rows_total"),
        predictions: await metric("outrider_predictions_total"),
        empty: await metric("outrider_predictions_without_value_total"),
        classes: Object.fromEntries(await Promise.all(ofClasses)),
        confidence: await metric("outrider_prediction_confidence_sum"),
      };
    }

    it.each<[string, Ask, Counted]>([
      [
        "lists of numbers",
        echo([
          [1, 2.5, 3],
          [4, 5, 6],
        ]),
        { rows: 2, predictions: 2, empty: 2 },
      ],
      ["probabilities", echo([0.125, 0.125, 0.75]), { rows: 3, predictions: 1, classes: { "2": 1 }, confidence: 0.75 }],
      ["dictionaries", echo({ data: customers }), { rows: 2, predictions: 2, empty: 2 }],
      [
        "the best few labels",
        echo({ tabby: 0.5, tiger: 0.25 }),
        { rows: 1, predictions: 1, classes: { tabby: 1 }, confidence: 0.5 },
      ],
      [
        "a label and how sure the model is",
        echo({ label: "cat", probability: 0.875 }),
        { rows: 1, predictions: 1, classes: { cat: 1 }, confidence: 0.875 },
      ],
      ["a number", echo(7), { rows: 1, predictions: 1, classes: { "7": 1 } }],
      [
        "JSON that says it is something else",
        typed("application/octet-stream", json),
        { rows: 2, predictions: 2, empty: 2 },
      ],
      ["text", typed("text/plain", "a cat"), { rows: 1, predictions: 1, classes: { "a cat": 1 } }],
      [
        "a form, one part of which is answered",
        typed("multipart/form-data; boundary=cut", form),
        { rows: 1, predictions: 1, classes: { cat: 1 } },
      ],
      ["an image", typed("image/png", png), { rows: 1, predictions: 0 }],
      [
        "bytes without a type",
        { target, body: Uint8Array.from({ length: 256 }, (_, byte) => 255 - byte) },
        { rows: 1, predictions: 0 },
      ],
      [
        "the form of KServe v1",
        postJson("/v1/models/echo:predict", { instances: [[1, 2]] }),
        { rows: 1, predictions: 1, empty: 1 },
      ],
      [
        "chunks",
        postJson("/predictions/streamer", { chunks: 2 }),
        { rows: 1, predictions: 1, classes: { "chunk 0 last chunk": 1 } },
      ],
      ["a request in gzip", coded("gzip", gzipSync(json)), { rows: 2, predictions: 0 }],
      ["a request in deflate", coded("deflate", deflateSync(json)), { rows: 2, predictions: 0 }],
      ["a request in br", coded("br", brotliCompressSync(json)), { rows: 2, predictions: 0 }],
      ["a request in zstd", coded("zstd", zstdCompressSync(json)), { rows: 2, predictions: 0 }],
    ])("%s", async (_name, ask, added) => {
      const { rows, predictions, empty = 0, classes = {}, confidence = 0 } = added;
      const before = await count(Object.keys(classes));
      await pass(ask);
      const sum = (key: "empty" | "confidence", more: number): number => (before[key] ?? 0) + more;
      expect(await count(Object.keys(classes))).toEqual({
        rows: before.rows + rows,
        predictions: before.predictions + predictions,
        empty: sum("empty", empty),
        classes: Object.fromEntries(
          Object.entries(classes).map(([name, many]) => [name, (before.classes?.[name] ?? 0) + many]),
        ),
        confidence: sum("confidence", confidence),
      });
      expect(await metric("outrider_bodies_unread_total")).toBe(0);
    });

    it.each<[string, Ask, Readonly<Partial<Record<"request" | "response", UnreadReason>>>]>([
      ["nothing", { target, body: "" }, { request: "empty", response: "empty" }],
      ["lines of values", typed("text/csv", "a,b\n1,2\n"), { request: "unsupported_content_type" }],
      [
        "a hundred lists in each other",
        typed("application/octet-stream", "[".repeat(100) + "]".repeat(100)),
        { request: "too_deep", response: "too_deep" },
      ],
      [
        "10,001 rows",
        echo(Array.from({ length: 10_001 }, () => 1)),
        { request: "too_many_rows", response: "too_many_rows" },
      ],
      [
        "more than is kept",
        { target, body: Buffer.alloc(300_000, "y") },
        { request: "truncated", response: "truncated" },
      ],
      ["what only claims to be gzip", coded("gzip", json), { request: "bad_encoding" }],
      ["an unknown coding", coded("compress", json), { request: "unsupported_encoding" }],
      ["5 MB in 5 KB", coded("gzip", gzipSync(Buffer.alloc(5_000_000))), { request: "decoded_too_large" }],
      [
        "a form with another boundary than it says",
        typed("multipart/form-data; boundary=other", form),
        { request: "bad_multipart", response: "empty" },
      ],
    ])("and why there are none in %s", async (_name, ask, reasons) => {
      const sides = ["request", "response"] as const;
      const unread = (side: keyof typeof reasons): Promise<number> =>
        metric("outrider_bodies_unread_total", { side, reason: reasons[side] ?? "" });
      const before = await Promise.all(sides.map(unread));
      const all = await metric("outrider_bodies_unread_total");
      await pass(ask);
      const more = sides.map((side) => (reasons[side] === undefined ? 0 : 1));
      expect(await Promise.all(sides.map(unread))).toEqual(before.map((counted, side) => counted + (more[side] ?? 0)));
      expect(await metric("outrider_bodies_unread_total")).toBe(all + more.filter(Boolean).length);
    });

    it("nothing of what the handler refuses", async () => {
      const offered = await metric("outrider_reading_offered_total");
      const ports = { direct: torchserve.port, via: outrider.port };
      expect((await expectSameAnswer(ports, echo({ status: 503 }))).status).toBe(503);
      expect((await expectSameAnswer(ports, postJson("/predictions/unknown", {}))).status).toBe(404);
      expect(await metric("outrider_reading_offered_total")).toBe(offered);
    });
  });

  it("by names: a baseline learned of all kinds has what each of them gave", async () => {
    const outrider = await start("--drift-learn-requests", "100");
    const kinds = [
      echo(customers),
      echo([[1, 2]]),
      typed("image/png", png),
      typed("multipart/form-data; boundary=cut", form),
    ];
    for (let sent = 0; sent < 100; sent++) {
      const { headers = [], body = "" } = kinds[sent % kinds.length] ?? expect.fail("no kind");
      const url = `http://127.0.0.1:${outrider.port}${target}`;
      const response = await fetch(url, { method: "POST", headers: headers.map(([...field]) => field), body });
      expect([response.status, (await response.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    }
    let report: DriftReport | undefined;
    await untilAsync(async () => {
      const { body } = await outrider.admin("/drift");
      [report] = (JSON.parse(body) as { readonly reports: readonly DriftReport[] }).reports;
      return report !== undefined && report.baseline !== null;
    }, "the baseline to be learned");
    const found = (report?.targets ?? []).filter(({ kind }) => kind === "feature");
    expect(Object.fromEntries(found.map(({ name, type }) => [name, type]))).toEqual({
      age: "numeric",
      city: "categorical",
      "0": "numeric",
      "1": "numeric",
      "body.bytes": "numeric",
      "body.type": "categorical",
      data: "categorical",
      weight: "numeric",
      "photo.bytes": "numeric",
      "photo.type": "categorical",
    });
  });
});

/** The first bytes of an image, and more that is not looked at. */
function pngOf(width: number, height: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "latin1"), size, Buffer.alloc(100, 7)]);
}

/** A form of these parts; one with bytes is a file. */
function formOf(boundary: string, ...parts: readonly (readonly [name: string, value: string | Uint8Array])[]): Buffer {
  const pieces = parts.flatMap(([name, value]) => {
    const file = typeof value === "string" ? "" : `; filename="${name}.png"\r\nContent-Type: image/png`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(value), Buffer.from("\r\n")];
  });
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}
