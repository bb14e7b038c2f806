import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";

import { openDataset } from "../../datasets/open-dataset.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { BaselineProfiler } from "../../drift/baseline/baseline-builder.ts";
import { writeBaseline } from "../../drift/baseline/baseline-file.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { buildRequest, checkColumns, checkRoles, type BuildRequest } from "./build-request.ts";
import { buildReport, buildReportJson, type BuildResult } from "./build-report.ts";
import { interruptedExitCode, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { ProgressBar } from "../terminal/progress.ts";
import type { FeatureTable } from "../../payload/body-content.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";
import { writeTarget, writeWhole, type WriteTarget } from "../terminal/output.ts";

/** `outrider baseline build`: reads the input twice and writes its baseline. */
export async function baselineBuild(invocation: Invocation, context: CommandContext): Promise<number> {
  const request = buildRequest(invocation);
  const target = await writeTarget(request.output);
  await refuseInputAsOutput(request, target);
  const progress = new ProgressBar(context);
  const signals = listenForStopSignals();
  try {
    const stopped = signals.next().then(() => "stopped" as const);
    const built = await Promise.race([build(request, progress), stopped]);
    if (built === "stopped") return interruptedExitCode;
    progress.clear();
    // Writing to a pipe without a reader blocks: from here on a signal ends the process as usual.
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

/** Fails with `usage` when the output would overwrite an input. */
async function refuseInputAsOutput({ inputs, output }: BuildRequest, target: WriteTarget): Promise<void> {
  if (target.kind !== "file" || target.there === undefined) return;
  const { dev, ino } = target.there;
  for (const input of inputs) {
    // An input that does not exist is reported when it is opened.
    const found = await stat(input).catch(() => undefined);
    if (found === undefined || found.dev !== dev || found.ino !== ino) continue;
    throw new OutriderError("usage", `-o ${output} is the input ${input}: the baseline would replace the data`);
  }
}

/** Result of one pass over all inputs, without the rows. */
interface Pass {
  readonly digests: readonly string[];
  readonly shortRows: number;
}

async function build(request: BuildRequest, progress: ProgressBar): Promise<BuildResult> {
  const profiler = new BaselineProfiler(request.options);
  const columns = new Set<string>();
  let rows = 0;
  const first = await readAll(request, progress.pass("profiling", 0), (table) => {
    for (const name of table.columns.names) columns.add(name);
    // In JSON lines a column may appear late. In other formats a wrong name is reported before the long read.
    if (request.areColumnsKnownAtOnce) checkColumns(request, columns);
    profiler.add(table);
    rows += table.rowCount;
  });
  checkColumns(request, columns);
  checkRoles(request, profiler.roleValues, rows);
  const counter = profiler.finish();
  const second = await readAll(request, progress.pass("counting", 1), (table) => counter.add(table));
  if (first.digests.join() !== second.digests.join()) {
    throw new OutriderError("dataset_changed", `${sourceName(request.inputs)} changed while it was being read`);
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

/** Names of the files, without their folders. */
function sourceName(files: readonly string[]): string {
  return files
    .map((file) => path.basename(file))
    .join(", ")
    .slice(0, 1000);
}

/** The digest of a single file; for several files, the digest of their digests, one per line. */
function digestOfAll(digests: readonly string[]): string {
  const [first = "", second] = digests;
  if (second === undefined) return first;
  return `sha256:${createHash("sha256")
    .update(digests.map((digest) => `${digest}\n`).join(""))
    .digest("hex")}`;
}
