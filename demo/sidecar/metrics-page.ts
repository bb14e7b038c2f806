/** Reads the sidecar's own numbers from its metrics page (Prometheus text format). */

/** One sample line. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Every sample on a page, in its order; comments and other lines are skipped. Linear in the page. */
export function readMetricsPage(page: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of page.split("\n")) {
    const match = samplePattern.exec(line);
    if (match !== null) {
      const [, name = "", labels = "", value = ""] = match;
      samples.push({ name, labels: readLabels(labels), value: readValue(value) });
    }
  }
  return samples;
}

/** Sum of a metric's samples that carry all the given label values; undefined when there is none. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = samples.filter(
    (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, sample) => sum + sample.value, 0);
}

/** Sums of a metric's samples by the value of one label. */
export function sumsBy(samples: readonly Sample[], name: string, label: string): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const sample of samples.filter((candidate) => candidate.name === name)) {
    const value = sample.labels[label] ?? "";
    sums[value] = (sums[value] ?? 0) + sample.value;
  }
  return sums;
}

const samplePattern = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const labelPattern = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function readLabels(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(labelPattern)].map(([, name = "", value = ""]) => [name, value.replaceAll(/\\(.)/g, unescape)]),
  );
}

const unescape = (_: string, letter: string): string => (letter === "n" ? "\n" : letter);

function readValue(text: string): number {
  return text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
}
