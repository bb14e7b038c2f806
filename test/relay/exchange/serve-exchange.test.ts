import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { WireErrorCode } from "../../../src/errors/wire-errors.ts";
import { type ExchangeSteps, type IncomingRequest, serveExchange } from "../../../src/relay/exchange/serve-exchange.ts";
import { readPage } from "../../docs/markdown.ts";

interface Step {
  readonly name: string;
  readonly statuses: readonly number[];
}

const statusesOf = (text: string): readonly number[] =>
  [...new Set(text.match(/\b[45]\d\d\b/g))].map(Number).toSorted((a, b) => a - b);

/** The numbered comments of the function: `// 7 attempt: what it does → 429 502`. */
function stepsOfFunction(): readonly Step[] {
  const source = readFileSync(new URL("../../../src/relay/exchange/serve-exchange.ts", import.meta.url), "utf8");
  return [...source.matchAll(/^ +\/\/ (?<place>\d) (?<name>[a-z]+): [^→\n]*(?<exits>→.*)?$/gm)].map((match, index) => {
    expect(Number(match.groups?.["place"])).toBe(index + 1);
    return { name: match.groups?.["name"] ?? "", statuses: statusesOf(match.groups?.["exits"] ?? "") };
  });
}

/** The numbered lines of the drawing, each with the statuses of the exits below it. */
function stepsOfDrawing(): readonly Step[] {
  const drawing = readPage("docs/architecture.md").blocks.find(({ lines }) => lines.some((line) => /^1 \w/.test(line)));
  const steps: { name: string; statuses: readonly number[] }[] = [];
  for (const line of drawing?.lines ?? []) {
    const start = /^(?<place>\d) (?<name>[a-z]+)/.exec(line);
    if (start !== null) {
      expect(Number(start.groups?.["place"])).toBe(steps.length + 1);
      steps.push({ name: start.groups?.["name"] ?? "", statuses: [] });
    }
    const last = steps.at(-1);
    if (last !== undefined) last.statuses = statusesOf(`${last.statuses.join(" ")} ${line.split("▶")[1] ?? ""}`);
  }
  return steps;
}

describe("the steps of a request", () => {
  it("are nine, and the drawing in docs/architecture.md has the same, in order, with the same statuses", () => {
    const steps = stepsOfFunction();
    expect(steps.map(({ name }) => name)).toEqual([
      "admit",
      "identify",
      "route",
      "choose",
      "gather",
      "join",
      "attempt",
      "respond",
      "finish",
    ]);
    expect(stepsOfDrawing()).toEqual(steps);
  });
});

/** Steps that note their calls and end with the codes given for them. */
function recorded(codes: Partial<Record<"identify" | "route" | "attempt" | "respond", WireErrorCode | "more">>): {
  readonly steps: ExchangeSteps;
  readonly calls: string[];
} {
  const calls: string[] = [];
  const code = (name: "identify" | "route" | "attempt"): WireErrorCode | "" => {
    calls.push(name);
    const given = codes[name] ?? "";
    return given === "more" ? "" : given;
  };
  return {
    calls,
    steps: {
      admit: () => void calls.push("admit"),
      identify: () => code("identify"),
      route: () => code("route"),
      reject: (_, why) => void calls.push(`reject ${why}`),
      attempt: () => code("attempt"),
      respond: () => {
        calls.push("respond");
        return codes.respond ?? "done";
      },
      finish: (result) => void calls.push(`finish ${result}`),
    },
  };
}

describe("serving an exchange", () => {
  const request = { kind: "request" } as IncomingRequest;
  const response = { kind: "response", bytes: Buffer.alloc(0), end: 0 } as const;

  it.each([
    [{}, ["admit", "identify", "route", "attempt"], "waits"],
    [{ identify: "loop_detected" }, ["admit", "identify", "reject loop_detected"], "over"],
    [{ route: "route_denied" }, ["admit", "identify", "route", "reject route_denied"], "over"],
    [
      { attempt: "concurrency_exceeded" },
      ["admit", "identify", "route", "attempt", "finish concurrency_exceeded"],
      "over",
    ],
  ] as const)("takes a request as far as it goes: %j", (codes, calls, progress) => {
    const made = recorded(codes);
    expect(serveExchange(made.steps, request)).toBe(progress);
    expect(made.calls).toEqual(calls);
  });

  it.each([
    [{ respond: "more" }, ["respond"], "waits"],
    [{}, ["respond", "finish done"], "over"],
    [{ respond: "upstream_malformed" }, ["respond", "finish upstream_malformed"], "over"],
  ] as const)("takes a response as far as it goes: %j", (codes, calls, progress) => {
    const made = recorded(codes);
    expect(serveExchange(made.steps, response)).toBe(progress);
    expect(made.calls).toEqual(calls);
  });
});
