/** The cost table of the README, made from the newest results. */
import { costs } from "./cost-table.ts";
import type { BenchResults } from "./results.ts";
import { fixed, markdownTable, megabytes, signed } from "./table.ts";

/** The table stands between these two lines. */
export const readmeMarkers = { begin: "<!-- bench:begin -->", end: "<!-- bench:end -->" } as const;

/** The table and one line on where it comes from. */
export function renderReadmeTable(results: BenchResults): string {
  const table = markdownTable(
    ["proxy", "CPU a request, × nginx", "µs", "added p99 at 1,000 requests/s, ms", "memory idle / loaded, MB"],
    costs(results).map((cost) => [
      `${cost.title} ${cost.version}`,
      fixed(cost.cpuRatio, 2),
      fixed(cost.cpuUsPerRequest, 1),
      signed(cost.addedP99Ms, 2),
      `${megabytes(cost.idleBytes)} / ${megabytes(cost.loadedBytes)}`,
    ]),
  );
  const { machine, date, pace, command } = results;
  const source =
    `Medians of ${pace.rounds} interleaved rounds on ${machine.cores} shared cores (${machine.cpuModel}), ${date}; ` +
    `all of it in [bench/results](bench/results/${date}.md), again with \`${command}\`.`;
  return `${table}\n\n${source}`;
}

/** The README with the table put between its markers. Throws when the markers are not there. */
export function withReadmeTable(readme: string, results: BenchResults): string {
  const begin = readme.indexOf(readmeMarkers.begin);
  const end = readme.indexOf(readmeMarkers.end);
  if (begin < 0 || end < begin) {
    throw new Error(`the README needs the lines ${readmeMarkers.begin} and ${readmeMarkers.end}, in this order`);
  }
  const before = readme.slice(0, begin + readmeMarkers.begin.length);
  return `${before}\n${renderReadmeTable(results)}\n${readme.slice(end)}`;
}
