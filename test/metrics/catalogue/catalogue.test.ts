import { describe, expect, it } from "vitest";
import { wireErrors } from "../../../src/errors/wire-errors.ts";
import {
  denialCodes,
  errorCodes,
  latencyEdgesSeconds,
  limitCodes,
  metricCatalogue,
  type MetricRow,
} from "../../../src/metrics/catalogue/catalogue.ts";
import { metricLabels } from "../../../src/metrics/catalogue/metric-labels.ts";

const rows = Object.entries<MetricRow>(metricCatalogue);

describe("metric catalogue", () => {
  it.each(rows)("%s is named as Prometheus expects", (name, row) => {
    expect(name).toMatch(/^outrider(_[a-z0-9]+)+$/);
    expect(name.endsWith("_total")).toBe(row.type === "counter");
    if (row.unit === "seconds" || row.unit === "bytes") expect(name).toContain(`_${row.unit}`);
    expect(row.help).toMatch(/\.$/);
  });

  it("has a meaning for every label and no label that nothing carries", () => {
    const used = new Set(rows.flatMap(([, row]) => row.labels));
    expect(used).toEqual(new Set(Object.keys(metricLabels)));
  });

  it("has edges exactly where latency objectives are set, from half a millisecond to two hours", () => {
    expect(latencyEdgesSeconds).toEqual(expect.arrayContaining([0.1, 0.15, 0.2, 0.25, 0.3]));
    expect([latencyEdgesSeconds[0], latencyEdgesSeconds.at(-1)]).toEqual([0.0005, 7200]);
  });

  it("has every error code, and denials and limits among them", () => {
    expect(errorCodes).toEqual(Object.keys(wireErrors));
    expect(errorCodes).toEqual(expect.arrayContaining([...denialCodes, ...limitCodes]));
    expect(denialCodes).toContain("route_denied");
    const naming = errorCodes.filter((code) => wireErrors[code].remedy.includes("`limits."));
    expect(limitCodes).toEqual(expect.arrayContaining(naming));
  });
});
