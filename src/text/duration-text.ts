import { formatValue } from "./number-text.ts";

/** A time in seconds, rounded for people: `12.3 s`, `45 min`, `7 h`, `3 d`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${formatValue(Math.round(seconds * 10) / 10)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
