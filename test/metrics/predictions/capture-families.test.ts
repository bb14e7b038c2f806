import { describe, expect, it } from "vitest";
import { CaptureCounters } from "../../../src/metrics/predictions/capture-counters.ts";
import { captureFamilies } from "../../../src/metrics/predictions/capture-families.ts";

describe("metrics of reading", () => {
  it("exist at 0 from the start, whatever reasons there are", () => {
    const families = Object.values(captureFamilies(new CaptureCounters())).flat();
    expect(families.length).toBe(43);
    expect(new Set(families.map(({ value }) => value))).toEqual(new Set([0]));
  });

  it("say what the counters say", () => {
    const counters = new CaptureCounters();
    counters.unread.response.not_json = 3;
    counters.dropped.queue_full = 2;
    counters.busyMsTotal = 1500;
    counters.queuedExchanges = 4;
    counters.decodingExchanges = 1;
    const families = captureFamilies(counters);
    expect(families.outrider_bodies_unread_total).toContainEqual({
      labels: { side: "response", reason: "not_json" },
      value: 3,
    });
    expect(families.outrider_reading_dropped_total).toContainEqual({ labels: { reason: "queue_full" }, value: 2 });
    expect(families.outrider_reading_cpu_seconds_total).toEqual([{ value: 1.5 }]);
    expect(families.outrider_reading_queue_exchanges).toEqual([{ value: 5 }]);
  });
});
