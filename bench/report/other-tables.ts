/** The tables of all scenarios except the closed and the open loop. */
import type { FeatureLoadSample, ReadingShare, VerdictSample } from "../scenarios/features.ts";
import type { LargeBodySample } from "../scenarios/large-bodies.ts";
import { predictionLogSections } from "./prediction-log-tables.ts";
import type { BenchResults } from "./results.ts";
import { medianOf, medianRatio } from "./statistics.ts";
import { fixed, markdownTable, megabytes, type Section } from "./table.ts";

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
    ...predictionLogSections(results),
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
  const head = [
    "proxy",
    "p50 ms alone",
    "p50 ms with slow clients",
    "p99 ms alone",
    "p99 ms with slow clients",
    "p99 ratio",
    "errors",
  ];
  return [{ title: "500 requests/s with 1,000 slow clients", table: markdownTable(head, rows) }];
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

/** The proxies of the scenario, in the order of its table. */
const loadedProxies = { nginx: "nginx, 1 worker", "outrider-100-features": "**Outrider**, everything on" } as const;

function featureLoad({ measurements }: BenchResults): readonly Section[] {
  const load = measurements.features?.load;
  if (load === undefined) return [];
  const nginx = load["nginx"];
  const cpu = (sample: FeatureLoadSample): number => sample.cpuUsPerRequest;
  // Of nginx the first process only watches the one that works.
  const mainThread = ({ reading, mainThreadUsPerRequest }: FeatureLoadSample): number =>
    reading === undefined ? Number.NaN : mainThreadUsPerRequest;
  const reading =
    (figure: keyof ReadingShare) =>
    (sample: FeatureLoadSample): number =>
      sample.reading?.[figure] ?? Number.NaN;
  const rows = Object.entries(loadedProxies).map(([name, title]) => {
    const samples = load[name];
    return [
      title,
      fixed(medianOf(samples, cpu), 1),
      fixed(medianRatio(samples, nginx, cpu), 2),
      fixed(medianRatio(samples, nginx, mainThread, cpu), 2),
      fixed(medianOf(samples, requestsPerSecond), 0),
      fixed(medianOf(samples, reading("readingsPerSecond")), 0),
      fixed(medianOf(samples, reading("dropped")), 0),
      fixed(medianOf(samples, reading("sampleRatio")), 2),
      megabytes(medianOf(samples, residentBytes)),
    ];
  });
  const head = ["CPU µs a request", "× nginx", "main thread × nginx", "requests/s"];
  const readingHead = ["read/s", "not read", "part read at the end", "MB loaded"];
  const table = markdownTable(["proxy", ...head, ...readingHead], rows);
  return [{ title: "100 features, everything on, 32 connections", table }];
}

const requestsPerSecond = (sample: FeatureLoadSample): number => sample.requestsPerSecond;
const residentBytes = (sample: FeatureLoadSample): number => sample.residentBytes;

/** The open loops of the scenario, and what was asked for meanwhile. */
const verdictLoops = [
  { title: "no window ends", loop: "without", tookMs: () => Number.NaN },
  { title: "windows are judged", loop: "during", tookMs: () => Number.NaN },
  { title: "and scraped every second", loop: "scraped", tookMs: (sample: VerdictSample) => sample.scrapeP50Ms },
  { title: "and reported every second", loop: "reported", tookMs: (sample: VerdictSample) => sample.reportP50Ms },
] as const;

function verdicts({ measurements }: BenchResults): readonly Section[] {
  const samples = measurements.features?.verdicts;
  if (samples === undefined || samples.length === 0) return [];
  const rows = verdictLoops.map(({ title, loop, tookMs }) => {
    const latency = (figure: "p50Ms" | "p99Ms" | "maxMs"): number =>
      medianOf(samples, (sample) => sample[loop][figure]);
    const took = fixed(medianOf(samples, tookMs), 1);
    return [title, fixed(latency("p50Ms"), 3), fixed(latency("p99Ms"), 3), fixed(latency("maxMs"), 1), took];
  });
  const ends = fixed(
    medianOf(samples, (sample) => sample.windowEnds),
    0,
  );
  const table = markdownTable(["", "p50 ms", "p99 ms", "max ms", "page or report ms"], rows);
  return [{ title: `500 features at 400 requests/s, ${ends} window ends a round`, table }];
}
