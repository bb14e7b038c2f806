import { execFileSync } from "node:child_process";
import { mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/**
 * A disk of so many KiB until the test has finished. Undefined where this user may mount nothing: that is said aloud,
 * and is an error in CI.
 */
export async function smallDisk(kibibytes: number): Promise<string | undefined> {
  const directory = await mkdtemp(path.join(tmpdir(), "outrider-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kibibytes}k`, "outrider-test", directory], { stdio: "pipe" });
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    await rmdir(directory);
    process.stderr.write(`SKIPPED: no disk can be mounted here: ${(error as Error).message}\n`);
    return undefined;
  }
  onTestFinished(async () => {
    execFileSync("umount", [directory]);
    await rmdir(directory);
  });
  return directory;
}

/** Makes the disk read-only, or writable again. */
export function remount(directory: string, mode: "ro" | "rw"): void {
  execFileSync("mount", ["-o", `remount,${mode}`, directory]);
}
