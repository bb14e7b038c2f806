import { describe, expect, it } from "vitest";
import { overdue, type Waiting } from "../../../src/relay/exchange/deadlines.ts";
import type { RelayTimeouts } from "../../../src/relay/options.ts";

/** Every limit another, so that a mix-up shows. */
const timeouts: RelayTimeouts = {
  headerMs: 1,
  idleMs: 2,
  bodyGraceMs: 3,
  connectMs: 300,
  queueMs: 400,
  firstByteMs: 500,
  streamIdleMs: 600,
  totalMs: 5000,
  tunnelIdleMs: 700,
  halfCloseMs: 4,
};

const waiting: Waiting = {
  beganMs: 1000,
  sentMs: 1000,
  activeMs: 1000,
  queuedMs: 0,
  connectingMs: 0,
  awaitsFirstByte: false,
  isTunnel: false,
};

const rows = [
  {
    what: "a stream that stands still",
    over: { activeMs: 2000 },
    at: 2600,
    code: "stream_idle_timeout",
    off: { streamIdleMs: 0 },
  },
  {
    what: "a first byte that does not come",
    over: { awaitsFirstByte: true, sentMs: 2000 },
    at: 2500,
    code: "first_byte_timeout",
    off: { firstByteMs: 0 },
  },
  {
    what: "a connection that is not accepted",
    over: { connectingMs: 2000 },
    at: 2300,
    code: "upstream_connect_timeout",
  },
  { what: "a place in the queue", over: { queuedMs: 2000 }, at: 2400, code: "queue_timeout" },
  { what: "the whole exchange", over: { activeMs: 5999 }, at: 6000, code: "total_timeout", off: { totalMs: 0 } },
  {
    what: "a tunnel that stands still",
    over: { isTunnel: true, activeMs: 2000 },
    at: 2700,
    code: "stream_idle_timeout",
    off: { tunnelIdleMs: 0 },
  },
] as const;

describe("the time-out of an exchange", () => {
  it.each(rows)("passes exactly at its limit for $what", ({ over, at, code }) => {
    expect(overdue({ ...waiting, ...over }, timeouts, at - 1)).toBe("");
    expect(overdue({ ...waiting, ...over }, timeouts, at)).toBe(code);
  });

  it.each(rows.filter((row) => "off" in row))("never passes for $what when its limit is 0", ({ over, off }) => {
    const later = { ...waiting, beganMs: 1e12 - 1, ...over };
    expect(overdue(later, { ...timeouts, ...off }, code(off) === "totalMs" ? 6500 : 1e12)).toBe("");
  });

  const all = { activeMs: 0, sentMs: 0, beganMs: 0, queuedMs: 1, connectingMs: 1, awaitsFirstByte: true };

  it.each([
    ["a tunnel has no other time-out", { ...all, isTunnel: true, activeMs: 9999 }, ""],
    ["the whole exchange goes before all else", all, "total_timeout"],
    ["the line goes before the connection", { ...all, beganMs: 9999 }, "queue_timeout"],
    ["the connection goes before the first byte", { ...all, beganMs: 9999, queuedMs: 0 }, "upstream_connect_timeout"],
    [
      "the first byte goes before idleness",
      { ...all, beganMs: 9999, queuedMs: 0, connectingMs: 0 },
      "first_byte_timeout",
    ],
    ["a queued request has no other time-out but the total", { ...all, beganMs: 9999, queuedMs: 9999 }, ""],
    ["who connects is asked for nothing else", { ...all, beganMs: 9999, queuedMs: 0, connectingMs: 9999 }, ""],
    [
      "who waits for a first byte may be idle",
      { ...waiting, beganMs: 9999, sentMs: 9999, activeMs: 0, awaitsFirstByte: true },
      "",
    ],
  ])("%s", (_, over, expected) => {
    expect(overdue({ ...waiting, ...over }, timeouts, 10_000)).toBe(expected);
  });
});

const code = (off: object): string => Object.keys(off)[0] ?? "";
