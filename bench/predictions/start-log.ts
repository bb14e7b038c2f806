/** The prediction log as a sidecar starts it, with capture and sinks, but without a relay. */
import { systemClock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Config } from "../../src/config/table/table.ts";
import { type BodyTelemetry, startBodyTelemetry } from "../../src/assembly/body-telemetry.ts";
import { createLogger } from "../../src/logging/logger.ts";
import { RequestMetrics } from "../../src/metrics/requests/request-metrics.ts";
import { systemRandom } from "../../src/relay/system-random.ts";

/** Settings by the names of their environment variables, without `OUTRIDER_`. */
export type Settings = Readonly<Record<string, string>>;

/** The configuration with these settings and the defaults. Throws when one is wrong. */
export async function configOf(settings: Settings): Promise<Config> {
  const environment = Object.fromEntries(
    Object.entries(settings).map(([name, value]): [string, string] => [`OUTRIDER_${name}`, value]),
  );
  const result = await loadConfig({ file: undefined, environment, flags: [], isUpstreamRequired: false });
  if (result.kind === "loaded") return result.loaded.config;
  throw new Error(result.mistakes.map(({ path, problem }) => `${path}: ${problem}`).join("\n"));
}

/** Telemetry from MLflow's bodies, with the prediction log when the settings turn it on. */
export async function startLog(settings: Settings): Promise<BodyTelemetry> {
  const config = await configOf(settings);
  const telemetry = await startBodyTelemetry({
    config,
    log: await createLogger({ level: "warn", format: "json" }),
    clock: systemClock,
    random: systemRandom,
    requests: new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 8 }),
  });
  await telemetry.serve("mlflow");
  return telemetry;
}

/** Sum of all samples of a metric that the parts of `telemetry` count. */
export function sumOfMetric(telemetry: BodyTelemetry, metric: string): number {
  return telemetry.groups
    .flatMap((group) => Object.entries(group.families()))
    .filter(([name]) => name === metric)
    .flatMap(([, samples]) => [...samples])
    .reduce((sum, { value }) => sum + value, 0);
}
