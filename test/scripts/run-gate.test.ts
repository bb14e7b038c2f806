import { mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runGate } from "../../scripts/gates/run-gate.mjs";
import { rootDir } from "../architecture/source-files.ts";

const gate = (command: readonly string[], vitest?: true) => ({
  name: "planted",
  title: "a planted gate",
  command,
  ...(vitest ? { vitest } : {}),
});

const counts = async (command: readonly string[], vitest?: true): Promise<string> => {
  const { passed, failed, skipped } = await runGate(gate(command, vitest), { quiet: true });
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
};

describe("a gate", () => {
  it("counts as one that passed when its program ends well", async () => {
    expect(await counts(["node", "--eval", ""])).toBe("1 passed, 0 failed, 0 skipped");
  });

  it("counts as one that failed when its program fails, is killed or is not there", async () => {
    expect(await counts(["node", "--eval", "process.exitCode = 3"])).toBe("0 passed, 1 failed, 0 skipped");
    expect(await counts(["node", "--eval", "process.kill(process.pid, 'SIGKILL')"])).toBe(
      "0 passed, 1 failed, 0 skipped",
    );
    expect(await counts(["outrider-no-such-program"])).toBe("0 passed, 1 failed, 0 skipped");
  });
});

describe("a gate of tests", () => {
  let folder = "";

  /** Runs vitest over one file with this text. */
  const countsOf = async (source: string): Promise<string> => {
    await writeFile(path.join(folder, "planted.test.ts"), `import { expect, it } from "vitest";\n${source}`);
    return counts(["vitest", "run", "--root", folder, "--config", path.join(folder, "vitest.config.ts")], true);
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(rootDir, "node_modules/.planted-"));
    await writeFile(path.join(folder, "vitest.config.ts"), "export default {};\n");
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("counts each test", async () => {
    const source = 'it("a", () => {});\nit("b", () => expect(1).toBe(2));\nit.skip("c", () => {});\n';
    expect(await countsOf(source)).toBe("1 passed, 1 failed, 1 skipped");
  });

  it("counts a file that does not load as a failure", async () => {
    expect(await countsOf('throw new Error("planted");\n')).toBe("0 passed, 1 failed, 0 skipped");
  });

  it("counts an error after the tests as a failure", async () => {
    const source = 'it("a", () => { void Promise.reject(new Error("planted")); });\n';
    expect(await countsOf(source)).toBe("1 passed, 1 failed, 0 skipped");
  });

  it("counts no tests at all as a failure", async () => {
    await rm(path.join(folder, "planted.test.ts"));
    expect(
      await counts(["vitest", "run", "--root", folder, "--config", path.join(folder, "vitest.config.ts")], true),
    ).toBe("0 passed, 1 failed, 0 skipped");
  });
});
