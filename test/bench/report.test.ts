import { describe, expect, it } from "vitest";
import { readmeMarkers, withReadmeTable } from "../../bench/report/readme-table.ts";
import { renderReport } from "../../bench/report/report.ts";
import type { BenchResults } from "../../bench/report/results.ts";
import { targetVerdicts } from "../../bench/report/targets.ts";
import { someFeatures, someFileSink, someLogCost, someResults, someStall } from "./some-results.ts";

const verdict = (results: BenchResults, start: string): { found: number; isMet: boolean } | undefined =>
  targetVerdicts(results).find(({ target }) => target.startsWith(start));

describe("the report of the bench", () => {
  it("gives ratios to nginx, added latency over the upstream alone, and the machine", () => {
    const report = renderReport(someResults);
    expect(report).toContain("| **Outrider**, bare 0.1.0 | 16.5 | 1.10 | 0.99 |");
    expect(report).toContain("| +0.000 | +0.200 |");
    expect(report).toContain("2 cores of A CPU");
    expect(report).toContain("`npm run bench`");
  });

  it("holds a run to the targets that it measured and leaves out the others", () => {
    expect(verdict(someResults, "bare: CPU")).toMatchObject({ isMet: true });
    expect(verdict(someResults, "added p99")?.found).toBeCloseTo(0.1, 10);
    expect(verdict(someResults, "10 MB")).toBeUndefined();
    expect(verdict(someResults, "everything on")).toBeUndefined();
  });

  it("says that a target was missed", () => {
    const { closedLoop } = someResults.measurements;
    const slow = (closedLoop?.["outrider"] ?? []).map((sample) => ({
      ...sample,
      cpuUsPerRequest: sample.cpuUsPerRequest * 2,
    }));
    const results = { ...someResults, measurements: { closedLoop: { ...closedLoop, outrider: slow } } };
    expect(verdict(results, "bare: CPU")).toMatchObject({ isMet: false });
    expect(renderReport(results)).toContain("**missed**");
  });

  it("gives what reading wide rows costs, and checks its memory and the delay by verdicts against their targets", () => {
    expect(verdict(someResults, "100 features")).toBeUndefined();
    const results = { ...someResults, measurements: { features: someFeatures } };
    expect(verdict(results, "100 features")).toMatchObject({ found: 120, isMet: false });
    // The slowest request beside verdicts, 4.2 ms, less the 0.1 ms of an ordinary one.
    expect(verdict(results, "a verdict of 500")).toMatchObject({ isMet: true });
    expect(verdict(results, "a verdict of 500")?.found).toBeCloseTo(4.1, 10);
    const report = renderReport(results);
    expect(report).toContain("| **Outrider**, everything on | 20.0 | 2.00 | 1.80 | 50000 | 900 | 12 | 0.75 | 120 |");
    expect(report).toContain("| nginx, 1 worker | 10.0 | 1.00 | – | 100000 | – | – | – | 66 |");
    expect(report).toContain("## 500 features at 400 requests/s, 3 window ends a round");
    expect(report).toContain("| and reported every second | 0.100 | 0.500 | 9.0 | 14.0 |");
  });

  it("holds what the log adds to the relay's thread to its target, each way beside the same without", () => {
    expect(verdict(someResults, "predictions logged")).toBeUndefined();
    const results = { ...someResults, measurements: { logCost: someLogCost } };
    expect(verdict(results, "predictions logged at 1 % (defaults, files)")?.found).toBeCloseTo(0.9, 10);
    expect(verdict(results, "predictions logged at 1 % (defaults, files)")).toMatchObject({ isMet: true });
    expect(verdict(results, "predictions logged at 1 % (bodies")).toMatchObject({ isMet: false });
    expect(verdict(results, "predictions logged at 1 % (defaults, Loki)")).toBeUndefined();
    expect(renderReport(results)).toContain("| defaults, files | 23.4 | +0.90 | 1.04 | 26.0 | +1.00 |");
  });

  it("holds the delay by records that go to files to its target, and misses no record that is not there", () => {
    const verdicts = (sample: typeof someFileSink): readonly boolean[] =>
      targetVerdicts({ ...someResults, measurements: { fileSink: [sample] } }).map(({ isMet }) => isMet);
    expect(verdicts(someFileSink)).toEqual([true, true, true]);
    expect(verdicts({ ...someFileSink, files: { lines: 199, wrong: 0 } })).toEqual([true, true, false]);
    expect(verdicts({ ...someFileSink, files: { lines: 200, wrong: 1 } })).toEqual([true, true, false]);
    expect(verdicts({ ...someFileSink, during: { ...someFileSink.during, maxMs: 5.5 } })).toEqual([false, true, true]);
    const report = renderReport({ ...someResults, measurements: { fileSink: [someFileSink] } });
    expect(report).toContain("| 1 | 19999 | 1000 | 200 | 200 | 0 |");
  });

  it("holds a stall of Loki to no failed request, memory within the caps, and every record accounted for", () => {
    const verdicts = (over: Partial<typeof someStall>): readonly (readonly [number, boolean])[] =>
      targetVerdicts({ ...someResults, measurements: { stalledLoki: [{ ...someStall, ...over }] } }).map(
        ({ found, isMet }) => [found, isMet],
      );
    const [failed, p99, memory, records] = verdicts({});
    expect([failed, records]).toEqual([
      [0, true],
      [0, true],
    ]);
    expect(p99?.[0]).toBeCloseTo(0.1, 10);
    // 8 MB, less the 2 MB that it grows without the log, less the 5 MB of the caps.
    expect(memory).toEqual([1, true]);
    expect(verdicts({ stalled: { ...someStall.stalled, errors: 2 } })[0]).toEqual([2, false]);
    expect(verdicts({ stalled: { ...someStall.stalled, residentPeakBytes: 124e6 } })[2]).toEqual([17, false]);
    expect(verdicts({ loki: { ...someStall.loki, distinct: 699 } })[3]).toEqual([1, false]);
    expect(verdicts({ accountsAfter: { ...someStall.accountsAfter, dropped: 290, queued: 10 } })[3]).toEqual([
      10,
      false,
    ]);
    const report = renderReport({ ...someResults, measurements: { stalledLoki: [someStall] } });
    expect(report).toContain("| never answers, queue of 4 MiB, spool | 0 | 0 |");
    expect(report).toContain(
      "| never answers, queue of 4 MiB, spool | 1000 | 200 | 400 | 700 | 300 | 0 | 0 | 700 | 2 | 4 | 1.5 |",
    );
  });

  it("names every peer that failed requests", () => {
    expect(renderReport(someResults)).not.toContain("## Errors");
    const closedLoop = {
      nginx: (someResults.measurements.closedLoop?.["nginx"] ?? []).map((s) => ({ ...s, errors: 3 })),
    };
    expect(renderReport({ ...someResults, measurements: { closedLoop } })).toContain(
      "closed loop: nginx failed 6 requests",
    );
  });
});

describe("the cost table of the README", () => {
  const readme = `# Title\n${readmeMarkers.begin}\nold\n${readmeMarkers.end}\nrest\n`;

  it("stands between its markers and leaves the rest alone", () => {
    const updated = withReadmeTable(readme, someResults);
    expect(updated).toMatch(/^# Title\n/);
    expect(updated).toMatch(/\nrest\n$/);
    expect(updated).toContain("| **Outrider**, bare 0.1.0 | 1.10 |");
    expect(updated).not.toContain("old");
  });

  it("does not change when it is written again", () => {
    const once = withReadmeTable(readme, someResults);
    expect(withReadmeTable(once, someResults)).toBe(once);
  });

  it("asks for its markers when they are missing", () => {
    expect(() => withReadmeTable("# Title\n", someResults)).toThrow(readmeMarkers.begin);
  });
});
