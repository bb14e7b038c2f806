/**
 * What Outrider reads of the bodies that pass to a real Triton and back, as JSON and in the binary tensor extension: the
 * counters say what was sent, and the same values in either form are the same to drift.
 */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DriftReport, TargetReport } from "../../src/drift/monitor/drift-report.ts";
import { type Ask, jsonFields, postJson } from "./support/ask.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { expectSameAnswer } from "./support/same-answer.ts";
import { type Customer, scorerBinary, scorerFeatures, scorerJson, scorerMixed } from "./support/scorer-asks.ts";
import { scratchFolder } from "./support/scratch-folder.ts";
import { startTriton, type Triton } from "./support/triton-server.ts";
import { askWithTensor, count, identity, lengthPrefixed, numbers, texts } from "./support/triton-asks.ts";
import { untilAsync } from "../support/until.ts";

const cities = ["Oslo", "Rom", "Łódź", "Reykjavík", ""] as const;

/** Tenths and thirds are other numbers in 32 bits than in 64; the last visits are past 2^31. */
const customers: readonly Customer[] = Array.from({ length: 20 }, (_, index) => ({
  city: cities[index % cities.length] ?? "",
  income: index % 4 === 3 ? index / 3 : (index % 7) / 10,
  visits: index < 18 ? index : index + 2 ** 40,
  isNew: index % 3 === 0,
  distance: index / 7,
  ratings: [index % 5, 255, (index * 13) % 256],
}));

/** Classes of test/e2e/models/triton/scorer/classes.txt, in their order. */
const classes = ["leaves", "stays", "returns"] as const;
const classOf = ({ visits }: Customer): string => classes[visits % classes.length] ?? "";

describeWith("what Outrider reads of a real Triton", findInstalled("triton"), (installation) => {
  const folder = scratchFolder("triton-telemetry");
  let triton: Triton;
  let entry: string;
  const sidecars: Outrider[] = [];

  beforeAll(async () => {
    entry = await buildOutrider(folder);
    triton = await startTriton(installation, folder);
  });

  afterAll(async () => {
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
    await triton?.stop();
  });

  async function start(...more: readonly string[]): Promise<Outrider> {
    // Whatever the machine does beside: every body is read.
    const args = ["--reading-cpu", "1", "--drift-learn-requests", "100", ...more];
    const outrider = await startOutrider({ entry, folder, upstreamPort: triton.port, args });
    sidecars.push(outrider);
    return outrider;
  }

  async function ask(outrider: Outrider, question: Ask): Promise<void> {
    await expectSameAnswer({ direct: triton.port, via: outrider.port }, question);
  }

  describe("in numbers", () => {
    let outrider: Outrider;
    let bodies = 0;
    beforeAll(async () => {
      outrider = await start();
    });

    const metric = async (name: string, labels?: Readonly<Record<string, string>>): Promise<number> =>
      (await outrider.metric(name, labels)) ?? 0;

    async function untilRead(more: number): Promise<void> {
      bodies += more;
      await untilAsync(
        async () => (await metric("outrider_bodies_read_total", { side: "response" })) >= bodies,
        `${bodies} answers to be read`,
      );
      expect(await metric("outrider_bodies_read_total", { side: "request" })).toBe(bodies);
      expect(await metric("outrider_bodies_read_total", { side: "response" })).toBe(bodies);
      expect(await metric("outrider_bodies_unread_total")).toBe(0);
      expect(await metric("outrider_reading_dropped_total")).toBe(0);
    }

    it.each<[string, (rows: readonly Customer[]) => Ask]>([
      ["JSON", (rows) => scorerJson(rows)],
      ["binary, at offsets that fit no number", (rows) => scorerBinary(rows)],
      [
        "half of each, with half precision",
        (rows) =>
          scorerMixed(
            rows,
            rows.map((_, index) => index / 4),
          ),
      ],
      ["JSON with an answer in gzip", (rows) => scorerJson(rows, { headers: [["Accept-Encoding", "gzip"]] })],
      ["binary with an answer in gzip", (rows) => scorerBinary(rows, { headers: [["Accept-Encoding", "gzip"]] })],
      ["binary with an answer in deflate", (rows) => scorerBinary(rows, { headers: [["Accept-Encoding", "deflate"]] })],
      ["JSON in gzip", (rows) => compressed(scorerJson(rows))],
      ["classes, ranked, as JSON", (rows) => scorerJson(rows, { outputs: [ranked(3)] })],
      ["classes, ranked, in binary", (rows) => scorerBinary(rows, { outputs: [ranked(3)] })],
      ["the best class alone", (rows) => scorerJson(rows, { outputs: [ranked(1)] })],
    ])("rows and predictions of a request as %s", async (_name, question) => {
      const scorer = { model: "scorer" };
      const rows = customers.slice(2, 9);
      const before = {
        rows: await metric("outrider_feature_rows_total", scorer),
        predictions: await metric("outrider_predictions_total", scorer),
        sure: await metric("outrider_prediction_confidence_count", scorer),
        sureness: await metric("outrider_prediction_confidence_sum", scorer),
        classes: await Promise.all(classes.map((name) => metric("outrider_prediction_classes_total", { class: name }))),
      };
      await ask(outrider, question(rows));
      await untilRead(1);
      expect(await metric("outrider_feature_rows_total", scorer)).toBe(before.rows + rows.length);
      expect(await metric("outrider_predictions_total", scorer)).toBe(before.predictions + rows.length);
      expect(await metric("outrider_prediction_confidence_count", scorer)).toBe(before.sure + rows.length);
      expect(await metric("outrider_prediction_confidence_sum", scorer)).toBe(before.sureness + rows.length * 0.75);
      for (const [index, name] of classes.entries()) {
        const answered = rows.filter((row) => classOf(row) === name).length;
        const counted = await metric("outrider_prediction_classes_total", { ...scorer, class: name });
        expect([name, counted]).toEqual([name, (before.classes[index] ?? 0) + answered]);
      }
    });

    it("nothing of what is refused, and nothing of a stream", async () => {
      const offered = await metric("outrider_reading_offered_total");
      await ask(outrider, { target: identity, headers: jsonFields, body: "{bad" });
      const misshaped = { name: "INPUT0", shape: [9], datatype: "FP32", data: [1] };
      await ask(outrider, postJson(identity, { inputs: [misshaped] }));
      await ask(outrider, postJson("/v2/models/scorer/infer", numbers([1])));
      await ask(outrider, { ...askWithTensor(tensorOf(3)), body: Buffer.from("{}") });
      await ask(outrider, count({ COUNT: 2 }));
      expect(await metric("outrider_reading_offered_total")).toBe(offered);
      await untilRead(0);
    });

    it("rows of models with one tensor, whatever it holds", async () => {
      await ask(outrider, postJson(identity, numbers([0.1, 2, 3])));
      await ask(outrider, askWithTensor(tensorOf(5)));
      await ask(outrider, postJson("/v2/models/reverse/infer", texts(["abc", "été"])));
      const bytes = [Buffer.from([0, 255]), Buffer.from("text")].map(lengthPrefixed);
      const data = Buffer.concat(bytes);
      await ask(outrider, askWithTensor({ model: "reverse", name: "TEXT", datatype: "BYTES", shape: [2], data }));
      await untilRead(4);
      expect(await metric("outrider_feature_rows_total", { model: "identity" })).toBe(8);
      expect(await metric("outrider_predictions_total", { model: "identity" })).toBe(8);
      // Bytes that are not text are neither a feature nor a prediction.
      expect(await metric("outrider_feature_rows_total", { model: "reverse" })).toBe(2);
      expect(await metric("outrider_prediction_classes_total", { model: "reverse", class: "cba" })).toBe(1);
    });

    it("why the rest was not read: a raw request has no names, and a long body is kept in part", async () => {
      const headers = [["Inference-Header-Content-Length", "0"]] as const;
      await ask(outrider, { target: identity, headers, body: Buffer.from(new Float32Array([1, 2]).buffer) });
      await ask(outrider, askWithTensor(tensorOf(200_000)));
      await untilAsync(async () => (await metric("outrider_bodies_unread_total")) >= 3, "three bodies to be given up");
      const unread = (side: string, reason: string): Promise<number> =>
        metric("outrider_bodies_unread_total", { side, reason });
      expect(await unread("request", "unknown_shape")).toBe(1);
      expect(await unread("request", "truncated")).toBe(1);
      expect(await unread("response", "truncated")).toBe(1);
      expect(await metric("outrider_bodies_read_total", { side: "response" })).toBe(bodies + 1);
    });
  });

  describe.each<[string, string, (rows: readonly Customer[]) => Ask, (rows: readonly Customer[]) => Ask]>([
    ["JSON", "binary", (rows) => scorerJson(rows), (rows) => scorerBinary(rows)],
    ["binary", "JSON", (rows) => scorerBinary(rows), (rows) => scorerJson(rows)],
  ])("a baseline learned from requests in %s", (_learned, other, learn, live) => {
    it(`has the names of the tensors, and the same values in ${other} fall into the same cells`, async () => {
      const outrider = await start("--drift-window-ms", "1000");
      for (let round = 0; round < 5; round++) await sendEach(outrider, learn);
      const learned = await untilReported(outrider, ({ baseline }) => baseline !== null);
      expect(learned.baseline).toMatchObject({ kind: "learned", name: "scorer", rows: 100 });
      expect(namesOf(learned, "feature")).toEqual(scorerFeatures.toSorted());
      expect([namesOf(learned, "prediction"), namesOf(learned, "confidence")]).toEqual([
        ["prediction"],
        ["confidence"],
      ]);

      let report = learned;
      while (report.window === null) {
        await sendEach(outrider, live);
        report = await untilReported(outrider, () => true);
      }
      for (const target of report.targets) expectSameProportions(target);
      expect(report.changes).toMatchObject({ absent: [], unknown: [], retyped: [] });
    });
  });

  /** One request a customer, one after the other. */
  async function sendEach(outrider: Outrider, question: (rows: readonly Customer[]) => Ask): Promise<void> {
    for (const customer of customers) {
      const { target, headers = [], body = "" } = question([customer]);
      const url = `http://127.0.0.1:${outrider.port}${target}`;
      const response = await fetch(url, { method: "POST", headers: headers.map(([...field]) => field), body });
      expect([response.status, (await response.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    }
  }

  async function driftReport(outrider: Outrider): Promise<DriftReport | undefined> {
    const { body } = await outrider.admin("/drift");
    return (JSON.parse(body) as { readonly reports: readonly DriftReport[] }).reports[0];
  }

  async function untilReported(outrider: Outrider, isThere: (report: DriftReport) => boolean): Promise<DriftReport> {
    let found: DriftReport | undefined;
    await untilAsync(async () => {
      found = await driftReport(outrider);
      return found !== undefined && isThere(found);
    }, "the report");
    return found ?? expect.fail("no report");
  }
});

const ranked = (many: number): unknown => ({ name: "probabilities", parameters: { classification: many } });

function compressed(ask: Ask): Ask {
  return { ...ask, headers: [...(ask.headers ?? []), ["Content-Encoding", "gzip"]], body: gzipSync(ask.body ?? "") };
}

/** So many numbers for the model that gives them back, in binary. */
function tensorOf(many: number): Parameters<typeof askWithTensor>[0] {
  const data = new Uint8Array(Float32Array.from({ length: many }, (_, index) => index / 10).buffer);
  return { model: "identity", name: "INPUT0", datatype: "FP32", shape: [many], data };
}

function namesOf({ targets }: DriftReport, kind: TargetReport["kind"]): readonly string[] {
  return targets
    .filter((target) => target.kind === kind)
    .map(({ name }) => name)
    .toSorted();
}

/** Every cell holds its part of the rows; two rounds may be cut by the ends of the window. */
function expectSameProportions({ name, cells }: TargetReport): void {
  const { labels = [], baseline = [], current = [] } = cells ?? {};
  const sumOf = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);
  const rounds = sumOf(current) / customers.length;
  expect([name, sumOf(baseline), rounds > 10]).toEqual([name, 5 * customers.length, true]);
  for (const [cell, counted] of baseline.entries()) {
    const inRound = counted / 5;
    const strayed = Math.abs((current[cell] ?? 0) - inRound * rounds);
    expect(strayed, `${name}, ${labels[cell]}: ${current[cell]} of ${sumOf(current)}`).toBeLessThanOrEqual(2 * inRound);
  }
}
