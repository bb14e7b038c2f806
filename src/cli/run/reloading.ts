/** Reloads the configuration of a running sidecar, and logs the result. */
import type { LiveConfig } from "../../config/live-config.ts";
import { formatMistakes } from "../../config/mistake.ts";
import { watchFile } from "../../config/watch.ts";
import type { Log } from "../../logging/logger.ts";

const settleMs = 100;

const pollMs = 10_000;

/**
 * Reloads on SIGHUP and when the file changes, until the returned function is called. A version with mistakes is
 * logged with all of them and changes nothing.
 */
export async function startReloading(live: LiveConfig, log: Log["logger"]): Promise<() => void> {
  const reload = async (trigger: string): Promise<void> => {
    const outcome = await live.reload();
    if (outcome.kind === "rejected") {
      const mistakes = formatMistakes(outcome.mistakes);
      log.error({ trigger, mistakes }, "the new configuration has mistakes; the last good one stays in force");
      return;
    }
    log.info({ trigger }, "configuration reloaded");
    if (outcome.restartPaths.length > 0) {
      log.warn({ fields: outcome.restartPaths }, "these fields changed and need a restart to take effect");
    }
  };
  const onHangUp = (): void => void reload("SIGHUP");
  process.on("SIGHUP", onHangUp);
  const { file } = live.loaded;
  const onChange = (): void => void reload("file");
  const watch = file === undefined ? undefined : await watchFile({ file, onChange, settleMs, pollMs });
  return () => {
    process.off("SIGHUP", onHangUp);
    watch?.close();
  };
}
