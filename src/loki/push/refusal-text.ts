/** Why Loki refused entries, read from the text of its answer: there is nothing else that says so. */
import type { EntryDropReason } from "../../prediction-log/destination.ts";

/** How many entries were refused, by reason. */
export type Refusals = ReadonlyMap<EntryDropReason, number>;

/**
 * Reads the text of a 400, see {@link withoutStreams}, to a push of `entries` entries of **one** stream. At least 1 and at most `entries` are refused.
 *
 * The distributor groups equal texts ("5 errors like: …; 1 errors like: …"), and says each once when there is only one.
 * An ingester that refuses what came through says how many of how many ("total ignored: 1 out of 2"): what is missing to
 * `entries` was refused before by the distributor, for a reason that is not said. What is wrong with the labels, or with
 * the body, is said once and refuses them all.
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

/** True when some entries were refused only because there were too many of late: they may be sent again. */
export const saysStreamRate = (words: string): boolean => words.includes("reason: 'Per stream rate limit exceeded");

/**
 * The text without the labels of streams, whose values anybody may have chosen: `{name="value", …}` with quotes escaped
 * in the manner of Go.
 */
export const withoutStreams = (text: string): string => text.replace(/\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}/g, "{}");

const ignoredPattern = /total ignored: (\d+) out of (\d+) for stream/;

function readIgnored(ignored: number, arrived: number, entries: number): Refusals {
  const refusals = new Map<EntryDropReason, number>();
  add(refusals, "too_far_behind", Math.min(Math.max(ignored, 1), entries));
  // More may be said to have arrived than were sent when Loki counts them otherwise: then nothing is missing.
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
  // What was split at a group in brackets alternates: text before, count, text, count, text …
  return Array.from({ length: (parts.length - 1) / 2 }, (_, index) => ({
    count: Math.max(1, Number(parts[2 * index + 1])),
    words: parts[2 * index + 2] ?? "",
  }));
}

function reasonOf(words: string): EntryDropReason | undefined {
  return reasons.find(([, pattern]) => pattern.test(words))?.[0];
}

/** The first that is found counts. */
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

/** How many that are together. */
export const totalOf = (refusals: Refusals): number => [...refusals.values()].reduce((sum, count) => sum + count, 0);
