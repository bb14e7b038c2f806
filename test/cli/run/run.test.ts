import { readFile, rename, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { startProgram, type Program } from "../support/program.ts";
import { startedServer } from "../support/started-server.ts";

const anywhere = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--protocol", "generic"];

const mainFile = path.resolve(import.meta.dirname, "../../../src/main.ts");

/** Starts a program on a terminal of its own, closes the terminal once it listens, and prints how the program ended. */
const onTerminal = `
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
while b"listens on" not in seen:
    seen += os.read(terminal, 4096)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

async function listening(program: Program): Promise<string> {
  return String((await program.logged("outrider listens"))["listen"]);
}

/** A model server that holds every request until told; resolves with its URL. */
async function startHolding(): Promise<{ readonly url: string; readonly held: () => number; release(): void }> {
  const release: (() => void)[] = [];
  const address = await startedServer((request, response) => {
    request.resume();
    release.push(() => response.end("done"));
  });
  return {
    url: `http://${address}`,
    held: () => release.length,
    release: () => {
      for (const end of release.splice(0)) end();
    },
  };
}

describe("the program", { timeout: 120_000 }, () => {
  it("ends with 2 and every mistake when the configuration is wrong", async () => {
    const program = startProgram(["run", "--listen", "x", "--listn", "y"], { OUTRIDER_LOG_LEVEL: "loud" });
    expect(await program.ended).toBe(2);
    expect(program.output()).toBe("");
    for (const hint of ["--listn: unknown flag", "--listen: listen", "OUTRIDER_LOG_LEVEL: log.level", "upstream:"]) {
      expect(program.errors()).toContain(hint);
    }
    expect(program.errors()).toContain("4 mistakes");
  });

  it("ends with 1 and the remedy when the port is taken", async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => void server.close());
    const taken = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const places = ["--upstream", "http://127.0.0.1:1", "--listen", taken, "--admin", "127.0.0.1:0"];
    const program = startProgram(["run", ...places]);
    expect(await program.ended).toBe(1);
    expect(program.errors()).toContain(taken);
    expect(program.errors()).toContain("(port_in_use)");
    expect(program.errors()).toContain("--listen");
  });

  it("starts without its model server, says where it listens, and ends with 0 on SIGTERM", async () => {
    const program = startProgram(["run", ...anywhere, "--upstream", "http://127.0.0.1:1"]);
    const fields = await program.logged("outrider listens");
    expect(fields).toMatchObject({ level: "info", upstream: "http://127.0.0.1:1", version: expect.any(String) });
    expect(fields["listen"]).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    program.child.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    expect(program.errors()).toContain('"signal":"SIGTERM"');
  });

  it("finishes what is in flight after the first signal", async () => {
    const upstream = await startHolding();
    const program = startProgram(["run", ...anywhere, "--upstream", upstream.url]);
    const answer = fetch(`http://${await listening(program)}/x`);
    await until(() => upstream.held() === 1, "the request at the upstream");
    program.child.kill("SIGINT");
    await program.logged("draining");
    upstream.release();
    expect(await (await answer).text()).toBe("done");
    expect(await program.ended).toBe(0);
  });

  it("cuts requests off at the second signal and ends with 1", async () => {
    const upstream = await startHolding();
    const program = startProgram(["run", ...anywhere, "--upstream", upstream.url]);
    const answer = fetch(`http://${await listening(program)}/x`).then(
      (response) => response.status,
      () => "broken",
    );
    await until(() => upstream.held() === 1, "the request at the upstream");
    program.child.kill("SIGTERM");
    await program.logged("draining");
    program.child.kill("SIGTERM");
    expect(await program.ended).toBe(1);
    expect(["broken", 503]).toContain(await answer);
  });

  it("reloads on SIGHUP and when the file changes; an invalid file changes nothing and is logged", async () => {
    const upstream = await startHolding();
    const file = path.join(await temporaryDirectory(), "outrider.yaml");
    await writeFile(file, `upstream: ${upstream.url}\nroutes: { deny: ["* /a"] }\n`);
    const program = startProgram(["run", ...anywhere, "--config", file]);
    const base = `http://${await listening(program)}`;
    expect((await fetch(`${base}/a`)).status).toBe(403);

    await writeFile(`${file}.new`, `upstream: ${upstream.url}\nroutes: { deny: ["* /b"] }\nvariant: other\n`);
    await rename(`${file}.new`, file);
    expect(await program.logged("configuration reloaded")).toMatchObject({ trigger: "file" });
    expect(await program.logged("need a restart")).toMatchObject({ level: "warn", fields: ["variant"] });
    expect((await fetch(`${base}/b`)).status).toBe(403);

    await writeFile(file, "routes: { deny: [nonsense] }\nlimits: { queued: x }\n");
    const told = await program.logged("the last good one stays");
    expect(told["mistakes"]).toMatch(/routes\.deny[^]*limits\.queued/);
    expect((await fetch(`${base}/b`)).status).toBe(403);

    await writeFile(file, `upstream: ${upstream.url}\nroutes: { deny: ["* /c"] }\n`);
    program.child.kill("SIGHUP");
    await until(() => /"trigger":"SIGHUP"/.test(program.errors()), "the reload on SIGHUP");
    expect((await fetch(`${base}/c`)).status).toBe(403);
    program.child.kill("SIGTERM");
    expect(await program.ended).toBe(0);
  });

  it("ends when the terminal that it was started from is closed", async () => {
    const words = [process.execPath, mainFile, "run", ...anywhere, "--upstream", "http://127.0.0.1:1"];
    const { stdout, stderr } = spawnSync("python3", ["-c", onTerminal, ...words], {
      encoding: "utf8",
      env: { ...process.env, OUTRIDER_DRAIN_MIN_MS: "0" },
      timeout: 100_000,
    });
    expect({ stdout, stderr }).toEqual({ stdout: "0\n", stderr: "" });
  });

  it.each([
    [["version"], 0],
    [["help", "run"], 0],
    [["nonsense"], 2],
    [["version", "--nonsense"], 2],
    [["check"], 2],
    [["config", "print"], 0],
    [["drain", "--admin", "127.0.0.1:1"], 1],
  ])("%j ends with %d", async (words, exitCode) => {
    expect(await startProgram(words).ended).toBe(exitCode);
  });

  it("prints the version that package.json has", async () => {
    const program = startProgram(["version"]);
    await program.ended;
    const packageJson = JSON.parse(
      await readFile(path.resolve(import.meta.dirname, "../../../package.json"), "utf8"),
    ) as {
      readonly version: string;
    };
    expect(program.output()).toBe(`outrider ${packageJson.version}\n`);
  });

  it("ends with 0 when the reader of its output closes the pipe", async () => {
    const program = startProgram(["help", "run", "--all"]);
    program.child.stdout?.destroy();
    expect(await program.ended).toBe(0);
  });
});
