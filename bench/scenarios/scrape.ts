/**
 * A scrape of 10,000 series while requests pass: what does the page cost the requests that come meanwhile? Many model
 * names are asked for until the page has that many lines.
 */
import { openHttpConnection, predictionRequest } from "../clients/http-connection.ts";
import { summarizeLatencies } from "../clients/summarize-latencies.ts";
import { countSeries, fetchPage, timedMeanwhile } from "../host/admin-pages.ts";
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
const maxModels = 1000;
const scrapeEveryMs = 250;
const requestsPerSecond = 1000;
const modelPath = (model: number): string => `/v2/models/model-${model}/infer`;

const manyModels = outriderPeer({
  name: "outrider-many-models",
  title: "Outrider with many models",
  protocol: "kserve-v2",
  probePath: "/v2/health/ready",
  // No body is read: these are not tensors, and the page is about requests.
  config: { metrics: { max_models: maxModels }, reading: { sample: 0 } },
});

/** Runs the scenario `longRounds` times on one process of Outrider; empty when it is not built. */
export async function measureScrape(context: ScenarioContext): Promise<readonly ScrapeSample[]> {
  if (!manyModels.isAvailable()) return [];
  const running = await manyModels.start(context.upstreamPort);
  const adminPort = running.admin?.port ?? 0;
  try {
    context.say("scrape: asking for many models");
    await fillSeries(running.port, adminPort);
    const samples: ScrapeSample[] = [];
    for (let round = 1; round <= context.pace.longRounds; round += 1) {
      context.say(`scrape: round ${round}/${context.pace.longRounds}`);
      samples.push(await measureOnce(running.port, adminPort, context.pace.seconds));
    }
    return samples;
  } finally {
    await running.stop();
  }
}

async function fillSeries(port: number, adminPort: number): Promise<void> {
  const connection = openHttpConnection(port);
  for (let model = 0; model < maxModels; model += 1) {
    if (model % 50 === 0 && countSeries(await fetchPage(adminPort, "/metrics")) >= wantedSeries) break;
    const status = await new Promise<number>((resolve) => {
      connection.send(predictionRequest(port, modelPath(model)), resolve);
    });
    if (status !== 200) throw new Error(`a request for model-${model} was answered with ${status}`);
  }
  connection.socket.destroy();
}

async function measureOnce(port: number, adminPort: number, seconds: number): Promise<ScrapeSample> {
  const openLoop = (): Promise<OpenLoopSample> => runOpenLoop({ port, requestsPerSecond, seconds, path: modelPath(0) });
  const without = await openLoop();
  let page = "";
  const scrape = async (): Promise<void> => {
    page = await fetchPage(adminPort, "/metrics");
  };
  const { result: during, tookMs } = await timedMeanwhile(scrapeEveryMs, scrape, openLoop);
  return {
    series: countSeries(page),
    pageBytes: Buffer.byteLength(page),
    scrapes: tookMs.length,
    scrapeP50Ms: summarizeLatencies(tookMs).p50Ms,
    without,
    during,
  };
}
