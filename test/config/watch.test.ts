import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { watchFile, type WatchOptions } from "../../src/config/watch.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** Watches a file and counts changes; `never` in milliseconds is longer than any test. */
async function watching(file: string, options: Partial<WatchOptions> = {}): Promise<() => number> {
  let changes = 0;
  const onChange = (): void => {
    changes += 1;
  };
  const watch = await watchFile({ file, onChange, settleMs: 5, pollMs: never, ...options });
  onTestFinished(() => watch.close());
  return () => changes;
}

const never = 3_600_000;

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 });
}

/** Lays out a ConfigMap as the kubelet does and returns a function that swaps in a new version in one rename. */
async function configMap(directory: string, text: string): Promise<(version: string, text: string) => Promise<void>> {
  const swap = async (version: string, content: string): Promise<void> => {
    await mkdir(path.join(directory, version));
    await writeFile(path.join(directory, version, "outrider.yaml"), content);
    await symlink(version, path.join(directory, "..data_tmp"));
    await rename(path.join(directory, "..data_tmp"), path.join(directory, "..data"));
  };
  await swap("..2026_01", text);
  await symlink(path.join("..data", "outrider.yaml"), path.join(directory, "outrider.yaml"));
  return swap;
}

describe("watching the configuration file", () => {
  it("notices a write in place, a rename over it, and its return after it was gone", async () => {
    const file = path.join(await temporaryDirectory(), "outrider.yaml");
    await writeFile(file, "variant: a\n");
    const changes = await watching(file);
    await writeFile(file, "variant: bb\n");
    await until(() => changes() === 1);
    await writeFile(`${file}.new`, "variant: a\n");
    await rename(`${file}.new`, file);
    await until(() => changes() === 2);
    await rm(file);
    await until(() => changes() === 3);
    await writeFile(file, "variant: a\n");
    await until(() => changes() >= 4);
  });

  it("notices a ConfigMap's new version, which changes no entry but `..data`", async () => {
    const directory = await temporaryDirectory();
    const swap = await configMap(directory, "variant: a\n");
    const changes = await watching(path.join(directory, "outrider.yaml"));
    await swap("..2026_02", "variant: b\n");
    await until(() => changes() === 1);
    await swap("..2026_03", "variant: c\n");
    await until(() => changes() === 2);
  });

  it("notices by polling alone where the system gives no signs", async () => {
    const directory = await temporaryDirectory();
    const swap = await configMap(directory, "variant: a\n");
    // Signs settle too late for this test: what is noticed in it was noticed by polling.
    const changes = await watching(path.join(directory, "outrider.yaml"), { settleMs: never, pollMs: 20 });
    await swap("..2026_02", "variant: b\n");
    await until(() => changes() === 1);
  });

  it("says nothing while only other files of the directory change", async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "outrider.yaml");
    await writeFile(file, "variant: a\n");
    const changes = await watching(file, { pollMs: 10 });
    for (let index = 0; index < 20; index += 1) {
      await writeFile(path.join(directory, `other-${index}`), "x");
    }
    // A change of the file itself comes after all of those and is the only one.
    await utimes(file, 1, 1);
    await until(() => changes() > 0);
    expect(changes()).toBe(1);
  });

  it("works for a file whose directory is not there yet", async () => {
    const directory = path.join(await temporaryDirectory(), "later");
    const changes = await watching(path.join(directory, "outrider.yaml"), { pollMs: 10 });
    await mkdir(directory);
    await writeFile(path.join(directory, "outrider.yaml"), "variant: a\n");
    await until(() => changes() > 0);
  });

  it("says nothing after it was closed", async () => {
    const file = path.join(await temporaryDirectory(), "outrider.yaml");
    await writeFile(file, "variant: a\n");
    let changes = 0;
    const watch = await watchFile({ file, onChange: () => (changes += 1), settleMs: 5, pollMs: 10 });
    watch.close();
    await writeFile(file, "variant: bb\n");
    const other = await watching(file, { pollMs: 10 });
    await writeFile(file, "variant: ccc\n");
    await until(() => other() > 0);
    expect(changes).toBe(0);
  });
});
