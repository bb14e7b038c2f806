import { describe, expect, it } from "vitest";
import { readSourceFiles } from "../architecture/source-files.ts";

/** A call of the log with literal fields. Fields that are built elsewhere have tests of their own. */
const logCall = /\b(?:log|logger)\.(?:trace|debug|info|warn|error|fatal)\(\s*\{([^}]*)\}/g;
const camelCaseKey = /(?:^|,)\s*([a-z]+[A-Z]\w*)\s*(?=[:,]|$)/g;

/** Fields in camelCase in the log calls of a source. */
function findCamelCase(source: string): readonly string[] {
  return [...source.matchAll(logCall)].flatMap(([, fields]) =>
    [...(fields ?? "").matchAll(camelCaseKey)].map(([, key]) => key ?? ""),
  );
}

describe("fields of the log", () => {
  it("are in snake_case", () => {
    const sources = [...readSourceFiles()];
    expect(sources.flatMap(([file, source]) => findCamelCase(source).map((key) => `${file}: ${key}`))).toEqual([]);
    expect(sources.flatMap(([, source]) => source.match(logCall) ?? []).length).toBeGreaterThan(15);
  });

  it("are noticed when they are not", () => {
    expect(findCamelCase("log.info({ isLeader, token }, text)")).toEqual(["isLeader"]);
    expect(findCamelCase("this.#log.warn({ reason, retryMs: delayMs }, text)")).toEqual(["retryMs"]);
    expect(findCamelCase("log.warn({ retry_ms: delayMs, reason }, text)")).toEqual([]);
  });
});
