/** The tables of the scenarios beside the closed and the open loop. */
import type { FeatureLoadSample, VerdictSample } from "../scenarios/features.ts";
import type { LargeBodySample } from "../scenarios/large-bodies.ts";
import type { BenchResults } from "./results.ts";
import { medianOf, medianRatio } from "./statistics.ts";
import { fixed, markdownTable, megabytes } from "./table.ts";

/** A heading and a table. */
export interface Section {
  readonly title: string;
  readonly table: string;
}

/** One section a scenario that ran. */
export function otherSections(results: BenchResults): readonly Section[] {
  return [
    ...largeBodies(results),
    ...stalledClient(results),
    ...idleConnections(results),
    ...slowClients(results),
    ...scrape(results),
    ...featureLoad(results),
    ...verdicts(results),
  ];
}

function largeBodies({ peers, measurements }: BenchResults): readonly Section[] {
  const bodies = measurements.largeBodies;
  if (bodies === undefined) return [];
  const speed = (sample: LargeBodySample): number => sample.megabytesPerSecond;
  const cpu = (sample: LargeBodySample): number => sample.cpuUsPerMegabyte;
  const rows = peers.map(({ name, title }) => [
    title,
    ...[bodies.responses, bodies.requests].flatMap((direction) => [
      fixed(medianOf(direction[name], speed), 0),
      fixed(medianRatio(direction[name], direction["nginx"], speed), 2),
      fixed(medianOf(direction[name], cpu), 0),
    ]),
    megabytes(medianOf(bodies.requests[name], (sample) => sample.residentBytes)),
  ]);
  const head = ["responses MB/s", "× nginx", "CPU µs a MB", "requests MB/s", "× nginx", "CPU µs a MB", "MB memory"];
  return [{ title: "Bodies of 10 MB, 4 connections", table: markdownTable(["proxy", ...head], rows) }];
}

function stalledClient({ peers, measurements }: BenchResults): readonly Section[] {
  const samples = measurements.stalledClient;
  if (samples === undefined) return [];
  const rows = peers.flatMap(({ name, title }) =>
    (samples[name] ?? []).map((sample) => [
      title,
      megabytes(sample.residentBeforeBytes),
      megabytes(sample.grownBytes),
      sample.isComplete ? "yes" : "NO",
    ]),
  );
  const table = markdownTable(["proxy", "MB before", "MB grown", "all bytes came"], rows);
  return [{ title: "300 MB through a client that stops reading", table }];
}

function idleConnections({ peers, measurements }: BenchResults): readonly Section[] {
  const samples = measurements.idleConnections;
  if (samples === undefined) return [];
  const rows = peers.flatMap(({ name, title }) =>
    (samples[name] ?? []).map((sample) => [
      title,
      String(sample.firstOk),
      String(sample.stillOpen),
      String(sample.secondOk),
      megabytes(sample.residentBeforeBytes),
      megabytes(sample.residentPeakBytes),
      fixed((sample.residentPeakBytes - sample.residentBeforeBytes) / sample.opened / 1000, 1),
    ]),
  );
  const head = ["proxy", "answered", "still open", "answered again", "MB before", "MB most", "kB a connection"];
  return [{ title: "10,000 idle kept-alive connections", table: markdownTable(head, rows) }];
}

function slowClients({ peers, measurements }: BenchResults): readonly Section[] {
  const samples = measurements.slowClients;
  if (samples === undefined) return [];
  const rows = peers.flatMap(({ name, title }) => {
    const own = samples[name];
    if (own === undefined) return [];
    return [
      [
        title,
        fixed(
          medianOf(own, (sample) => sample.alone.p50Ms),
          3,
        ),
        fixed(
          medianOf(own, (sample) => sample.besideSlow.p50Ms),
          3,
        ),
        fixed(
          medianOf(own, (sample) => sample.alone.p99Ms),
          3,
        ),
        fixed(
          medianOf(own, (sample) => sample.besideSlow.p99Ms),
          3,
        ),
        fixed(
          medianOf(own, (sample) => sample.besideSlow.p99Ms / sample.alone.p99Ms),
          2,
        ),
        fixed(
          own.reduce((sum, sample) => sum + sample.besideSlow.errors, 0),
          0,
        ),
      ],
    ];
  });
  const head = ["proxy", "p50 ms alone", "p50 ms beside", "p99 ms alone", "p99 ms beside", "p99 ratio", "errors"];
  return [{ title: "500 requests/s beside 1,000 slow clients", table: markdownTable(head, rows) }];
}

function scrape({ measurements }: BenchResults): readonly Section[] {
  const samples = measurements.scrape;
  if (samples === undefined || samples.length === 0) return [];
  const rows = samples.map((sample, round) => [
    String(round + 1),
    String(sample.series),
    String(sample.scrapes),
    fixed(sample.scrapeP50Ms, 1),
    fixed(sample.without.p99Ms, 3),
    fixed(sample.during.p99Ms, 3),
    fixed(sample.without.maxMs, 1),
    fixed(sample.during.maxMs, 1),
  ]);
  const head = [
    "round",
    "series",
    "scrapes",
    "scrape ms",
    "p99 ms without",
    "p99 ms during",
    "max ms without",
    "max ms during",
  ];
  return [{ title: "Scrapes of 10,000 series at 1,000 requests/s", table: markdownTable(head, rows) }];
}

function featureLoad({ measurements }: BenchResults): readonly Section[] {
  const load = measurements.features?.load;
  if (load === undefined) return [];
  const cpu = (sample: FeatureLoadSample): number => sample.cpuUsPerRequest;
  const mainThread = (sample: FeatureLoadSample): number => sample.mainThreadUsPerRequest;
  const rows = Object.entries(load).map(([name, samples]) => {
    const of = (figure: (sample: FeatureLoadSample) => number): number => medianOf(samples, figure);
    return [
      name,
      fixed(of(cpu), 1),
      fixed(medianRatio(samples, load["nginx"], cpu), 2),
      fixed(of(mainThread), 1),
      fixed(medianRatio(samples, load["nginx"], mainThread, cpu), 2),
      fixed(
        of((sample) => sample.requestsPerSecond),
        0,
      ),
      fixed(
        of(({ reading }) => reading?.readingsPerSecond ?? Number.NaN),
        0,
      ),
      fixed(
        of(({ reading }) => reading?.dropped ?? Number.NaN),
        0,
      ),
      fixed(
        of(({ reading }) => reading?.sampleRatio ?? Number.NaN),
        2,
      ),
      megabytes(of((sample) => sample.residentBytes)),
    ];
  });
  const head = ["CPU µs a request", "× nginx", "main thread µs", "× nginx", "requests/s", "read/s"];
  const table = markdownTable(["proxy", ...head, "not read", "part read at the end", "MB loaded"], rows);
  return [{ title: "100 features, everything on, 32 connections", table }];
}

const verdictLoops = {
  "no window ends": "without",
  "windows are judged": "during",
  "and scraped every second": "scraped",
  "and reported every second": "reported",
} as const;

function verdicts({ measurements }: BenchResults): readonly Section[] {
  const samples = measurements.features?.verdicts;
  if (samples === undefined || samples.length === 0) return [];
  const asked: Readonly<Record<string, (sample: VerdictSample) => number>> = {
    scraped: (sample) => sample.scrapeP50Ms,
    reported: (sample) => sample.reportP50Ms,
  };
  const rows = Object.entries(verdictLoops).map(([title, loop]) => [
    title,
    ...(["p50Ms", "p99Ms"] as const).map((figure) =>
      fixed(
        medianOf(samples, (sample) => sample[loop][figure]),
        3,
      ),
    ),
    fixed(
      medianOf(samples, (sample) => sample[loop].maxMs),
      1,
    ),
    fixed(medianOf(samples, asked[loop] ?? (() => Number.NaN)), 1),
  ]);
  const ends = medianOf(samples, (sample) => sample.windowEnds);
  const title = `500 features at 400 requests/s, ${fixed(ends, 0)} window ends a round`;
  return [{ title, table: markdownTable(["", "p50 ms", "p99 ms", "max ms", "page or report ms"], rows) }];
}
