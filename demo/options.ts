/** The command line of the demonstration. */
import { parseArgs } from "node:util";

import { readHostAndPort } from "./processes/addresses.ts";
import type { HostAndPort } from "./processes/addresses.ts";
import { shapeNames } from "./model-server/serving-shape.ts";
import type { ShapeName } from "./model-server/serving-shape.ts";

/** An address to listen on, from the command line or by default. */
export interface WantedAddress extends HostAndPort {
  /** True when the command line named it: then no other port is taken instead. */
  readonly isGiven: boolean;
}

/** Options of the demonstration, checked and with their defaults. */
export interface DemoOptions {
  readonly help: boolean;
  /** A real MLflow server instead of the embedded one. */
  readonly mlflow: boolean;
  /** JSON lines instead of a display. */
  readonly json: boolean;
  readonly protocol: ShapeName;
  readonly requestsPerSecond: number;
  /** 0 for no end. */
  readonly durationSeconds: number;
  /** When clients may begin to send a feature in another unit, once there was a verdict without that; 0 for never. */
  readonly driftAfterSeconds: number;
  /** Median time that the embedded server takes over a prediction, milliseconds. */
  readonly latencyMs: number;
  readonly seed: number;
  readonly listen: WantedAddress;
  readonly admin: WantedAddress;
}

/** What `--help` prints. */
export const helpText: string = `Shows Outrider at work: a model server, the sidecar in front of it, and real rows as traffic.

  npm run demo -- [flags]

  --mlflow          a real "mlflow models serve" of a scikit-learn model instead of the embedded model server;
                    installed and trained by this command, ready in about a minute
  --protocol NAME   protocol of the embedded model server: ${shapeNames.join(", ")} (mlflow)
  --rate N          requests per second, at random times (150; 50 with --mlflow); fewer when the server is slower
  --duration N      seconds to run; without it, until Ctrl-C
  --drift-after N   seconds until clients send a feature in another unit, at the earliest after the first verdict on
                    drift; 0 for never (40; 60 with --mlflow)
  --latency-ms N    median time the embedded model server takes over a prediction (8)
  --seed N          seed of all random choices (1)
  --listen ADDRESS  where the sidecar takes requests (127.0.0.1:18080; another port when that one is taken)
  --admin ADDRESS   where it shows its metrics (127.0.0.1:18090; another port when that one is taken)
  --json            one JSON object a line instead of a display
  --help            this text
`;

/** Reads the command line. Throws an Error that names the flag, what was given and what is expected. */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h", default: false },
      mlflow: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      protocol: { type: "string" },
      rate: { type: "string" },
      duration: { type: "string", default: "0" },
      "drift-after": { type: "string" },
      "latency-ms": { type: "string", default: "8" },
      seed: { type: "string", default: "1" },
      listen: { type: "string" },
      admin: { type: "string" },
    },
  });
  if (values.mlflow && values.protocol !== undefined && values.protocol !== "mlflow") {
    throw new Error(
      `--protocol ${values.protocol}: a real MLflow server supports only mlflow; leave out one of the two`,
    );
  }
  return {
    help: values.help,
    mlflow: values.mlflow,
    json: values.json,
    protocol: readProtocol(values.protocol ?? "mlflow"),
    requestsPerSecond: readNumber("--rate", values.rate ?? (values.mlflow ? "50" : "150"), [0.1, 5_000]),
    durationSeconds: readNumber("--duration", values.duration, [0, 86_400]),
    driftAfterSeconds: readNumber("--drift-after", values["drift-after"] ?? (values.mlflow ? "60" : "40"), [0, 86_400]),
    latencyMs: readNumber("--latency-ms", values["latency-ms"], [0, 60_000]),
    seed: readNumber("--seed", values.seed, [0, 2 ** 32 - 1]),
    listen: readAddress("--listen", values.listen, 18_080),
    admin: readAddress("--admin", values.admin, 18_090),
  };
}

function readProtocol(given: string): ShapeName {
  const found = shapeNames.find((name) => name === given);
  if (found === undefined) {
    throw new Error(`--protocol ${given}: expected one of ${shapeNames.join(", ")}`);
  }
  return found;
}

function readNumber(flag: string, given: string, [lowest, highest]: readonly [number, number]): number {
  const number = given.trim() === "" ? Number.NaN : Number(given);
  if (!(number >= lowest && number <= highest)) {
    throw new Error(`${flag} ${given}: expected a number from ${lowest} to ${highest}`);
  }
  return number;
}

function readAddress(flag: string, given: string | undefined, port: number): WantedAddress {
  if (given === undefined) {
    return { host: "127.0.0.1", port, isGiven: false };
  }
  const address = readHostAndPort(given);
  if (address === undefined) {
    throw new Error(`${flag} ${given}: expected an address and a port, e.g. 127.0.0.1:${port} or [::1]:${port}`);
  }
  return { ...address, isGiven: true };
}
