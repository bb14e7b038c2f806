/** Folders for files that live as long as the bench. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Makes a folder that is removed when this process ends, by a signal too. */
export function makeScratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `outrider-bench-${name}-`));
  made.push(folder);
  return folder;
}
