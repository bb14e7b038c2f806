import {
  baselineFormatVersion,
  type Baseline,
  type CategoricalDistribution,
  type Distribution,
  type NumericDistribution,
} from "./baseline.ts";
import { baselineSchema, type FormatSchema } from "./baseline-schema.ts";
import { checkSchema, type FormatProblem, maxProblems } from "./schema-check.ts";

/** Result of reading a file: the baseline, or the first {@link maxProblems} problems. */
export type BaselineResult =
  | { readonly kind: "baseline"; readonly baseline: Baseline }
  | { readonly kind: "problems"; readonly problems: readonly FormatProblem[] };

/** Longest text of a baseline. 10,000 features with 20 bins each take 10 MB. */
export const maxBaselineBytes: number = 256 * 2 ** 20;

/**
 * Reads a baseline from its text or from the value that JSON.parse made of it. Strict: every field, length, order and
 * range is checked, and a field that the format does not have is a problem. Never throws; linear in the input.
 */
export function readBaseline(input: unknown): BaselineResult {
  const value = typeof input === "string" ? parse(input) : { json: input };
  if (typeof value === "string") return { kind: "problems", problems: [{ path: "$", problem: value }] };
  const newer = newerVersion(value.json);
  if (newer !== undefined) return { kind: "problems", problems: [newer] };
  const problems: FormatProblem[] = [];
  checkSchema(value.json, baselineSchema, "$", problems);
  if (problems.length === 0) checkBaseline(value.json as Baseline, problems);
  return problems.length === 0
    ? { kind: "baseline", baseline: value.json as Baseline }
    : { kind: "problems", problems: problems.slice(0, maxProblems) };
}

/** The value in the text, or what is wrong with it. */
function parse(text: string): { readonly json: unknown } | string {
  if (text.length > maxBaselineBytes) return `longer than ${maxBaselineBytes} characters`;
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    return `not valid JSON: ${(error as Error).message}`;
  }
}

/** A later format is not checked further: what looks like a mistake may be right in it. */
function newerVersion(json: unknown): FormatProblem | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { format, version } = json as Partial<Record<keyof Baseline, unknown>>;
  if (format !== "outrider-baseline" || typeof version !== "number" || !(version > baselineFormatVersion)) {
    return undefined;
  }
  return {
    path: "$.version",
    problem: `made by a newer Outrider: the file has format version ${version}, this Outrider reads version ${baselineFormatVersion}`,
  };
}

/** Checks what the schema cannot express: lengths and orders of lists that belong together. */
function checkBaseline(baseline: Baseline, problems: FormatProblem[]): void {
  const { features, prediction, confidence, quality } = baseline;
  checkOnce(
    features.map((feature) => feature.name),
    "$.features",
    problems,
  );
  for (const [index, feature] of features.entries()) checkDistribution(feature, `$.features[${index}]`, problems);
  if (prediction !== undefined) checkDistribution(prediction, "$.prediction", problems);
  if (confidence !== undefined) checkDistribution(confidence, "$.confidence", problems);
  const calibration = quality?.calibration;
  if (calibration === undefined) return;
  const path = "$.quality.calibration";
  checkLength(calibration.y, calibration.x.length, `${path}.y`, problems);
  checkAscending(calibration.x, true, `${path}.x`, problems);
  checkAscending(calibration.y, false, `${path}.y`, problems);
}

function checkDistribution(distribution: Distribution, path: string, problems: FormatProblem[]): void {
  if (problems.length >= maxProblems) return;
  if (distribution.kind === "numeric") checkNumeric(distribution, path, problems);
  else checkCategorical(distribution, path, problems);
}

function checkNumeric(
  { edges, counts, quartiles }: NumericDistribution,
  path: string,
  problems: FormatProblem[],
): void {
  if (edges.length === 1) problems.push({ path: `${path}.edges`, problem: "a bin needs two edges" });
  checkLength(counts, Math.max(0, edges.length - 1), `${path}.counts`, problems);
  checkAscending(edges, true, `${path}.edges`, problems);
  checkAscending(quartiles, false, `${path}.quartiles`, problems);
}

function checkCategorical(distribution: CategoricalDistribution, path: string, problems: FormatProblem[]): void {
  const { values, counts, rareValues } = distribution;
  checkLength(counts, values.length, `${path}.counts`, problems);
  checkOnce([...values, ...rareValues], `${path}.values`, problems);
}

function checkLength(list: readonly unknown[], expected: number, path: string, problems: FormatProblem[]): void {
  if (list.length === expected) return;
  problems.push({ path, problem: `expected ${expected} items, found ${list.length}` });
}

function checkAscending(list: readonly number[], isStrict: boolean, path: string, problems: FormatProblem[]): void {
  for (let index = 1; index < list.length; index++) {
    const before = list[index - 1]!;
    const value = list[index]!;
    if (value > before || (!isStrict && value === before)) continue;
    problems.push({ path: `${path}[${index}]`, problem: `expected more than ${before}, found ${value}` });
    return;
  }
}

function checkOnce(words: readonly string[], path: string, problems: FormatProblem[]): void {
  const seen = new Set<string>();
  for (const word of words) {
    if (seen.has(word)) {
      problems.push({ path, problem: `${JSON.stringify(word.slice(0, 40))} appears twice` });
      return;
    }
    seen.add(word);
  }
}

/**
 * The text of a file: fields in the order of the format, a feature a line, so that the same baseline gives the same
 * text.
 */
export function writeBaseline(baseline: Baseline): string {
  const ordered = inOrder(baseline, baselineSchema) as Readonly<Record<string, unknown>>;
  const members = Object.entries(ordered).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${memberText(name, value)}`,
  );
  return `{\n${members.join(",\n")}\n}\n`;
}

function memberText(name: string, value: unknown): string {
  if (name !== "features" || !Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map((feature) => `    ${JSON.stringify(feature)}`).join(",\n")}\n  ]`;
}

/** Copies with the members of objects in the order of their schema. */
function inOrder(value: unknown, schema: FormatSchema): unknown {
  if ("oneOf" in schema) {
    const { kind } = value as Distribution;
    const found = schema.oneOf.find((each) => "properties" in each && hasKind(each.properties["kind"], kind));
    return found === undefined ? value : inOrder(value, found);
  }
  if ("items" in schema) return (value as readonly unknown[]).map((item) => inOrder(item, schema.items));
  if (!("properties" in schema)) return value;
  const record = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(schema.properties)
      .filter(([name]) => record[name] !== undefined)
      .map(([name, member]) => [name, inOrder(record[name], member)]),
  );
}

function hasKind(schema: FormatSchema | undefined, kind: string): boolean {
  return schema !== undefined && "const" in schema && schema.const === kind;
}
