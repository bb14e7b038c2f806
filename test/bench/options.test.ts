import { describe, expect, it } from "vitest";
import { type LoadOptions, readOptions } from "../../bench/options.ts";

const load = (...args: readonly string[]): LoadOptions => {
  const options = readOptions(args);
  if (options.kind !== "load") throw new Error(`expected a load bench, got ${JSON.stringify(options)}`);
  return options;
};
const mistake = (...args: readonly string[]): string => {
  const options = readOptions(args);
  return options.kind === "wrong" ? options.message : "";
};

describe("the options of the bench", () => {
  it("measures everything but the costly peers over five rounds, and keeps the results", () => {
    const options = load();
    expect(options.peers.map((peer) => peer.name)).toContain("http-proxy");
    expect(options.peers.some((peer) => peer.isCostly)).toBe(false);
    expect(options.pace.rounds).toBe(5);
    expect(options.isKept).toBe(true);
  });

  it("takes the costly peers with --all, and when --only names one", () => {
    expect(load("--all").peers.some((peer) => peer.name === "kserve-agent")).toBe(true);
    expect(load("--only", "kserve-agent").peers.map((peer) => peer.name)).toEqual(["nginx", "kserve-agent"]);
  });

  it("always measures nginx first, because every ratio is to it", () => {
    expect(load("--only", "envoy").peers.map((peer) => peer.name)).toEqual(["nginx", "envoy"]);
  });

  it("measures Outrider bare, as it comes, logging and with everything on, and what reading and the log cost", () => {
    const names = load()
      .peers.filter((peer) => peer.isOutrider)
      .map((peer) => peer.name);
    expect(names).toEqual(["outrider", "outrider-defaults", "outrider-logging", "outrider-everything"]);
    expect(load().scenarios).toEqual(expect.arrayContaining(["features", "log-cost", "file-sink", "stalled-loki"]));
    expect(load("--scenarios", "features").scenarios).toEqual(["features"]);
  });

  it("puts another build beside each Outrider, and keeps no such results", () => {
    const options = load("--only", "outrider,outrider-defaults", "--before", import.meta.filename);
    const names = ["nginx", "outrider", "outrider-before", "outrider-defaults", "outrider-defaults-before"];
    expect(options.peers.map((peer) => peer.name)).toEqual(names);
    expect(options.isKept).toBe(false);
    expect(mistake("--before", "/nowhere/outrider.mjs")).toMatch(/there is no \/nowhere\/outrider.mjs/);
  });

  it("never keeps the results of a quick run", () => {
    expect(load("--quick").isKept).toBe(false);
    expect(load("--no-save").isKept).toBe(false);
  });

  it("says what was given and what is known when a name is wrong", () => {
    expect(mistake("--only", "ngnix")).toMatch(/unknown "ngnix"; known: nginx/);
    expect(mistake("--scenarios", "cpu")).toMatch(/unknown "cpu"; known: start-up/);
    expect(mistake("--rounds", "0")).toMatch(/from 1 to 100/);
    expect(mistake("--fast")).toMatch(/--fast/);
    expect(mistake("fast")).toMatch(/unexpected argument "fast"/);
  });
});
