/**
 * Lays out the file tree of the container image: Node, exactly the shared libraries that it needs, the built product,
 * CA certificates, an unprivileged user and V8's compiled form of the product; no shell, no package manager. The
 * Dockerfile uses it, and so can anyone without a container engine: `node deploy/docker/assemble.mjs FOLDER` after
 * `npm run build`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fillCompileCache } from "./compile-cache.mjs";
import { imageUser } from "./image.mjs";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

const certificates = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Writes the tree into `target`, which must not exist or be empty.
 * @param {string} target
 * @param {string} [dist] Where the product was built.
 */
export function assembleImage(target, dist = path.join(rootDir, "dist")) {
  if (!existsSync(path.join(dist, "outrider.mjs"))) throw new Error(`${dist} holds no product: run \`npm run build\`.`);
  if (existsSync(target) && readdirSync(target).length > 0) throw new Error(`${target} is not empty.`);
  for (const folder of ["app", "bin", "etc/ssl/certs", "proc", "dev", "tmp"]) {
    mkdirSync(path.join(target, folder), { recursive: true });
  }
  copyNode(target);
  copyProduct(dist, target);
  writeAccounts(target);
  if (existsSync(certificates)) cpSync(certificates, path.join(target, certificates), { dereference: true });
  chmodSync(path.join(target, "tmp"), 0o1777);
}

function copyNode(target) {
  const node = realpathSync(path.join(rootDir, "node_modules/node/bin/node"));
  cpSync(node, path.join(target, "bin/node"));
  for (const library of sharedLibraries(node)) {
    mkdirSync(path.join(target, path.dirname(library)), { recursive: true });
    cpSync(realpathSync(library), path.join(target, library));
  }
}

/** What the dynamic linker says it would load, its own path included. */
function sharedLibraries(binary) {
  const listing = execFileSync("ldd", [binary], { encoding: "utf8" });
  if (/not found/.test(listing)) throw new Error(`Libraries of Node are missing on this machine:\n${listing}`);
  return [...new Set(listing.match(/\/[^\s)]+/g))].filter((library) => library !== binary);
}

/** The product without what only the build or this machine needs. */
function copyProduct(dist, target) {
  const leftOut = new Set(["meta.json", "compile-cache"]);
  const isShipped = (file) => !leftOut.has(path.relative(dist, file));
  cpSync(dist, path.join(target, "app"), { recursive: true, filter: isShipped });
  cpSync(path.join(rootDir, "LICENSE"), path.join(target, "app/LICENSE"));
  // The product is made of modules whatever the folder above says.
  writeFileSync(path.join(target, "app/package.json"), '{ "type": "module" }\n');
}

function writeAccounts(target) {
  const write = (file, text) => writeFileSync(path.join(target, file), text);
  write("etc/passwd", `root:x:0:0:root:/:/none\noutrider:x:${imageUser}:${imageUser}:outrider:/:/none\n`);
  write("etc/group", `root:x:0:\noutrider:x:${imageUser}:\n`);
  // A cluster or an engine puts its own in place of this one.
  write("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
  write("etc/nsswitch.conf", "hosts: files dns\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2];
  try {
    if (target === undefined) throw new Error("Usage: node deploy/docker/assemble.mjs FOLDER");
    assembleImage(path.resolve(target));
    await fillCompileCache(path.resolve(target));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
