import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import { type Outrider, buildOutrider, startOutrider } from "./support/outrider-process.ts";

/** What is promised for a sidecar at rest. */
const residentLimitBytes = 70e6;
/** Once a busy page of metrics or traffic has made V8 use its second compiler, whose code is 5 MB of the program file. */
const scrapedLimitBytes = 76e6;

/** Parts of Node that cost megabytes and that neither traffic nor a scrape needs. */
const heavyParts = ["http", "https", "http2", "tls", "zlib", "internal/crypto/webcrypto", "inspector"];

/** Tells on a signal which of its parts Node has loaded. */
const teller = `process.on("SIGUSR2", () => console.error("LOADED " + process.moduleLoadList.join(", ") + "."));`;

describe("the built sidecar at rest", () => {
  let folder = "";
  let entry = "";
  let upstream: Server;

  beforeAll(async () => {
    // A short name: Node takes the path of every module apart character by character, and with a long one that alone
    // makes V8 use its second compiler at start.
    folder = await mkdtemp(path.join(tmpdir(), "o-"));
    entry = await buildOutrider(folder);
    upstream = createServer((request, response) => void request.pipe(response));
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    upstream?.closeAllConnections();
    upstream?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (env: Readonly<Record<string, string>> = {}): Promise<Outrider> => {
    const { port } = upstream.address() as AddressInfo;
    return startOutrider({ entry, folder, upstreamPort: port, args: ["--protocol", "generic"], env });
  };

  it.runIf(process.platform === "linux")("keeps to its bound of resident memory, scraped or not", async () => {
    const outrider = await start();
    expect(residentBytes(outrider.pid)).toBeLessThan(residentLimitBytes);
    for (let i = 0; i < 5; i++) expect((await outrider.admin("/metrics")).status).toBe(200);
    expect(residentBytes(outrider.pid)).toBeLessThan(scrapedLimitBytes);
    await outrider.stop();
  });

  it("has loaded no part of Node that traffic and scrapes do not need", async () => {
    const preload = path.join(folder, "teller.mjs");
    writeFileSync(preload, teller);
    const outrider = await start({ NODE_OPTIONS: `--import=${preload}` });
    expect((await fetch(`http://127.0.0.1:${outrider.port}/`, { method: "POST", body: "rows" })).status).toBe(200);
    expect((await outrider.admin("/metrics")).status).toBe(200);
    const before = await loadedParts(outrider, 1);
    expect(before).toContain("net");
    expect(before.filter((part) => heavyParts.includes(part))).toEqual([]);
    expect((await outrider.admin("/hdr")).status).toBe(200);
    expect(await loadedParts(outrider, 2), "what is asked for is loaded, and seen").toContain("zlib");
    await outrider.stop();
  });
});

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

/** What the sidecar prints at the signal with this number, counted from 1. */
async function loadedParts(outrider: Outrider, number: number): Promise<readonly string[]> {
  const printed = (): readonly string[] =>
    [...outrider.log().matchAll(/^LOADED (.*)\.$/gm)].map((match) => match[1] ?? "");
  outrider.signal("SIGUSR2");
  await until(() => printed().length === number, "the sidecar to print what it has loaded");
  return [...(printed()[number - 1] ?? "").matchAll(/NativeModule ([^,]+)/g)].map((match) => match[1] ?? "");
}
