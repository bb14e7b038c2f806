import { expect } from "vitest";

/** Expects a number within a relative error of another; exact where that is 0. */
export function expectRelative(actual: number | undefined, expected: number, relativeError: number): void {
  const error = Math.abs((actual ?? NaN) - expected);
  const message = `${actual} is not ${expected} within ${relativeError}`;
  expect(error <= Math.abs(expected) * relativeError, message).toBe(true);
}
