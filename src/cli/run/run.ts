import { effectiveValues } from "../../config/effective.ts";
import { LiveConfig } from "../../config/live-config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { formatUpstream } from "../../config/upstream.ts";
import { createLogger, type Log } from "../../logging/logger.ts";
import { startSidecar, type Sidecar } from "../../sidecar.ts";
import type { CommandContext, Invocation } from "../program/command.ts";
import { loadCommandConfig } from "../config/load-config.ts";
import { mistakeReport } from "../config/mistake-report.ts";
import { productRevision, productVersion } from "../program/version.ts";
import { startReloading } from "./reloading.ts";
import { listenForStopSignals, type StopSignals } from "../program/stop-signals.ts";

const flushLimitMs = 1000;

/** `outrider run`: runs the sidecar until a signal. */
export async function run(invocation: Invocation, context: CommandContext): Promise<number> {
  const load = (): ReturnType<typeof loadCommandConfig> => loadCommandConfig(invocation, context, true);
  const result = await load();
  if (result.kind === "mistakes") {
    context.writeError(mistakeReport(result.mistakes));
    return 2;
  }
  const signals = listenForStopSignals();
  const { loaded } = result;
  const log = await createLogger(loaded.config.log);
  let sidecar: Sidecar | undefined;
  const live = new LiveConfig({
    initial: loaded,
    load,
    apply: (config) => sidecar?.reload(config) ?? [],
    wallMs: () => Date.now(),
  });
  try {
    sidecar = await startSidecar({
      config: loaded.config,
      effectiveValues: () => effectiveValues(live.loaded),
      reloads: () => live.counters,
      version: productVersion,
      revision: productRevision,
      log,
    });
    announce(sidecar, loaded, log);
    const stopReloading = await startReloading(live, log.logger);
    const exitCode = await stopOnSignal(sidecar, signals, log);
    stopReloading();
    return exitCode;
  } finally {
    signals.close();
    await log.flush(flushLimitMs);
  }
}

function announce(sidecar: Sidecar, { config, file }: LoadedConfig, log: Log): void {
  const fields = {
    listen: sidecar.listenAddress,
    admin: sidecar.adminAddress,
    upstream: config.upstream === undefined ? "" : formatUpstream(config.upstream),
    protocol: config.protocol,
    ...(file === undefined ? {} : { config: file }),
    version: productVersion,
    pid: process.pid,
  };
  log.logger.info(fields, `outrider listens on ${sidecar.listenAddress}, admin on ${sidecar.adminAddress}`);
}

/** Drains and stops on the first signal; a second one aborts requests in flight. */
async function stopOnSignal(sidecar: Sidecar, signals: StopSignals, { logger }: Log): Promise<number> {
  const signal = await signals.next();
  logger.info({ signal }, "draining; a second signal stops at once");
  sidecar.drain();
  // Ctrl-C means a terminal, and no load balancer that must notice the drain.
  const stopped = sidecar.stop(signal === "SIGINT" ? "hurry" : "orderly").then(() => undefined);
  const second = await Promise.race([stopped, signals.next()]);
  if (second === undefined) {
    logger.info("stopped");
    return 0;
  }
  logger.warn({ signal: second }, "stopping at once");
  await sidecar.stop("force");
  return 1;
}
