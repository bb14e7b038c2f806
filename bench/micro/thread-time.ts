/** Processor time of this thread for work that is done in turns of the event loop. */
import { setTimeout as delay } from "node:timers/promises";

/** Processor time that this thread has used, user and system, microseconds. */
export function threadMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** How long a work is watched after it has ended: longer than batches wait, and idle time costs nothing. */
const settleMs = 150;

/**
 * Microseconds of this thread for each work, one a round, in the order of the rounds; what a work leaves to be done later
 * counts with it. The order is turned by one from round to round. The first round is not kept.
 */
export async function threadTimes<Name extends string>(
  works: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds: number,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round) % names.length] as Name;
      const before = threadMicroseconds();
      await works[name]();
      await delay(settleMs);
      if (round > 0) times[name].push(threadMicroseconds() - before);
    }
  }
  return times;
}
