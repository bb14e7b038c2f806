import { describe, expect, it } from "vitest";
import { wireErrors } from "../../src/errors/wire-errors.ts";
import { faults } from "../../src/http1/fault.ts";
import { runDecoder } from "./support/chunked-runs.ts";
import { faultyRequests, faultyResponses } from "./support/faulty-heads.ts";

/** The faults of bodies; those of heads have their own tables. */
const faultyBodies = ["x\r\n", `1;${"x".repeat(999)}`, "0\r\n:\r\n", `0\r\nA: ${"b".repeat(9999)}`];

describe("the faults of a message", () => {
  it("each have a row in the table of errors: a refusal that the client is to blame for", () => {
    for (const fault of faults) {
      const { status, outcome, retryable } = wireErrors[fault];
      expect([fault, outcome, retryable]).toEqual([fault, "bad_request", false]);
      expect([400, 414, 431, 501]).toContain(status);
    }
  });

  it("can all be met, and there is no other", () => {
    const met = [...faultyRequests, ...faultyResponses].map(({ fault }) => fault as string);
    const all = new Set([...met, ...faultyBodies.map((text) => runDecoder(text, []).fault)]);
    expect([...all].sort()).toEqual([...faults].sort());
  });
});
