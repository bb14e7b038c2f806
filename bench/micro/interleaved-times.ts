/**
 * Times of things that are compared: measured in turn, again and again, so that what slows the whole machine for a while
 * slows all of them.
 */

/** How long things are measured. */
export interface TimingPlan {
  readonly rounds: number;
  /** Calls of one thing in a row; a round's time is their mean. */
  readonly calls: number;
}

/** Rounds that are not kept: compilers are at work. */
const warmUpRounds = 5;

/**
 * Microseconds a call of each thing, one a round, in the order of the rounds. Each call does its work once, on other
 * values than the call before.
 */
export function timeInterleaved<Name extends string>(
  works: Readonly<Record<Name, () => unknown>>,
  { rounds, calls }: TimingPlan,
): Readonly<Record<Name, readonly number[]>> {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round + warmUpRounds) % names.length] as Name;
      const work = works[name];
      const beganMs = performance.now();
      for (let call = 0; call < calls; call++) work();
      if (round >= 0) times[name].push(((performance.now() - beganMs) * 1000) / calls);
    }
  }
  return times;
}
