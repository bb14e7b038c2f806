import { expect } from "vitest";
import type { Field } from "../../support/strict/strict-message.ts";
import { headerOf, type StrictResponse } from "../../support/strict/strict-responses.ts";
import { type Ask, askOnce, type BothPorts } from "./ask.ts";

/** Fields that concern one connection only; each side has its own. */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection"]);

/** Fields whose value differs between two answers to the same question. */
const varying = new Set(["date", "x-request-id"]);

/**
 * Asks the server itself and through Outrider, expects the same answer but for the documented table, and gives the one
 * that came through Outrider.
 */
export async function expectSameAnswer(ports: BothPorts, ask: Ask): Promise<StrictResponse> {
  const direct = await askOnce(ports.direct, ask);
  const via = await askOnce(ports.via, ask);
  expectSame(direct, via);
  return via;
}

/**
 * Expects that `via` is `direct` as the documentation says: body, status line, every other field, their order and case
 * unchanged; `x-outrider-request-id` added; `x-request-id` and `Date` added where the server sent none.
 */
export function expectSame(direct: StrictResponse, via: StrictResponse): void {
  expect(statusLine(via)).toBe(statusLine(direct));
  expect(via.headers.map(([name]) => name.toLowerCase())).toEqual(
    expect.arrayContaining(["x-outrider-request-id", "x-request-id", "date"]),
  );
  expect(endToEnd(withoutAdditions(direct, via))).toEqual(endToEnd(direct.headers));
  expect(headerOf(via, "x-outrider-error")).toBeUndefined();
  expect([via.framing, via.complete]).toEqual([direct.framing, direct.complete]);
  // Compared by hand first: a difference shown by the test library costs a lot with bodies of megabytes.
  if (!via.body.equals(direct.body)) expect(via.body.toString("latin1")).toBe(direct.body.toString("latin1"));
}

function statusLine({ version, status, reason }: StrictResponse): string {
  return `${version} ${status} ${reason}`;
}

function withoutAdditions(direct: StrictResponse, via: StrictResponse): Field[] {
  const added = new Set(["x-outrider-request-id"]);
  for (const name of varying) if (headerOf(direct, name) === undefined) added.add(name);
  const rest = [...via.headers];
  // Each is added once: a second one stays and is found.
  for (const name of added)
    rest.splice(
      rest.findIndex((field) => field[0].toLowerCase() === name),
      1,
    );
  return rest;
}

function endToEnd(fields: readonly Field[]): Field[] {
  return fields
    .filter(([name]) => !hopByHop.has(name.toLowerCase()))
    .map(([name, value]) => [name, varying.has(name.toLowerCase()) ? "(varies)" : value]);
}
