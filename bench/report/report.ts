/** The whole report of a run, as Markdown. */
import { costTable } from "./cost-table.ts";
import { otherSections } from "./other-tables.ts";
import type { BenchResults } from "./results.ts";
import type { Section } from "./table.ts";
import { targetTable, targetVerdicts } from "./targets.ts";

/** Renders the report. Pure: the same results give the same text. */
export function renderReport(results: BenchResults): string {
  const sections: readonly Section[] = [
    ...(hasCosts(results) ? [{ title: "What a request costs", table: costTable(results), note: costNote }] : []),
    ...otherSections(results),
    ...(targetVerdicts(results).length > 0 ? [{ title: "Targets", table: targetTable(results) }] : []),
    ...errorSection(results),
  ];
  const body = sections.map((section) =>
    [`## ${section.title}`, ...(section.note === undefined ? [] : [section.note]), section.table].join("\n\n"),
  );
  return `${[`# Bench of ${results.date}`, setting(results), ...body].join("\n\n")}\n`;
}

const costNote =
  "Closed loop: 32 connections, POST of 40 numbers; CPU time of all the proxy's processes as the kernel accounts it. " +
  "Ratios are to nginx in the same round, medians over rounds. “Added” is over the upstream alone at 1,000 requests/s, " +
  "open loop. Memory is resident, all processes; idle is one second after the start. First answer and ready are " +
  "counted from the start of the process.";

function setting({ machine, commit, command, pace }: BenchResults): string {
  return [
    `* machine: ${machine.cores} cores of ${machine.cpuModel}, ${machine.memoryGib} GiB, Linux ${machine.kernel}, ` +
      `Node ${machine.node}; load before the run ${machine.loadBefore.toFixed(2)}`,
    `* commit: ${commit}`,
    `* rounds: ${pace.rounds} of ${pace.seconds} s, interleaved, order turned by one each`,
    `* again: \`${command}\``,
  ].join("\n");
}

function hasCosts({ measurements }: BenchResults): boolean {
  return (measurements.closedLoop ?? measurements.openLoop ?? measurements.startUp) !== undefined;
}

/** Requests that failed: a proxy that drops requests is cheap for the wrong reason. */
function errorSection({ measurements }: BenchResults): readonly Section[] {
  const counted = [
    ["closed loop", measurements.closedLoop],
    ["open loop", measurements.openLoop],
    ["10 MB responses", measurements.largeBodies?.responses],
    ["10 MB requests", measurements.largeBodies?.requests],
    ["100 features", measurements.features?.load],
    ["log of predictions", measurements.logCost],
  ] as const;
  const lines = counted.flatMap(([scenario, samples]) =>
    Object.entries(samples ?? {}).flatMap(([name, rounds]) => {
      const errors = rounds.reduce((sum: number, sample: { readonly errors: number }) => sum + sample.errors, 0);
      return errors === 0 ? [] : [`* ${scenario}: ${name} failed ${errors} requests`];
    }),
  );
  return lines.length === 0 ? [] : [{ title: "Errors", table: lines.join("\n") }];
}
