import { describe, expect, it } from "vitest";

import { dispatched } from "../support/recorded-context.ts";

const escape = "\u001b[";

describe("the command line", () => {
  it("without a command shows how to begin, and fails", async () => {
    const { exitCode, output, errors } = await dispatched([]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain("outrider run --upstream http://127.0.0.1:8080");
  });

  it.each([["help"], ["--help"], ["-h"]])("%s lists the commands", async (word) => {
    const { exitCode, output } = await dispatched([word]);
    expect(exitCode).toBe(0);
    for (const name of ["run", "check", "config print", "drain", "version", "completion"])
      expect(output).toContain(name);
  });

  it.each([
    [["rnu"], "outrider run"],
    [["config", "pritn"], "outrider config print"],
    [["verison"], "outrider version"],
    [["help", "chekc"], "outrider help check"],
    [["config"], "config print"],
    [["--upstream", "http://a"], "The command comes first"],
    [["completion", "bsh"], "bash"],
    [["completion"], "bash, zsh, fish"],
  ])("%j is refused with the way out", async (words, hint) => {
    const { exitCode, output, errors } = await dispatched(words);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain(hint);
  });

  it.each([[["baseline", "--help"]], [["help", "baseline"]], [["baseline", "-h"]]])(
    "%j lists the commands of the group",
    async (words) => {
      const { exitCode, output, errors } = await dispatched(words);
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
      expect(output).toMatch(
        /outrider baseline COMMAND [^]*baseline build +Build [^]*baseline show [^]*baseline diff /,
      );
      expect(output).not.toContain("Exit codes");
    },
  );

  it("lists the commands below a command in its help", async () => {
    const { output } = await dispatched(["drift", "--help"]);
    expect(output).toMatch(/outrider drift [^]*\nCommands\n {2}drift compare +Compare/);
  });

  it("points to the help of the command after a usage error", async () => {
    expect((await dispatched(["baseline", "build"])).errors).toMatch(/\nSee `outrider help baseline build`\.\n$/);
  });

  it("suggests the nearest flag for an unknown one, and lists every other mistake", async () => {
    const { exitCode, errors } = await dispatched(["check", "--upstraem", "http://a", "--listen", "nowhere"]);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/--upstraem: unknown flag\n {4}nearest +did you mean --upstream\?/);
    expect(errors).toMatch(
      /--listen: listen: the port is missing\n {4}given +"nowhere"\n {4}expected .* e\.g\. 0\.0\.0\.0:18080/,
    );
    expect(errors).toContain("3 mistakes");
  });

  it("names mistakes of commands that take no configuration", async () => {
    expect(await dispatched(["version", "--jsn", "now"])).toEqual({
      exitCode: 2,
      output: "",
      errors: "--jsn: unknown flag\n    nearest   did you mean --json?\nSee `outrider help version`.\n",
    });
  });

  it("is coloured on a terminal alone, and not with NO_COLOR or a dumb one", async () => {
    expect((await dispatched(["help"])).output).not.toContain(escape);
    expect((await dispatched(["help"], { isTerminal: true })).output).toContain(escape);
    expect((await dispatched(["help"], { isTerminal: true, environment: { NO_COLOR: "1" } })).output).not.toContain(
      escape,
    );
    expect((await dispatched(["help"], { isTerminal: true, environment: { TERM: "dumb" } })).output).not.toContain(
      escape,
    );
  });

  it.each([["version"], ["--version"], ["-V"]])("%s prints the version", async (word) => {
    expect((await dispatched([word])).output).toMatch(/^outrider \d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await dispatched([word, "--json"])).output)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      revision: "",
      node: process.versions.node,
    });
  });
});

describe("outrider check", () => {
  const upstream = ["--upstream", "http://127.0.0.1:8080"];

  it("says when the configuration is valid", async () => {
    expect(await dispatched(["check", ...upstream])).toEqual({
      exitCode: 0,
      output: "The configuration is valid.\n",
      errors: "",
    });
    expect(JSON.parse((await dispatched(["check", "--json", ...upstream])).output)).toEqual({ ok: true, mistakes: [] });
  });

  it("requires what run requires", async () => {
    const { exitCode, errors } = await dispatched(["check"]);
    expect(exitCode).toBe(2);
    expect(errors).toContain("upstream: the model server is missing");
  });

  it("gives each mistake as JSON with its place", async () => {
    const { exitCode, output } = await dispatched(["check", "--json", ...upstream, "--log-level", "loud"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(output)).toEqual({
      ok: false,
      mistakes: [
        {
          path: "log.level",
          problem: "the value is not valid",
          given: '"loud"',
          expected: expect.stringContaining("e.g. debug"),
          origin: { kind: "flag", name: "--log-level", text: "--log-level" },
        },
      ],
    });
  });
});

describe("outrider config print", () => {
  it("prints every value with its origin, also without an upstream", async () => {
    const environment = { OUTRIDER_LIMITS_QUEUED: "7" };
    const { exitCode, output } = await dispatched(["config", "print", "--no-log-access"], { environment });
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^ {2}queued: 7 +# OUTRIDER_LIMITS_QUEUED$/m);
    expect(output).toMatch(/^ {2}access: false +# --log-access$/m);
    expect(output).toMatch(/^listen: "0\.0\.0\.0:18080" +# default$/m);
  });

  it("prints JSON", async () => {
    const { output } = await dispatched(["config", "print", "--json", "--variant", "canary"]);
    const { fields } = JSON.parse(output) as { fields: unknown[] };
    expect(fields).toContainEqual({ path: "variant", value: "canary", origin: "--variant" });
  });

  it("lists mistakes instead of printing half of it", async () => {
    const { exitCode, output, errors } = await dispatched(["config", "print", "--limits-queued", "many"]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toContain("--limits-queued: limits.queued");
  });
});
