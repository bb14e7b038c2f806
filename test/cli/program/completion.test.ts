import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { flagsOf, commands } from "../../../src/cli/program/table.ts";
import { protocols } from "../../../src/protocols/list.ts";
import { dispatched } from "../support/recorded-context.ts";

const script = async (shell: string): Promise<string> => (await dispatched(["completion", shell])).output;

/** What bash offers for the last of these words. */
async function offered(...words: string[]): Promise<readonly string[]> {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const program = `${await script("bash")}\nCOMP_WORDS=(outrider ${quoted}); COMP_CWORD=${words.length}; _outrider; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", program], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion", () => {
  it("for bash is a script that bash takes", async () => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: await script("bash"), encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("for bash offers commands, then flags, then their values", async () => {
    expect(await offered("c")).toEqual(["check", "config", "completion"]);
    expect(await offered("run", "--ups")).toEqual(["--upstream"]);
    expect(await offered("run", "--protocol", "")).toEqual(["auto", ...protocols]);
    expect(await offered("config", "")).toEqual(expect.arrayContaining(["print", "--json", "--help"]));
    expect(await offered("completion", "z")).toEqual(["zsh"]);
    expect(await offered("baseline", "d")).toEqual(["diff"]);
    expect(await offered("baseline", "build", "-o", "/etc/hostn")).toEqual(["/etc/hostname"]);
    expect(await offered("baseline", "build", "--format", "p")).toEqual(["parquet"]);
    expect(await offered("help", "d")).toEqual(["drain", "drift"]);
    expect(await offered("run", "--listen", "")).toEqual([]);
    expect(await offered("run", "--config", "/etc/hostn")).toEqual(["/etc/hostname"]);
  });

  it.each(["bash", "zsh", "fish"])("for %s knows every command and flag", async (shell) => {
    const text = await script(shell);
    for (const command of commands) {
      for (const word of command.name.split(" ")) expect(text).toContain(word);
      for (const flag of flagsOf(command))
        expect(text).toContain(shell === "fish" ? `-l ${flag.name.slice(2)} ` : flag.name);
    }
  });

  it.each(["zsh", "fish"])("for %s has balanced quotes", async (shell) => {
    for (const line of (await script(shell)).split("\n")) {
      expect((line.match(/'/g) ?? []).length % 2, line).toBe(0);
    }
  });
});
