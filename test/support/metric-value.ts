/**
 * The sum of all samples of a metric on a Prometheus page whose labels hold the given ones; undefined when there is
 * none. Enough for label values without escapes.
 */
export function metricValue(
  page: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const values = page.split("\n").flatMap((line) => {
    const [, series = "", text = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const has = text.split(",");
    return series === name && wanted.every((label) => has.includes(label)) ? [Number(value)] : [];
  });
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
