/**
 * What every proxy program of this folder is started with: the port of the upstream, the port to listen on, and the
 * folder whose node_modules holds the packages.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const [upstreamPort, listenPort, packagesFolder] = process.argv.slice(2);

/** Where requests go. */
export const upstreamOrigin = `http://127.0.0.1:${upstreamPort}`;

/** The address to listen on. */
export const listen = { host: "127.0.0.1", port: Number(listenPort) };

/** Loads an installed package; the packages lie outside this tree, so a plain import would not find them. */
export const requirePackage = createRequire(join(packagesFolder ?? ".", "package.json"));
