/**
 * Who speaks of drift and accuracy in the metrics: this replica for itself, or as the leader for all, or not at all. One
 * at a time, in one group for each: no family stands twice on a page, whatever happens while the page is rendered.
 */
import type { SampledFamilies, SampleGroup } from "../exposition/sample-group.ts";

/** What is said, of this replica or of all. */
export interface ReportSource {
  readonly of: "replica" | "fleet";
  /** A whole number from 0 that changes whenever the samples of drift may have. */
  driftVersion(this: void): number;
  drift(this: void): SampledFamilies;
  accuracy(this: void): SampledFamilies;
}

/** The groups of whoever `speaker` says; empty ones while nobody speaks here. */
export function reportGroups(speaker: () => ReportSource | undefined): readonly SampleGroup[] {
  return [
    {
      // Thousands of series that change once a window: rendered then, and not for every scrape.
      version: () => versionOf(speaker()),
      families: () => speaker()?.drift() ?? {},
    },
    { version: () => undefined, families: () => speaker()?.accuracy() ?? {} },
  ];
}

/** Different for different voices, so that what one has said is not taken for what the other says. */
function versionOf(voice: ReportSource | undefined): number {
  return voice === undefined ? -1 : 2 * voice.driftVersion() + Number(voice.of === "fleet");
}
