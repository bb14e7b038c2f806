/** The times of a fleet. All of them follow from the flush interval, the time between two syncs of a replica. */

/** Late counts are accepted for this long after the end of a window: two syncs of every replica. */
export const graceMs = (flushMs: number): number => 2 * flushMs;

/** Length of the leader lease: survives a few failed syncs, and at least {@link minLeaseMs} for short intervals. */
export const leaseMs = (flushMs: number): number => Math.max(minLeaseMs, 4 * flushMs);

const minLeaseMs = 5000;

/** How long closed windows are published again: until the leader, even a new one, has certainly read them. */
export const keepMs = (flushMs: number): number => Math.max(minKeepMs, 10 * flushMs);

const minKeepMs = 60_000;

/** Without a successful flush for this long, a replica counts as cut off and reports for itself again. */
export const cutOffMs = (flushMs: number): number => 10 * flushMs;
