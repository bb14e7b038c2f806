/**
 * Where the metrics of drift and accuracy come from: this replica alone, or as the leader the whole fleet, or neither.
 * One source at a time, each with its own group, so that no family appears twice on a page, even when the leader
 * changes while the page is rendered.
 */
import type { SampleFamilies, SampleSource } from "../metrics/sample.ts";

/** Reports on one replica or on the whole fleet, as samples. */
export interface ReportSource {
  readonly scope: "replica" | "fleet";
  /** A whole number from 0 that changes whenever the samples of drift may have changed. */
  driftVersion(this: void): number;
  drift(this: void): SampleFamilies;
  accuracy(this: void): SampleFamilies;
}

/** The sample groups of the current source; empty while there is none. */
export function reportGroups(current: () => ReportSource | undefined): readonly SampleSource[] {
  return [
    {
      // Thousands of series that change once a window: rendered then, and not for every scrape.
      version: () => versionOf(current()),
      families: () => current()?.drift() ?? {},
    },
    { families: () => current()?.accuracy() ?? {} },
  ];
}

/** Different for each source, so that the cached text of one is never used for another. */
function versionOf(source: ReportSource | undefined): number {
  return source === undefined ? -1 : 2 * source.driftVersion() + Number(source.scope === "fleet");
}
