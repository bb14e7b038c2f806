/** The traffic, and a look at what the sidecar makes of it, again and again. */
import { readAccuracy, readDrift } from "./sidecar/telemetry-reading.ts";
import { startLabelDelivery } from "./sidecar/label-delivery.ts";
import { readLabelledRows } from "./traffic/labelled-rows.ts";
import type { DemoOptions } from "./options.ts";
import type { Production } from "./production.ts";
import { startReplay } from "./traffic/replay.ts";
import { seededRandom } from "./traffic/seeded-random.ts";
import type { Moment, Scene } from "./show/show.ts";
import { askAdmin, readSidecarPage } from "./sidecar/sidecar-reading.ts";
import { createTally } from "./traffic/tally.ts";
import type { TallyReading } from "./traffic/tally.ts";
import { createTimeline } from "./show/timeline.ts";
import { createTraffic } from "./traffic/traffic.ts";
import type { PlannedRequest } from "./traffic/traffic.ts";
import { changeUnit, unitChange } from "./traffic/unit-change.ts";
import { waitFor } from "./wait.ts";

/** How long requests may still take when the demonstration ends, milliseconds; a slow server needs a second or two. */
const lastRequestsMs = 8_000;

/** Time between two deliveries of labels, milliseconds. */
const labelsEveryMs = 2_000;

/** Lets traffic flow, and shows it, until the time is over or something ends it. */
export async function play({ stage, options, display }: Production, scene: Scene): Promise<void> {
  display.introduce(scene);
  const traffic = startTraffic(scene, options, display.say);
  const refresh = async (): Promise<undefined> => {
    display.refresh(await traffic.look());
  };
  const timers = [timer(options.durationSeconds, stage.finish), timer(options.driftAfterSeconds, traffic.allowChange)];
  try {
    await waitFor(refresh, display.everyMs, stage.over);
  } finally {
    timers.forEach(clearTimeout);
    await traffic.stop();
    display.end(await traffic.look(), scene);
  }
}

interface Traffic {
  /** From now on one feature may come in another unit; it does as soon as there was a verdict without that. */
  readonly allowChange: () => void;
  look(): Promise<Moment>;
  /** Resolves when the last requests have ended and their labels are delivered. */
  stop(): Promise<void>;
}

function startTraffic(scene: Scene, options: DemoOptions, say: (text: string) => void): Traffic {
  const rows = readLabelledRows();
  const tally = createTally(rows.labels);
  const labels = startLabelDelivery(scene.adminUrl, labelsEveryMs);
  const timeline = createTimeline(say);
  const startedAt = performance.now();
  const elapsedSeconds = (): number => (performance.now() - startedAt) / 1_000;
  const questions = createQuestions(options);
  let isChangeAllowed = false;
  let clientsAtChange: TallyReading | undefined;
  const changeWhenDue = (): void => {
    if (isChangeAllowed && clientsAtChange === undefined && timeline.read().firstVerdictSeconds !== undefined) {
      clientsAtChange = tally.read();
      timeline.change(elapsedSeconds());
    }
  };
  const { hostname, port } = new URL(scene.dataUrl);
  const replay = startReplay({
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: Number(port),
    requestsPerSecond: options.requestsPerSecond,
    // Two streams: the times of arrival do not change the requests.
    random: seededRandom(options.seed + 1),
    next: () => questions.next(clientsAtChange !== undefined),
    onDone: (planned, reply) => {
      const known = tally.add(planned, reply);
      if (known !== undefined) {
        labels.add(known);
      }
    },
  });
  return {
    allowChange: () => {
      isChangeAllowed = true;
      changeWhenDue();
    },
    look: async () => {
      // Read before the sidecar's report, which may then include more labels than this, but not fewer.
      const delivered = labels.read();
      const { sidecar, drift, accuracy } = await lookAtSidecar(scene.adminUrl);
      timeline.note(drift, elapsedSeconds());
      changeWhenDue();
      const changed = clientsAtChange === undefined ? {} : { changedFeature: unitChange.feature };
      return {
        elapsedSeconds: elapsedSeconds(),
        sidecar,
        clients: tally.read(),
        clientsAtChange,
        pace: replay.pace(),
        drift: drift && { ...drift, ...changed },
        accuracy,
        labels: delivered,
        timeline: timeline.read(),
      };
    },
    stop: async () => {
      await replay.stop(lastRequestsMs);
      await labels.stop();
    },
  };
}

interface Questions {
  next(isChanged: boolean): PlannedRequest;
}

/** The same chance decides before and after the change, so that nothing but the unit changes. */
function createQuestions({ protocol, seed }: DemoOptions): Questions {
  const rows = readLabelledRows();
  const random = seededRandom(seed);
  const before = createTraffic(rows, protocol, random);
  const after = createTraffic(changeUnit(rows, unitChange), protocol, random);
  return { next: (isChanged) => (isChanged ? after() : before()) };
}

async function lookAtSidecar(adminUrl: string): Promise<Pick<Moment, "sidecar" | "drift" | "accuracy">> {
  const ask = async (route: string): Promise<string | undefined> => {
    const { status, body } = await askAdmin(adminUrl, route);
    return status === 200 ? body : undefined;
  };
  const [metrics, drift, accuracy] = await Promise.all([ask("/metrics"), ask("/drift"), ask("/accuracy")]);
  return {
    sidecar: metrics === undefined ? undefined : readSidecarPage(metrics),
    drift: drift === undefined ? undefined : readDrift(drift),
    accuracy: accuracy === undefined ? undefined : readAccuracy(accuracy),
  };
}

/** A timer that runs once; none for 0 seconds. */
function timer(seconds: number, ring: () => void): NodeJS.Timeout | undefined {
  return seconds === 0 ? undefined : setTimeout(ring, seconds * 1_000);
}
