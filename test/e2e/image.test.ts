import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { assembleImage } from "../../deploy/docker/assemble.mjs";
import { fillCompileCache } from "../../deploy/docker/compile-cache.mjs";
import { entrypoint, imageUser } from "../../deploy/docker/image.mjs";
import { describeWith } from "./support/installed.ts";
import { buildOutrider } from "./support/outrider-process.ts";
import { startServer, type ServerProcess } from "./support/server-process.ts";
import { until } from "../support/until.ts";

/** What a container engine does: own view of the file system, read-only root, /proc, the image's user, no new rights. */
const contain = `set -e
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount -o remount,bind,ro "$0"
exec setpriv --no-new-privs chroot --userspec=${imageUser}:${imageUser} "$0" "$@"`;

/** The addresses from the line that the sidecar prints once it listens. */
function listening(log: string): { readonly listen: string; readonly admin: string } | undefined {
  const line = /"listen":"([^"]+)","admin":"([^"]+)"/.exec(log);
  return line ? { listen: `http://${line[1]}`, admin: `http://${line[2]}` } : undefined;
}

const isRoot = process.getuid?.() === 0 ? true : undefined;

describeWith("the image's file tree, run as root to set it up", isRoot, () => {
  let folder = "";
  let tree = "";
  let upstream: Server;
  let container: ServerProcess;
  let addresses: { readonly listen: string; readonly admin: string };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "outrider-image-"));
    tree = path.join(folder, "root");
    assembleImage(tree, path.dirname(await buildOutrider(folder)));
    await fillCompileCache(tree);
    upstream = createServer((request, response) => void request.pipe(response));
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const { port } = upstream.address() as AddressInfo;
    const flags = ["--upstream", `http://127.0.0.1:${port}`, "--protocol", "generic"];
    const anyPort = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    container = await startServer({
      name: "container",
      command: "unshare",
      args: ["--mount", "sh", "-c", contain, tree, ...entrypoint, "run", ...flags, ...anyPort],
      env: { NODE_DEBUG_NATIVE: "COMPILE_CACHE", OUTRIDER_DRAIN_MIN_MS: "0" },
      folder,
      isReady: async (log) => {
        const found = listening(log());
        if (found === undefined) return false;
        addresses = found;
        return (await fetch(`${found.admin}/readyz`)).status === 200;
      },
    });
  });

  afterAll(async () => {
    await container?.stop();
    upstream?.closeAllConnections();
    upstream?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("holds one program and nothing that others may write to but /tmp", () => {
    expect(readdirSync(path.join(tree, "bin"))).toEqual(["node"]);
    const entries = readdirSync(tree, { recursive: true, encoding: "utf8" });
    const isOpen = (entry: string): boolean => {
      const stat = lstatSync(path.join(tree, entry));
      return !stat.isSymbolicLink() && (stat.mode & 0o6002) !== 0;
    };
    expect(entries.filter(isOpen)).toEqual(["tmp"]);
    expect(entries.filter((entry) => lstatSync(path.join(tree, entry)).uid !== 0)).toEqual([]);
  });

  it("runs on a read-only root, as its own user, without any right", () => {
    const status = readFileSync(`/proc/${container.pid}/status`, "utf8");
    expect(status).toMatch(new RegExp(`^Uid:\\s+${imageUser}\\s+${imageUser}\\s`, "m"));
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    const mounts = readFileSync(`/proc/${container.pid}/mountinfo`, "utf8").trim().split("\n");
    const root = mounts.map((line) => line.split(" ")).find((fields) => fields[4] === "/");
    expect(root?.[5]).toMatch(/^ro\b/);
  });

  it("passes requests and answers for its health and its own memory", async () => {
    const answer = await fetch(`${addresses.listen}/predict`, { method: "POST", body: "rows" });
    expect([answer.status, await answer.text()]).toEqual([200, "rows"]);
    expect((await fetch(`${addresses.admin}/livez`)).status).toBe(200);
    expect(await (await fetch(`${addresses.admin}/metrics`)).text()).toMatch(/^process_resident_memory_bytes \d+/m);
  });

  it("starts from code that was compiled when the image was made", () => {
    const verdicts = container.log().match(/code cache for ESM \S+ was (?:accepted|rejected|not initialized)/g);
    expect(verdicts?.length).toBeGreaterThan(1);
    expect(verdicts?.filter((verdict) => !verdict.endsWith("accepted"))).toEqual([]);
  });

  it("ends by itself on SIGTERM", async () => {
    container.signal("SIGTERM");
    await until(() => container.hasExited(), "the sidecar to end", 30_000);
  });
});
