/** Runs the embedded model server by itself: `node demo/model-server.ts --help`. */
import { parseArgs } from "node:util";

import { readModelFile } from "./model-server/classifier.ts";
import { startModelServer } from "./model-server/model-server.ts";
import { shapeNames } from "./model-server/serving-shape.ts";
import type { ShapeName } from "./model-server/serving-shape.ts";
import { logNormal, seededRandom } from "./traffic/seeded-random.ts";

const help = `Serves the breast-cancer classifier over the request shapes of MLflow, TensorFlow Serving and KServe V2.

  node demo/model-server.ts [flags]

  --host HOST         address to listen on (127.0.0.1)
  --port PORT         port to listen on, 0 for any free one (8080)
  --protocol NAME     what it is recognised as: ${shapeNames.join(", ")} or all (mlflow);
                      predictions are answered in every shape whatever is chosen
  --latency-ms MS     median time a prediction takes, log-normal; 0 for as fast as it can (0)
  --seed N            seed of those times (1)
  --help              this text
`;

/** How widely times scatter: the 99th percentile is about 2.5 times the median. */
const latencySpread = 0.4;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "8080" },
      protocol: { type: "string", default: "mlflow" },
      "latency-ms": { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const protocol = readProtocol(values.protocol);
  const medianMs = readNumber("--latency-ms", values["latency-ms"], 60_000);
  const random = seededRandom(readNumber("--seed", values.seed, 2 ** 32));
  const server = await startModelServer({
    model: readModelFile(),
    host: values.host,
    port: readNumber("--port", values.port, 65_535),
    protocol,
    nextLatencyMs: () => (medianMs === 0 ? 0 : logNormal(random, medianMs, latencySpread)),
  });
  const host = server.host.includes(":") ? `[${server.host}]` : server.host;
  process.stdout.write(`model server on http://${host}:${server.port} (${protocol})\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void server.stop();
    });
  }
}

function readProtocol(given: string): ShapeName | "all" {
  const known = [...shapeNames, "all"] as const;
  const found = known.find((name) => name === given);
  if (found === undefined) {
    throw new Error(`--protocol: ${given} is not one of ${known.join(", ")}`);
  }
  return found;
}

function readNumber(flag: string, given: string, highest: number): number {
  const number = Number(given);
  if (given.trim() === "" || !(number >= 0 && number <= highest)) {
    throw new Error(`${flag}: ${given} is not a number from 0 to ${highest}`);
  }
  return number;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`model server: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
