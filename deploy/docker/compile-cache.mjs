/** Fills the image's compile cache, so that a container is ready sooner. */
import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { compileCache, entrypoint, imageUser } from "./image.mjs";

/** Generous: an emulated processor may build the image. */
const startLimitMs = 120_000;

/**
 * Runs the product once inside the tree, as the image's user, until it listens, then ends it, and loads the readers of
 * all protocols, of which a run needs only one. What V8 compiled stays in the tree, readable by all. Needs root for
 * chroot; without it the image has no cache and starts slower.
 * @param {string} target The assembled tree.
 */
export async function fillCompileCache(target) {
  if (process.getuid?.() !== 0) {
    console.error("Not root: the compile cache stays empty and the image starts a little slower.");
    return;
  }
  const folder = path.join(target, compileCache);
  mkdirSync(folder);
  chownSync(folder, imageUser, imageUser);
  await runOnce(target);
  await loadReaders(target);
  giveToRoot(folder);
}

const isListening = (output) => output.includes('"listen":');

function runOnce(target) {
  const addresses = ["--upstream", "http://127.0.0.1:9", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  return untilDone(target, [...entrypoint, "run", ...addresses]);
}

function loadReaders(target) {
  const chunks = readdirSync(path.join(target, "app", "chunks")).filter((file) => /^readers-.*\.mjs$/.test(file));
  const script = `(await import("node:module")).enableCompileCache({ directory: "${compileCache}", portable: true });
for (const file of ${JSON.stringify(chunks)}) await import("/app/chunks/" + file);`;
  const [node, ...flags] = entrypoint.slice(0, -1);
  return untilDone(target, [node, ...flags, "--input-type=module", "--eval", script]);
}

/** Runs a command inside the tree; one that listens gets a SIGTERM. */
function untilDone(target, command) {
  const child = spawn("chroot", [`--userspec=${imageUser}:${imageUser}`, target, ...command], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let output = "";
    const limit = setTimeout(() => child.kill("SIGKILL"), startLimitMs);
    child.stderr.setEncoding("utf8").on("data", (text) => {
      const wasListening = isListening(output);
      output += text;
      // One signal only: a second one would end it before the cache is written.
      if (isListening(output) && !wasListening) child.kill("SIGTERM");
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      if (code === 0) resolve();
      else reject(new Error(`The product did not start in the image (${code}):\n${output}`));
    });
  });
}

/** The image's user may read the cache but never write what others will run. */
function giveToRoot(entry) {
  chownSync(entry, 0, 0);
  if (!statSync(entry).isDirectory()) {
    chmodSync(entry, 0o644);
    return;
  }
  chmodSync(entry, 0o755);
  for (const name of readdirSync(entry)) giveToRoot(path.join(entry, name));
}
