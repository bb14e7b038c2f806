/**
 * Who speaks of drift and accuracy in the metrics: this replica for itself, or as the leader for all, or not at all. One
 * at a time, in one group for each: no family stands twice on a page, whatever happens while the page is rendered.
 */
import type { SampleFamilies, SampleSource } from "../metrics/sample.ts";

/** What is said, of this replica or of all. */
export interface Voice {
  readonly of: "replica" | "fleet";
  /** A whole number from 0 that changes whenever the samples of drift may have. */
  driftVersion(this: void): number;
  drift(this: void): SampleFamilies;
  accuracy(this: void): SampleFamilies;
}

/** The groups of whoever `speaker` says; empty ones while nobody speaks here. */
export function voiceGroups(speaker: () => Voice | undefined): readonly SampleSource[] {
  return [
    {
      // Thousands of series that change once a window: rendered then, and not for every scrape.
      version: () => versionOf(speaker()),
      families: () => speaker()?.drift() ?? {},
    },
    { families: () => speaker()?.accuracy() ?? {} },
  ];
}

/** Different for different voices, so that what one has said is not taken for what the other says. */
function versionOf(voice: Voice | undefined): number {
  return voice === undefined ? -1 : 2 * voice.driftVersion() + Number(voice.of === "fleet");
}
