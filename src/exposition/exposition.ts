/**
 * The text that Prometheus scrapes. prom-client formats it; the values come from typed arrays at the time of the
 * scrape, and nothing of prom-client is called while requests are served.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import Registry from "prom-client/lib/registry.js";
import { metricCatalogue, type MetricName } from "../metrics/catalogue/catalogue.ts";
import { familiesOf } from "./families.ts";
import type { Sample, SampleFamilies, SampleSource } from "../metrics/sample.ts";
import { registerProcessMetrics } from "./process-metrics.ts";
import type { ExpositionSources } from "./sources.ts";

/** The page of `/metrics`, rendered at each scrape in slices between which requests are served. */
export interface Exposition {
  /** Value of the Content-Type header: the text format 0.0.4, which Prometheus 2 and 3 both read. */
  readonly contentType: string;
  /** Renders the page. Calls that overlap share one rendering. */
  text(): Promise<string>;
}

/** Samples formatted in one go, and the time after which other work of the event loop gets its turn. */
const sliceSamples = 32;
const maxTurnMs = 0.25;

/**
 * Makes the page of all metrics in the catalogue and of the process. Costs 2 MB of memory and about 3 ms at 500
 * series.
 */
export function createExposition(sources: ExpositionSources): Exposition {
  const registry = new Registry();
  registerProcessMetrics(registry);
  const renderers = sources.groups.map((group) => sourceRenderer(registry, group));
  let rendering: Promise<string> | undefined;
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    text: () => {
      rendering ??= render(registry, sources, renderers).finally(() => (rendering = undefined));
      return rendering;
    },
  };
}

type YieldToEventLoop = () => Promise<void>;

async function render(
  registry: Registry,
  sources: ExpositionSources,
  renderers: readonly ((yieldToEventLoop: YieldToEventLoop) => Promise<readonly string[]>)[],
): Promise<string> {
  const yieldToEventLoop = createYield();
  const parts = await renderFamilies(registry, familiesOf(sources), yieldToEventLoop);
  for (const renderSource of renderers) parts.push(...(await renderSource(yieldToEventLoop)));
  for (const metric of registry.getMetricsAsArray()) {
    parts.push(await registry.getMetricsAsString(metric));
    await yieldToEventLoop();
  }
  return `${parts.join("\n")}\n`;
}

/** Renders a source, or returns the last text while the source's version is the same. */
function sourceRenderer(
  registry: Registry,
  source: SampleSource,
): (yieldToEventLoop: YieldToEventLoop) => Promise<readonly string[]> {
  let last: { readonly version: number | undefined; readonly parts: readonly string[] } | undefined;
  return async (yieldToEventLoop) => {
    // Read first: what changes during the rendering is rendered at the next scrape.
    const version = source.version?.();
    if (last === undefined || version === undefined || version !== last.version) {
      last = { version, parts: await renderFamilies(registry, source.families(), yieldToEventLoop) };
    }
    return last.parts;
  };
}

async function renderFamilies(
  registry: Registry,
  families: SampleFamilies,
  yieldToEventLoop: YieldToEventLoop,
): Promise<string[]> {
  const parts: string[] = [];
  for (const [name, samples] of Object.entries(families)) {
    const { help, type } = metricCatalogue[name as MetricName];
    let isFirst = true;
    for (const values of slices(samples)) {
      const text = await registry.getMetricsAsString({ name, get: async () => ({ name, help, type, values }) });
      parts.push(isFirst ? text : withoutHeader(text));
      isFirst = false;
      await yieldToEventLoop();
    }
  }
  return parts;
}

/** Cuts samples into slices. No samples make one empty slice, so that the HELP and TYPE lines are there. */
function* slices(samples: Iterable<Sample>): Generator<readonly Sample[]> {
  let slice: Sample[] = [];
  let isFirst = true;
  for (const sample of samples) {
    if (slice.length === sliceSamples) {
      yield slice;
      isFirst = false;
      slice = [];
    }
    slice.push(sample);
  }
  if (isFirst || slice.length > 0) yield slice;
}

/** HELP and TYPE lines may appear once a family, so its later slices go without them. */
function withoutHeader(text: string): string {
  const help = text.indexOf("\n");
  return text.slice(text.indexOf("\n", help + 1) + 1);
}

/** Yields to the event loop after {@link maxTurnMs} of work. */
function createYield(): YieldToEventLoop {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < maxTurnMs) return;
    await nextTurn();
    sinceMs = performance.now();
  };
}
