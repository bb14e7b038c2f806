/** Parses why Loki refused entries, which only the text of its response tells. */
import type { EntryDropReason } from "../../prediction-log/destination.ts";

/** Number of refused entries by reason. */
export type Refusals = ReadonlyMap<EntryDropReason, number>;

/**
 * Parses the text of a 400, see {@link withoutStreamLabels}, to a push of `entries` entries of **one** stream. Between 1 and
 * `entries` of them are refused.
 *
 * The distributor groups equal errors ("5 errors like: …; 1 errors like: …"), and writes a single error without a count.
 * The ingester reports counts of the entries that reached it ("total ignored: 1 out of 2"): the distributor refused the
 * others before, for a reason it does not tell. An error in the labels or in the body is reported once and refuses all.
 * Source: Loki 3.7.8, pkg/util/errors.go, pkg/distributor/validator.go, pkg/ingester/stream.go, pkg/validation/validate.go.
 */
export function readRefusals(words: string, entries: number): Refusals {
  const ignored = ignoredPattern.exec(words);
  if (ignored !== null) return readIgnored(Number(ignored[1]), Number(ignored[2]), entries);
  const refusals = new Map<EntryDropReason, number>();
  for (const { count, words: ofOne } of partsOf(words)) {
    const reason = reasonOf(ofOne);
    if (reason === undefined) return new Map([["refused", entries]]);
    if (reason === "bad_labels") return new Map([["bad_labels", entries]]);
    add(refusals, reason, Math.min(count, entries - totalOf(refusals)));
  }
  return refusals;
}

/** Whether entries were refused because of a rate limit only, so that they may be sent again. */
export const isStreamRateLimit = (words: string): boolean => words.includes("reason: 'Per stream rate limit exceeded");

/**
 * The text without stream labels, whose values clients may have chosen: `{name="value", …}` with quotes escaped as in Go.
 */
export const withoutStreamLabels = (text: string): string => text.replace(/\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}/g, "{}");

const ignoredPattern = /total ignored: (\d+) out of (\d+) for stream/;

function readIgnored(ignored: number, arrived: number, entries: number): Refusals {
  const refusals = new Map<EntryDropReason, number>();
  add(refusals, "too_far_behind", Math.min(Math.max(ignored, 1), entries));
  // If Loki counts more entries than were sent, none is missing.
  add(refusals, "refused", Math.min(entries - arrived, entries - totalOf(refusals)));
  return refusals;
}

interface RefusalPart {
  readonly count: number;
  readonly words: string;
}

function partsOf(words: string): readonly RefusalPart[] {
  const parts = words.split(/(?:^|; )(\d+) errors like: /);
  if (parts.length === 1) return [{ count: 1, words }];
  // Splitting at a capture group alternates: text before, count, text, count, text …
  return Array.from({ length: (parts.length - 1) / 2 }, (_, index) => ({
    count: Math.max(1, Number(parts[2 * index + 1])),
    words: parts[2 * index + 2] ?? "",
  }));
}

function reasonOf(words: string): EntryDropReason | undefined {
  return reasons.find(([, pattern]) => pattern.test(words))?.[0];
}

/** The first match counts. */
const reasons: readonly (readonly [EntryDropReason, RegExp])[] = [
  ["bad_labels", /\d+ label names; limit|label (?:name|value) too long|duplicate label name|pars(?:e|ing) labels/],
  ["bad_labels", /at least one label pair is required|missing required labels/],
  ["too_old", /has timestamp too old/],
  ["too_new", /has timestamp too new/],
  ["line_too_long", /^max entry size/],
  ["bad_metadata", /structured metadata/],
  ["too_far_behind", /entry too far behind|entry out of order/],
];

function add(refusals: Map<EntryDropReason, number>, reason: EntryDropReason, count: number): void {
  if (count > 0) refusals.set(reason, (refusals.get(reason) ?? 0) + count);
}

const totalOf = (refusals: Refusals): number => [...refusals.values()].reduce((sum, count) => sum + count, 0);
