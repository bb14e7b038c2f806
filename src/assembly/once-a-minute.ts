/** Limits how often a log line is written. */
import type { Clock } from "../clock.ts";

const minuteMs = 60_000;

/** Calls `report` at most once a minute and ignores the calls between: what fails once may fail for every request. */
export function onceAMinute<Subject>(clock: Clock, report: (subject: Subject) => void): (subject: Subject) => void {
  let notBeforeMs = -Infinity;
  return (subject) => {
    const nowMs = clock.monotonicMs();
    if (nowMs < notBeforeMs) return;
    notBeforeMs = nowMs + minuteMs;
    report(subject);
  };
}
