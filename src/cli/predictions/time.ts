import { parseTime } from "../../text/quantity.ts";
import { OutriderError } from "../../errors/outrider-error.ts";

const dayMs = 86_400_000;

/** Maximum age: a hundred years. */
const maxAgoMs = 100 * 366 * dayMs;

const momentPattern = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d))?$/;

/**
 * Parses an age (`30m`, `2h`, `1d`), an RFC 3339 time, or a day, which begins at midnight UTC. Returns the time as
 * records have it. Fails with `usage`, which names the flag.
 */
export function recordMoment(text: string, flag: string, nowMs: number): string {
  const moment = momentAgo(text, nowMs) ?? namedMoment(text);
  if (moment !== undefined) return moment;
  throw new OutriderError(
    "usage",
    `${flag} ${text}: an age or a time is expected, e.g. 30m, 1d or 2026-11-25T12:00:00Z`,
  );
}

function momentAgo(text: string, nowMs: number): string | undefined {
  const days = /^(\d+(?:\.\d+)?)d$/.exec(text)?.[1];
  // A number without a unit means milliseconds in other flags, which would be useless here.
  const agoMs = days === undefined ? (/[a-z]$/.test(text) ? parseTime(text) : Number.NaN) : Number(days) * dayMs;
  if (Number.isNaN(agoMs) || agoMs > maxAgoMs) return undefined;
  return withNanoseconds(new Date(nowMs - agoMs).toISOString().slice(0, -1));
}

function namedMoment(text: string): string | undefined {
  const parts = momentPattern.exec(text);
  if (parts === null) return undefined;
  const [, day = "", minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = parts;
  const ms = Date.parse(`${day}T${minutes}:${seconds}${zone.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  const whole = new Date(ms).toISOString();
  // Date.parse accepts 30 February as a day in March; years after 9999 have another format.
  if (whole.length !== 24 || !isDay(day)) return undefined;
  return withNanoseconds(`${whole.slice(0, 19)}.${fraction}`);
}

function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/** With nine digits of a second. */
function withNanoseconds(text: string): string {
  const [whole = "", fraction = ""] = text.split(".");
  return `${whole}.${fraction.padEnd(9, "0")}Z`;
}
