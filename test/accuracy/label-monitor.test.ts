import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExchangeContent } from "../../src/payload/exchange-content.ts";
import type { LabelInput } from "../../src/accuracy/labels/label-input.ts";
import type { LabelMonitor, ModelAccuracy } from "../../src/accuracy/label-monitor.ts";
import type { LabelBaseline } from "../../src/accuracy/scoring.ts";
import { anExchangeContent } from "../support/exchange-content.ts";
import { aLabel, aMonitor, aRequest, chances, noonMs, values } from "./a-label-monitor.ts";

const hour = 3_600_000;

/** An answered request to the model `m`. */
const exchangeOf = (over: Partial<ExchangeContent>): ExchangeContent =>
  anExchangeContent({
    model: "m",
    requestId: "request",
    atMs: noonMs,
    response: { predictions: values("a"), model: "", version: "", ids: [] },
    ...over,
  });

const requestWith = (...ids: readonly string[]): ExchangeContent["request"] => ({
  model: "",
  version: "",
  ids,
  droppedColumns: 0,
});

/** Whether a label under this identity finds its prediction. */
const isJoined = (monitor: LabelMonitor, id: string, row = 0): boolean =>
  monitor.label(aLabel(id, "a", row), noonMs) === "joined";

/** What all windows of these replicas say together, to one of them that reads their fields. */
function fleetReport(reader: LabelMonitor, replicas: readonly LabelMonitor[]): readonly ModelAccuracy[] {
  const fleet = reader.fleetAccuracy();
  for (const { fields, ...labels } of replicas.flatMap((replica) => replica.contributions())) {
    fleet.add(labels, fields());
  }
  return fleet.report();
}

describe("what labels name", () => {
  it("is the identity in the body, else the one in the header, else the request's own", () => {
    const named = aMonitor();
    named.count(exchangeOf({ labelId: "header", request: requestWith("body") }));
    expect([isJoined(named, "body"), isJoined(named, "header"), isJoined(named, "request")]).toEqual([
      true,
      false,
      false,
    ]);
    const header = aMonitor();
    header.count(exchangeOf({ labelId: "header" }));
    expect([isJoined(header, "header"), isJoined(header, "request")]).toEqual([true, false]);
    const own = aMonitor();
    own.count(exchangeOf({}));
    expect(isJoined(own, "request")).toBe(true);
    const answered = aMonitor();
    answered.count(exchangeOf({ response: { predictions: values("a"), model: "", version: "", ids: ["answer"] } }));
    expect(isJoined(answered, "answer")).toBe(true);
  });

  it("is an identity a row where there is one for each, and a row of the request else", () => {
    const predictions = values("a", "a");
    const response = { predictions, model: "", version: "", ids: [] };
    const each = aMonitor();
    each.count(exchangeOf({ response, request: requestWith("x", "y") }));
    expect([isJoined(each, "x"), isJoined(each, "y"), isJoined(each, "request")]).toEqual([true, true, false]);
    const one = aMonitor();
    one.count(exchangeOf({ response, request: requestWith("x") }));
    expect([isJoined(one, "x", 0), isJoined(one, "x", 1)]).toEqual([true, true]);
    const other = aMonitor();
    other.count(exchangeOf({ response, request: requestWith("x", "y", "z") }));
    expect([isJoined(other, "x"), isJoined(other, "request", 1)]).toEqual([false, true]);
  });

  it("is nothing when there is no identity or one too long: that is counted", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ requestId: "" }));
    monitor.predicted(aRequest({ requestId: "x".repeat(257) }));
    expect([monitor.unnamed, monitor.join.store.size]).toEqual([2, 0]);
    expect(monitor.totals()[0]?.predictions).toBe(2);
  });
});

describe("a monitor of labels", () => {
  it("counts by the time of the prediction, however late the label comes", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ requestId: "a", atMs: noonMs }));
    monitor.predicted(aRequest({ requestId: "b", atMs: noonMs + hour }));
    monitor.label(aLabel("a", "no"), noonMs + 20 * hour);
    monitor.label(aLabel("b", "yes"), noonMs + 20 * hour);
    const [model] = monitor.report();
    expect(model?.windows.map(({ from_ms: from, to_ms: to, classes }) => [from, to, classes?.accuracy])).toEqual([
      [noonMs - hour / 2, noonMs + hour / 2, 0],
      [noonMs + hour / 2, noonMs + 1.5 * hour, 1],
    ]);
    expect(model?.classes?.accuracy).toBe(0.5);
  });

  it("forgets windows that no label can reach any more", () => {
    const monitor = aMonitor({ ttlMs: 3 * hour });
    for (let i = 0; i < 10; i++) monitor.predicted(aRequest({ requestId: `r${i}`, atMs: noonMs + i * hour }));
    expect(monitor.report()[0]?.windows).toHaveLength(4);
    monitor.advance(noonMs + 20 * hour);
    expect([monitor.report()[0]?.predictions, monitor.join.store.size]).toEqual([0, 0]);
  });

  it("goes on when a clock that was days ahead is set right", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ requestId: "a", atMs: noonMs + 200 * hour }));
    monitor.predicted(aRequest({ requestId: "b", atMs: noonMs + 190 * hour }));
    expect(monitor.totals()[0]?.predictions).toBe(2);
    monitor.advance(noonMs);
    monitor.predicted(aRequest({ requestId: "c", atMs: noonMs }));
    expect(monitor.report()[0]?.windows.map((window) => window.from_ms)).toEqual([noonMs - hour / 2]);
  });

  it("makes windows longer rather than too many, and every label that may come finds its own", () => {
    const monitor = aMonitor({ ttlMs: 30 * 24 * hour, windowMs: 1000 });
    expect(monitor.plan.kept).toBeLessThanOrEqual(49);
    expect(monitor.plan.windowMs % 1000).toBe(0);
    monitor.predicted(aRequest({ requestId: "a" }));
    const lateMs = noonMs + 30 * 24 * hour - 1;
    monitor.predicted(aRequest({ requestId: "b", atMs: lateMs }));
    expect(monitor.label(aLabel("a", "yes"), lateMs)).toBe("joined");
    expect(monitor.totals()[0]?.labels).toBe(1);
  });

  it("keeps models apart, up to a cap, and counts what is past it", () => {
    const monitor = aMonitor({ maxModels: 2 });
    for (const model of ["a", "b", "c"]) {
      monitor.predicted(aRequest({ model, requestId: model, predictions: values("x", "x") }));
      monitor.label(aLabel(model, model === "a" ? "x" : "y"), noonMs);
    }
    expect(monitor.totals().map(({ model, labels, classes }) => [model, labels, classes?.accuracy])).toEqual([
      ["a", 1, 1],
      ["b", 1, 0],
    ]);
    expect([monitor.unfollowed, monitor.join.waitingLabels]).toEqual([2, 1]);
  });

  it("takes a baseline that comes late", () => {
    const learned = new Map<string, LabelBaseline>();
    const monitor = aMonitor({ baselineOf: (model) => learned.get(model) });
    monitor.predicted(aRequest({ requestId: "a" }));
    expect(monitor.totals()[0]?.classes?.baseline_accuracy).toBeNull();
    learned.set("m", { quality: { accuracy: 0.9, rows: 10 } });
    expect(monitor.totals()[0]?.classes?.baseline_accuracy).toBe(0.9);
  });

  it("counts rows that say nothing neither as predictions nor as labelled", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ predictions: values(null, "a") }));
    expect([monitor.label(aLabel("r", "a"), noonMs), monitor.label(aLabel("r", "a", 1), noonMs)]).toEqual([
      "unknown",
      "joined",
    ]);
    expect(monitor.totals()[0]).toMatchObject({ predictions: 1, labels: 1 });
  });

  it("asks others about a label that it cannot place, but not about one that they asked about", () => {
    const asked: LabelInput[] = [];
    const monitor = aMonitor({ onUnmatched: (input) => asked.push(input) > 0 });
    expect(monitor.label(aLabel("x", 1), noonMs)).toBe("forwarded");
    expect(monitor.label(aLabel("y", 1), noonMs, true)).toBe("early");
    expect(asked).toEqual([aLabel("x", 1)]);
  });
});

describe("a fleet of monitors", () => {
  // Probabilities with few binary digits add up exactly in any order.
  const anyRequest = fc.record({
    replica: fc.nat(2),
    atMs: fc.nat(3 * hour),
    chance: fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
    label: fc.constantFrom("yes", "no", undefined),
  });

  it("says together what one would have said that saw everything", () => {
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 30 }), (requests) => {
        const replicas = [aMonitor(), aMonitor(), aMonitor()];
        const one = aMonitor();
        for (const [index, { replica, atMs, chance, label }] of requests.entries()) {
          for (const monitor of [replicas[replica], one]) {
            const requestId = `r${index}`;
            monitor?.predicted(aRequest({ requestId, atMs: noonMs + atMs, predictions: chances(chance) }));
            if (label !== undefined) monitor?.label(aLabel(requestId, label), noonMs + 4 * hour);
          }
        }
        const round = (_: string, value: unknown): unknown =>
          typeof value === "number" ? Number(value.toPrecision(10)) : value;
        const merged = fleetReport(one, replicas);
        expect(JSON.stringify(merged, round)).toBe(JSON.stringify(one.totals(), round));
      }),
    );
  });

  it("keeps models, versions and variants apart", () => {
    const monitor = aMonitor();
    for (const variant of ["stable", "canary"]) monitor.predicted(aRequest({ variant, requestId: variant }));
    const report = fleetReport(monitor, [monitor, monitor]);
    expect(report.map(({ variant, predictions }) => [variant, predictions])).toEqual([
      ["stable", 2],
      ["canary", 2],
    ]);
  });
});
