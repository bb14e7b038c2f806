/** When drift was seen, and the messages about it. */
import { findingWords, verdictWords } from "./telemetry-words.ts";
import type { DriftReading, Finding } from "../sidecar/telemetry-reading.ts";
import { unitChange } from "../traffic/unit-change.ts";

/** Seconds since traffic began; undefined for what has not happened. */
export interface TimelineReading {
  /** The sidecar gave a first verdict. */
  readonly firstVerdictSeconds?: number;
  /** Clients began to send a feature in another unit. */
  readonly changedSeconds?: number;
  /** The sidecar named that feature. */
  readonly namedSeconds?: number;
}

/** Remembers what happened when. */
export interface Timeline {
  /** Notes that clients have begun to send the feature in another unit. */
  change(elapsedSeconds: number): void;
  /** Notes what the sidecar says of drift. */
  note(drift: DriftReading | undefined, elapsedSeconds: number): void;
  read(): TimelineReading;
}

/** Starts a timeline; `say` gets each piece of news once. */
export function createTimeline(say: (text: string) => void): Timeline {
  let times: TimelineReading = {};
  const known = new Map<string, Finding["state"]>();
  return {
    change: (elapsedSeconds) => {
      times = { ...times, changedSeconds: elapsedSeconds };
      say(`from now on clients send ${unitChange.feature} ${unitChange.words}`);
    },
    note: (drift, elapsedSeconds) => {
      if (drift === undefined) {
        return;
      }
      if (drift.windowRequests > 0 && times.firstVerdictSeconds === undefined) {
        times = { ...times, firstVerdictSeconds: elapsedSeconds };
        say(`first verdict on drift after ${seconds(elapsedSeconds)}: ${verdictWords(drift)}`);
      }
      for (const finding of drift.findings.filter(({ kind, name, state }) => known.get(`${kind} ${name}`) !== state)) {
        known.set(`${finding.kind} ${finding.name}`, finding.state);
        const isChanged = finding.kind === "feature" && finding.name === unitChange.feature;
        if (isChanged && times.changedSeconds !== undefined && times.namedSeconds === undefined) {
          times = { ...times, namedSeconds: elapsedSeconds };
        }
        say(`drift: ${findingWords(finding)}${afterChange(times, elapsedSeconds)}`);
      }
    },
    read: () => times,
  };
}

const seconds = (value: number): string => `${value.toFixed(0)} s`;

function afterChange({ changedSeconds }: TimelineReading, elapsedSeconds: number): string {
  return changedSeconds === undefined ? "" : ` (${seconds(elapsedSeconds - changedSeconds)} after the change)`;
}
