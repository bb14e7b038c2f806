/**
 * A scrape of 10,000 series while requests pass: what does the page cost the requests that come meanwhile? Many model
 * names are asked for until the page has that many lines.
 */
import { setTimeout as delay } from "node:timers/promises";
import { openHttpConnection, predictionRequest } from "../clients/http-connection.ts";
import { outriderPeer } from "../load/outrider.ts";
import { type OpenLoopSample, runOpenLoop } from "./open-loop.ts";
import type { ScenarioContext } from "./scenario.ts";

/** One run. */
export interface ScrapeSample {
  /** Lines of the page that are samples. */
  readonly series: number;
  readonly pageBytes: number;
  /** Scrapes during the open loop, and how long each took, milliseconds. */
  readonly scrapes: number;
  readonly scrapeP50Ms: number;
  /** The open loop with no scrape, and with one every quarter of a second. */
  readonly without: OpenLoopSample;
  readonly during: OpenLoopSample;
}

const wantedSeries = 10_000;
const mostModels = 1000;
const scrapeEveryMs = 250;
const requestsPerSecond = 1000;
const modelPath = (model: number): string => `/v2/models/model-${model}/infer`;

const manyModels = outriderPeer({
  name: "outrider-many-models",
  title: "Outrider with many models",
  protocol: "kserve-v2",
  probePath: "/v2/health/ready",
  config: { metrics: { max_models: mostModels } },
});

/** Runs the scenario `longRounds` times on one process of Outrider; empty when it is not built. */
export async function measureScrape(context: ScenarioContext): Promise<readonly ScrapeSample[]> {
  if (!manyModels.isAvailable()) return [];
  const running = await manyModels.start(context.upstreamPort);
  const metricsUrl = `http://127.0.0.1:${running.admin?.port ?? 0}/metrics`;
  try {
    context.say("scrape: asking for many models");
    await fillSeries(running.port, metricsUrl);
    const samples: ScrapeSample[] = [];
    for (let round = 1; round <= context.pace.longRounds; round += 1) {
      context.say(`scrape: round ${round}/${context.pace.longRounds}`);
      samples.push(await measureOnce(running.port, metricsUrl, context.pace.seconds));
    }
    return samples;
  } finally {
    await running.stop();
  }
}

async function fillSeries(port: number, metricsUrl: string): Promise<void> {
  const connection = openHttpConnection(port);
  for (let model = 0; model < mostModels; model += 1) {
    if (model % 50 === 0 && countSeries(await scrape(metricsUrl)) >= wantedSeries) break;
    const status = await new Promise<number>((resolve) => {
      connection.send(predictionRequest(port, modelPath(model)), resolve);
    });
    if (status !== 200) throw new Error(`a request for model-${model} was answered with ${status}`);
  }
  connection.socket.destroy();
}

async function measureOnce(port: number, metricsUrl: string, seconds: number): Promise<ScrapeSample> {
  const openLoop = (): Promise<OpenLoopSample> => runOpenLoop({ port, requestsPerSecond, seconds, path: modelPath(0) });
  const without = await openLoop();
  const scrapeMs: number[] = [];
  let page = "";
  const over = new AbortController();
  const scraping = (async () => {
    while (!over.signal.aborted) {
      await delay(scrapeEveryMs);
      const startedAtMs = performance.now();
      page = await scrape(metricsUrl);
      scrapeMs.push(performance.now() - startedAtMs);
    }
  })();
  const during = await openLoop();
  over.abort();
  await scraping;
  const sorted = scrapeMs.toSorted((a, b) => a - b);
  return {
    series: countSeries(page),
    pageBytes: Buffer.byteLength(page),
    scrapes: scrapeMs.length,
    scrapeP50Ms: sorted[Math.floor(sorted.length / 2)] ?? 0,
    without,
    during,
  };
}

async function scrape(metricsUrl: string): Promise<string> {
  const response = await fetch(metricsUrl);
  if (!response.ok) throw new Error(`${metricsUrl} was answered with ${response.status}`);
  return response.text();
}

function countSeries(page: string): number {
  return page.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
}
