import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadComponents } from "../../scripts/setup/components.mjs";
import { withLock } from "../../scripts/setup/lock.mjs";
import { rootDir } from "../architecture/source-files.ts";

describe("components", () => {
  it("are one a file, named after it, wanted by some command, and say what they are for", async () => {
    const files = (await readdir(path.join(rootDir, "scripts/components"))).filter((file) => file.endsWith(".mjs"));
    const components = await loadComponents();
    expect(components.map((component) => `${component.name}.mjs`).toSorted()).toEqual(files.toSorted());
    for (const { name, why, groups, packages, install, isPresent } of components) {
      expect(why, name).not.toBe("");
      expect(groups.length, name).toBeGreaterThan(0);
      expect(packages !== undefined || install !== undefined, name).toBe(true);
      expect((install === undefined) === (isPresent === undefined), name).toBe(true);
    }
  });
});

describe("the lock of set-up", () => {
  let folder = "";
  let file = "";

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "outrider-lock-"));
    file = path.join(folder, "setup.lock");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("lets one in at a time", async () => {
    let inside = 0;
    let most = 0;
    const action = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([withLock(file, action), withLock(file, action), withLock(file, action)]);
    expect(most).toBe(1);
  });

  it("is given back when the action fails", async () => {
    await expect(withLock(file, () => Promise.reject(new Error("planted")))).rejects.toThrow("planted");
    expect(await withLock(file, () => Promise.resolve("next"))).toBe("next");
  });

  it("is taken over from a process that has died", async () => {
    const deadPid = 4_194_305; // Above the kernel's largest process id.
    await writeFile(file, String(deadPid));
    expect(await withLock(file, () => readFile(file, "utf8"))).toBe(String(process.pid));
  });
});
