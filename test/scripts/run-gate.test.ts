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

  const vitest = (): readonly string[] =>
    ["vitest", "run", "--root", folder].concat("--config", path.join(folder, "vitest.config.ts"));
  const plant = (source: string): Promise<void> =>
    writeFile(path.join(folder, "planted.test.ts"), `import { expect, it } from "vitest";\n${source}`);

  /** Runs vitest over one file with this text. */
  const countsOf = async (source: string): Promise<string> => {
    await plant(source);
    return counts(vitest(), true);
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

  it("names its slowest tests, the slowest first", async () => {
    await plant(
      'it("quick", () => {});\nit("slow", () => new Promise((resolve) => setTimeout(resolve, 50)));\nit.skip("c");\n',
    );
    const { slowest } = await runGate(gate(vitest(), true), { quiet: true });
    expect(slowest.map(({ name }) => name).slice(0, 2)).toEqual(["slow", "quick"]);
    expect(slowest[0]).toMatchObject({ file: path.relative(rootDir, path.join(folder, "planted.test.ts")) });
    expect(slowest[0]!.tookMs).toBeGreaterThan(40);
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
    expect(await counts(vitest(), true)).toBe("0 passed, 1 failed, 0 skipped");
  });
});
