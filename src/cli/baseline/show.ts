import type { Baseline, Distribution } from "../../drift/baseline/baseline.ts";
import { writeBaseline } from "../../drift/baseline/baseline-file.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { isColoured, isUtf8 } from "../terminal/abilities.ts";
import { flagTexts, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { distributionChart, type ChartStyle } from "../terminal/distribution-chart.ts";
import { loadBaseline } from "./load.ts";
import { columnHint } from "../program/flag-values.ts";
import { formatCounted, formatShare, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";
import { rowsText } from "./build-report.ts";
import { cutText, wrappedList } from "../terminal/text.ts";

/** Width of a chart in a file or pipe, and minimum and maximum width on a terminal. */
const usualWidth = 80;
const minWidth = 40;
const maxWidth = 120;

/** `outrider baseline show`: draws the distributions of a baseline. */
export async function baselineShow(invocation: Invocation, context: CommandContext): Promise<number> {
  const [file] = invocation.operands;
  if (file === undefined)
    throw new OutriderError("usage", "a baseline is needed, e.g. outrider baseline show baseline.json");
  const baseline = withColumns(await loadBaseline(file), flagTexts(invocation, "--columns"));
  if (isSwitchOn(invocation, "--json")) {
    context.write(writeBaseline(baseline));
    return 0;
  }
  const style: ChartStyle = {
    width: Math.min(maxWidth, Math.max(minWidth, context.columns ?? usualWidth)),
    isUtf8: isUtf8(context.environment),
    isColoured: isColoured(context.isTerminal, context.environment),
  };
  const charts = titledDistributions(baseline).map(([title, distribution]) => {
    const lines = distributionChart(distribution, style);
    return (title === "" || title === distribution.name ? lines : [`${title}:`, ...lines]).join("\n");
  });
  // Lines are wrapped for terminals only: in a file or pipe the whole digest can be searched for.
  const head = headLines(baseline, context.columns === undefined ? Infinity : style.width);
  context.write(`${[head.join("\n"), ...charts].join("\n\n")}\n`);
  return 0;
}

/** The baseline with the named columns only; prediction and confidence count as columns. */
function withColumns(baseline: Baseline, texts: readonly string[]): Baseline {
  if (texts.length === 0) return baseline;
  const { features, prediction, confidence, ...rest } = baseline;
  const all = new Set(
    [...features, prediction, confidence].flatMap((column) => (column === undefined ? [] : [column.name])),
  );
  const wanted = new Set(texts.flatMap((text) => (all.has(text) ? [text] : text.split(","))));
  for (const name of wanted) {
    if (all.has(name)) continue;
    throw new OutriderError("usage", `--columns ${name}: there is no such column${columnHint(name, all)}`);
  }
  return {
    ...rest,
    features: features.filter(({ name }) => wanted.has(name)),
    ...(prediction !== undefined && wanted.has(prediction.name) ? { prediction } : {}),
    ...(confidence !== undefined && wanted.has(confidence.name) ? { confidence } : {}),
  };
}

function titledDistributions(baseline: Baseline): readonly (readonly [string, Distribution])[] {
  const { features, prediction, confidence } = baseline;
  return [
    ...features.map((feature) => ["", feature] as const),
    ...(prediction === undefined ? [] : [["prediction", prediction] as const]),
    ...(confidence === undefined ? [] : [["confidence", confidence] as const]),
  ];
}

function headLines({ source, createdAt, model, quality }: Baseline, width: number): readonly string[] {
  const origin = source.kind === "file" ? "of" : "learned from requests for";
  const modelText = model === undefined ? [] : [`for ${printable(`${model.name} ${model.version}`.trim())}`];
  const about = [rowsText(source), `made ${createdAt}`, ...modelText];
  return [
    ...wrappedList(`Baseline ${origin} ${printable(source.name)}: `, about, width),
    ...(source.digest === "" ? [] : [cutText(source.digest, width)]),
    ...(quality === undefined ? [] : wrappedList("", qualityTexts(quality), width)),
  ];
}

function qualityTexts(quality: NonNullable<Baseline["quality"]>): readonly string[] {
  const { accuracy, meanAbsoluteError, rows, calibration } = quality;
  return [
    formatCounted(rows, "labelled row"),
    ...(accuracy === undefined ? [] : [`accuracy ${formatShare(accuracy)}`]),
    ...(meanAbsoluteError === undefined ? [] : [`mean absolute error ${formatValue(meanAbsoluteError)}`]),
    ...(calibration === undefined ? [] : [`calibrated in ${formatCounted(calibration.x.length, "point")}`]),
  ];
}
