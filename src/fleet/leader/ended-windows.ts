import type { Window } from "../store.ts";

/** Windows of one length that nobody has decided on are caught up with, but no more than this many. */
const maxWindowsToCatchUp = 8;

/**
 * The windows of one length that have ended, are past their grace, and come after the last decided one; oldest first.
 * At most eight: what is older is passed over (there was no leader for long). When none was ever decided, only the
 * newest: what was before is not this leader's to judge.
 *
 * @param graceMs how long late counts are waited for
 * @param decidedIndex the last window that was decided on
 */
export function endedWindows(
  windowMs: number,
  nowMs: number,
  graceMs: number,
  decidedIndex: number | undefined,
): readonly Window[] {
  const newest = Math.floor((nowMs - graceMs) / windowMs) - 1;
  const first = decidedIndex === undefined ? newest : Math.max(decidedIndex + 1, newest - maxWindowsToCatchUp + 1);
  const windows: Window[] = [];
  for (let index = Math.max(first, 0); index <= newest; index++) windows.push({ windowMs, windowIndex: index });
  return windows;
}
