/**
 * A replica of a fleet in a process of its own, which counts as fast as it can. Its options are
 * JSON on the command line. Prints a line of JSON before each flush and after each acknowledged one; stops in an orderly
 * way when its input ends.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../../src/clock.ts";
import { FleetMember } from "../../../src/fleet/fleet-member.ts";
import { createRedisStore } from "../../../src/fleet/redis/redis-store.ts";
import { silentLog } from "../../support/recorded-log.ts";
import { countedKey, type FleetProgramOptions, type FlushReport, documentKey } from "./fleet-report.ts";

const { url, flushMs, windowMs, windowIndex } = JSON.parse(process.argv[2] ?? "{}") as FleetProgramOptions;
const replicaId = randomUUID();
const counts = new Float64Array(50);
let turn = 0;
const count = (): void => {
  for (let step = 0; step < 100; step++) {
    const cell = turn++ % counts.length;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  setImmediate(count);
};
setImmediate(count);

let flush = 0;
const say = (report: FlushReport): void => void process.stdout.write(`${JSON.stringify(report)}\n`);

const fleet = new FleetMember({
  store: await createRedisStore({
    url,
    fleet: "processes",
    clientName: "fleet-program",
    connectTimeoutMs: 5000,
    commandTimeoutMs: 5000,
    clock: systemClock,
  }),
  replica: { replicaId, startedAtMs: Date.now(), address: `process ${process.pid}`, flushMs },
  leaseMs: 10 * flushMs,
  windowsMs: [],
  clock: systemClock,
  sources: [
    {
      contributions: () => {
        const copy = counts.slice();
        say({ kind: "publishing", replicaId, flush: ++flush, counts: [...copy] });
        return [{ key: countedKey, windowMs, windowIndex, counts: copy }];
      },
    },
  ],
  leaderTasks: [
    {
      runAsLeader: async ({ token, putDocument }) => {
        await putDocument(documentKey, JSON.stringify({ replicaId, token }));
      },
    },
  ],
  labelStreams: [],
  onLabels: () => undefined,
  log: silentLog,
});

const stopping = new AbortController();
process.stdin.resume();
process.stdin.once("end", () => stopping.abort());

let stored = 0;
const sayStored = (): void => {
  const { contributions, isLeader, token } = fleet.status();
  if (contributions.stored > stored) say({ kind: "acknowledged", replicaId, flush, isLeader, token });
  stored = contributions.stored;
};
while (!stopping.signal.aborted) {
  await fleet.syncNow();
  sayStored();
  await delay(flushMs);
}
await fleet.stop(2_000);
sayStored();
process.exit(0);
