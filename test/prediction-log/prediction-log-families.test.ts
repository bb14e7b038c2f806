import { describe, expect, it } from "vitest";
import { unreadReasons } from "../../src/payload/body-content.ts";
import { metricCatalogue } from "../../src/metrics/catalogue/catalogue.ts";
import { DeliveryCounters, deliveryEdgesSeconds } from "../../src/prediction-log/delivery-counters.ts";
import { bodyOmissions, cutParts, PredictionLogCounters } from "../../src/prediction-log/prediction-log-counters.ts";
import { predictionDeliveryRows, predictionLogRows } from "../../src/metrics/catalogue/prediction-log-catalogue.ts";
import { predictionLogFamilies } from "../../src/prediction-log/prediction-log-families.ts";
import { metricLabels } from "../../src/metrics/catalogue/metric-labels.ts";
import { sinkNames, type SinkName } from "../../src/prediction-log/destination.ts";

const noSinks = new Map<SinkName, DeliveryCounters>();

describe("counters of the log", () => {
  it("have a series for every reason to omit a body and every part that may be cut", () => {
    expect(new Set(bodyOmissions)).toEqual(new Set([...unreadReasons, "not_captured", "not_redactable"]));
    expect(cutParts).toEqual(["response_body", "request_body", "headers", "features", "prediction", "rows"]);
    const counters = new PredictionLogCounters();
    expect(Object.keys(counters.omittedBodies)).toEqual(bodyOmissions);
    expect(Object.keys(counters.cut)).toEqual(cutParts);
  });
});

describe("metrics of the log", () => {
  it("exist at 0 from the start, for configured sinks only", () => {
    const bare = Object.values(predictionLogFamilies(new PredictionLogCounters(), noSinks)).flat();
    expect(bare.length).toBe(38);
    const sinks = new Map<SinkName, DeliveryCounters>([
      ["file", new DeliveryCounters()],
      ["loki", new DeliveryCounters()],
    ]);
    const samples = Object.values(predictionLogFamilies(new PredictionLogCounters(), sinks)).flat();
    expect(new Set(samples.map(({ value }) => value))).toEqual(new Set([0]));
    expect(samples.filter(({ labels }) => labels?.["sink"] === "loki").length).toBe(48);
    expect(samples.length).toBe(38 + 2 * 48);
  });

  it("match the catalogue and its labels", () => {
    const families = predictionLogFamilies(new PredictionLogCounters(), new Map([["file", new DeliveryCounters()]]));
    expect(Object.keys(families)).toEqual([...Object.keys(predictionLogRows), ...Object.keys(predictionDeliveryRows)]);
    for (const name of Object.keys(families) as (keyof typeof families)[]) {
      for (const { labels = {} } of families[name]) {
        expect(Object.keys(labels).filter((label) => label !== "le")).toEqual(metricCatalogue[name].labels);
      }
    }
  });

  it("have only the label values that the catalogue lists", () => {
    expect(metricLabels.sink.values).toContain(`: ${sinkNames.join(", ")}`);
    expect(metricLabels.part.values).toBe(cutParts.join(", "));
  });

  it("report the counters", () => {
    const counters = new PredictionLogCounters();
    counters.offeredTotal = 12;
    counters.kept.slow = 3;
    counters.skipped.byte_budget = 4;
    counters.cut.rows = 5;
    counters.omittedBodies.not_json = 6;
    counters.pendingRecords = 7;
    counters.unreadRecordsTotal = 8;
    counters.streamsOverflowTotal = 9;
    const families = predictionLogFamilies(counters, noSinks);
    expect(families.outrider_prediction_log_offered_total).toEqual([{ value: 12 }]);
    expect(families.outrider_prediction_log_kept_total).toContainEqual({ labels: { reason: "slow" }, value: 3 });
    expect(families.outrider_prediction_log_skipped_total).toContainEqual({
      labels: { reason: "byte_budget" },
      value: 4,
    });
    expect(families.outrider_prediction_log_cut_total).toContainEqual({ labels: { part: "rows" }, value: 5 });
    expect(families.outrider_prediction_log_omitted_bodies_total).toContainEqual({
      labels: { reason: "not_json" },
      value: 6,
    });
    expect(families.outrider_prediction_log_drafts).toEqual([{ value: 7 }]);
    expect(families.outrider_prediction_log_unread_records_total).toEqual([{ value: 8 }]);
    expect(families.outrider_prediction_log_collapsed_records_total).toEqual([{ value: 9 }]);
  });

  it("give each counter of the log and of a sink its own series", () => {
    const counters = new PredictionLogCounters();
    const delivery = new DeliveryCounters();
    const numbers = [...numbered(counters, 1), ...numbered(delivery, 1000)];
    delivery.lastSuccessMs *= 1000;
    const samples = Object.values(predictionLogFamilies(counters, new Map([["stdout", delivery]]))).flat();
    for (const number of numbers)
      expect(samples.filter(({ value }) => value === number).length, String(number)).toBe(1);
  });

  it("have the buckets, the sum and the count of the duration of deliveries", () => {
    const delivery = new DeliveryCounters();
    delivery.duration.observe(2500);
    delivery.duration.observe(60_000_000);
    const name = "outrider_prediction_log_delivery_seconds";
    const { [name]: samples } = predictionLogFamilies(new PredictionLogCounters(), new Map([["loki", delivery]]));
    const buckets = samples.filter(({ metricName }) => metricName === `${name}_bucket`);
    expect(buckets.map(({ labels }) => labels?.["le"])).toEqual([...deliveryEdgesSeconds.map(String), "+Inf"]);
    expect(buckets.map(({ value }) => value)).toEqual([0, ...Array.from({ length: 13 }, () => 1), 2]);
    expect(samples.slice(-2)).toEqual([
      { metricName: `${name}_sum`, labels: { sink: "loki" }, value: 60.0025 },
      { metricName: `${name}_count`, labels: { sink: "loki" }, value: 2 },
    ]);
  });
});

/** Gives every number of an object, and of the objects of numbers in it, a value of its own from `first` on. */
function numbered(counters: object, first: number): readonly number[] {
  const given: number[] = [];
  for (const [key, value] of Object.entries(counters)) {
    if (typeof value === "number") given.push(((counters as Record<string, number>)[key] = first + given.length));
    else if (isCounts(value)) {
      for (const name of Object.keys(value)) given.push((value[name] = first + given.length));
    }
  }
  return given;
}

const isCounts = (value: unknown): value is Record<string, number> =>
  typeof value === "object" && value !== null && Object.values(value).every((count) => typeof count === "number");
