import { stat } from "node:fs/promises";

import { openDataset } from "../../datasets/open-dataset.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { BaselineProfiler } from "../../drift/baseline/baseline-builder.ts";
import { writeBaseline } from "../../drift/baseline/baseline-file.ts";
import { OutriderError } from "../../errors.ts";
import type { FeatureTable } from "../../payload/body-content.ts";
import { buildRequest, checkColumns, checkRoles, type BuildRequest } from "./baseline-request.ts";
import { buildReport, buildReportJson, type BuildResult } from "./baseline-report.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { digestOfAll, sourceName } from "./input-names.ts";
import { ProgressBar } from "../terminal/progress-bar.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";
import { writeTarget, writeWhole, type WriteTarget } from "../terminal/write-whole.ts";

/** The exit code of a command that a signal ended. */
const interrupted = 130;

/** `outrider baseline build`: reads the input twice and writes the baseline of it. */
export async function baselineBuild(invocation: Invocation, context: CommandContext): Promise<number> {
  const request = buildRequest(invocation);
  const target = await writeTarget(request.output);
  await refuseInputAsOutput(request, target);
  const progress = new ProgressBar(context);
  const signals = listenForStopSignals();
  try {
    const stopped = signals.next().then(() => "stopped" as const);
    const built = await Promise.race([build(request, progress), stopped]);
    if (built === "stopped") return interrupted;
    progress.clear();
    // A pipe that nobody reads from keeps a writer waiting: a signal ends that as usual.
    if (target.kind === "stream") signals.close();
    await writeWhole(target, writeBaseline(built.baseline), context);
    const isJson = isSwitchOn(invocation, "--json");
    const report = isJson ? `${JSON.stringify(buildReportJson(built, request))}\n` : buildReport(built, request);
    if (request.output === "-") context.writeError(report);
    else context.write(report);
    return 0;
  } finally {
    progress.clear();
    signals.close();
  }
}

/** Fails with `usage` when the baseline would take the place of the data that it is made of. */
async function refuseInputAsOutput({ inputs, output }: BuildRequest, target: WriteTarget): Promise<void> {
  if (target.kind !== "file" || target.there === undefined) return;
  const { dev, ino } = target.there;
  for (const input of inputs) {
    // An input that cannot be looked at is told of when it is opened.
    const found = await stat(input).catch(() => undefined);
    if (found === undefined || found.dev !== dev || found.ino !== ino) continue;
    throw new OutriderError("usage", `-o ${output} is the input ${input}: the baseline would replace the data`);
  }
}

/** What one pass over all inputs found out beside their rows. */
interface Pass {
  readonly digests: readonly string[];
  readonly shortRows: number;
}

async function build(request: BuildRequest, progress: ProgressBar): Promise<BuildResult> {
  const profiler = new BaselineProfiler(request.options);
  const columns = new Set<string>();
  let rows = 0;
  const first = await readAll(request, progress.pass("looking", 0), (table) => {
    for (const name of table.columns.names) columns.add(name);
    // In JSON lines a column may come late; elsewhere a slip is better told before a long reading than after it.
    if (request.areColumnsKnownAtOnce) checkColumns(request, columns);
    profiler.add(table);
    rows += table.rowCount;
  });
  checkColumns(request, columns);
  checkRoles(request, profiler.roleValues, rows);
  const counter = profiler.finish();
  const second = await readAll(request, progress.pass("counting", 1), (table) => counter.add(table));
  if (first.digests.join() !== second.digests.join()) {
    throw new OutriderError("dataset_changed", `${sourceName(request.inputs)} was changed while it was read`);
  }
  const built = counter.finish({
    createdAt: new Date().toISOString(),
    ...(request.model === undefined ? {} : { model: request.model }),
    source: { kind: "file", name: sourceName(request.inputs), digest: digestOfAll(first.digests) },
  });
  return { ...built, shortRows: first.shortRows };
}

async function readAll(
  request: BuildRequest,
  progress: (readBytes: number, totalBytes: number) => void,
  take: (table: FeatureTable) => void,
): Promise<Pass> {
  const datasets: Dataset[] = [];
  for (const input of request.inputs) datasets.push(await openDataset(input, request.format));
  const total = datasets.reduce((sum, dataset) => sum + dataset.bytesTotal, 0);
  let before = 0;
  for (const dataset of datasets) {
    for await (const table of dataset.tables()) {
      take(table);
      progress(before + dataset.bytesRead, total);
    }
    before += dataset.bytesTotal;
  }
  return {
    digests: datasets.map((dataset) => dataset.digest),
    shortRows: datasets.reduce((sum, dataset) => sum + dataset.shortRows, 0),
  };
}
