import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach } from "vitest";

/**
 * A folder for the logs and files of one suite, to be asked for at its top. It is removed when every test of the suite
 * passed; else it stays and its path is printed.
 */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `outrider-e2e-${name}-`));
  let hasFailed = false;
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      hasFailed = true;
    });
  });
  afterAll(() => {
    if (hasFailed) console.error(`Logs of the servers are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
