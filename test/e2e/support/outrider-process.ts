import path from "node:path";
import { build } from "esbuild";
import { buildOptions } from "../../../scripts/build.ts";
import { metricValue } from "../../support/metric-value.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

/** What the admin port answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

/** The product, running in front of a server. */
export interface Outrider extends ServerProcess {
  /** Where clients ask. */
  readonly port: number;
  /** Where the admin port answers, without a path. */
  readonly adminUrl: string;
  /** GETs a path of the admin port. */
  readonly admin: (path: string) => Promise<AdminAnswer>;
  /** What `/readyz` answers: its status and the fields of its JSON. */
  readonly readiness: () => Promise<{ readonly status: number; readonly [field: string]: unknown }>;
  /** The sum of the samples of a metric with these labels; undefined when there is none. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number | undefined>;
}

/** How to start it. */
export interface OutriderPlan {
  /** As {@link buildOutrider} gave it. */
  readonly entry: string;
  readonly folder: string;
  readonly upstreamPort: number;
  /** More flags of `outrider run`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** False waits only until it listens: for a server that is not there yet. */
  readonly untilReady?: boolean;
}

/** Builds the product as `npm run build` does, into the folder, and gives its entry file. */
export async function buildOutrider(folder: string): Promise<string> {
  const outdir = path.join(folder, "dist");
  await build({ ...buildOptions, outdir });
  return path.join(outdir, "outrider.mjs");
}

let started = 0;

/** Starts the product on free ports and waits until it calls the server behind it ready. */
export async function startOutrider(plan: OutriderPlan): Promise<Outrider> {
  const { entry, folder, upstreamPort, args = [], env = {}, untilReady = true } = plan;
  started += 1;
  const name = `outrider-${started}`;
  let admin: Outrider["admin"] = () => Promise.reject(new Error("not listening yet"));
  const anyPort = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const server = await startServer({
    name,
    command: process.execPath,
    // No load balancer stands before it that would need time to notice its end.
    env: { OUTRIDER_DRAIN_MIN_MS: "0", ...env },
    args: [entry, "run", "--upstream", `http://127.0.0.1:${upstreamPort}`, ...anyPort, "--log-level", "debug", ...args],
    folder,
    isReady: async (log) => {
      const addresses = listening(log());
      if (addresses === undefined) return false;
      admin = (target) => get(addresses.admin + target);
      return !untilReady || (await admin("/readyz")).status === 200;
    },
  });
  const addresses = listening(server.log());
  if (addresses === undefined) throw new Error(`${name} does not say where it listens`);
  return {
    ...server,
    port: Number(new URL(addresses.listen).port),
    adminUrl: addresses.admin,
    admin,
    readiness: async () => {
      const { status, body } = await admin("/readyz");
      return { ...(JSON.parse(body) as object), status };
    },
    metric: async (metric, labels) => metricValue((await admin("/metrics")).body, metric, labels),
  };
}

async function get(url: string): Promise<AdminAnswer> {
  const response = await fetch(url);
  return { status: response.status, body: await response.text() };
}

/** The addresses from the line that the product logs when it listens; undefined before. */
function listening(log: string): { readonly listen: string; readonly admin: string } | undefined {
  for (const line of log.split("\n").filter((text) => text.startsWith("{") && text.endsWith("}"))) {
    const { listen, admin } = JSON.parse(line) as { readonly listen?: string; readonly admin?: string };
    if (listen !== undefined && admin !== undefined) return { listen: `http://${listen}`, admin: `http://${admin}` };
  }
  return undefined;
}
