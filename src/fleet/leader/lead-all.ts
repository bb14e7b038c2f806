import type { LeaderRound } from "./leader-loop.ts";

/** Something that a leader does for all replicas, see `Lead`. */
export interface LeaderTask {
  lead(turn: LeaderRound): Promise<void>;
}

/**
 * Lets each part lead, in this order, also after one that failed: what one of them cannot do must not keep the others
 * from what they can. Rejects at the end with what failed, so that the turn is tried again; parts that succeeded are
 * asked again then, too.
 */
export async function runLeaderTasks(parts: readonly LeaderTask[], turn: LeaderRound): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) {
    try {
      await part.lead(turn);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
}
