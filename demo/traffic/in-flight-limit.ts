/** How many requests the demonstration's clients leave unanswered at once: few enough that a slow server is not flooded. */

/**
 * A bound on requests in flight that follows the server: it doubles, later grows by one, after each round of answers
 * that came about as quickly as with few in flight, and shrinks by a fifth when they took more than twice as long
 * (additive increase, multiplicative decrease on latency). A server with one worker ends with a short queue.
 */
export interface InFlightLimit {
  /** From {@link minInFlight} to {@link maxInFlight}. */
  current(): number;
  /** Takes the time of one good answer; `wasFull` says whether the limit was reached since its request was sent. */
  observe(latencyMs: number, wasFull: boolean): void;
}

/** Where the limit starts and what it never goes below: enough to keep the worker of a small server busy. */
export const minInFlight = 4;

/** What it never exceeds, as memory and sockets are bounded too. */
export const maxInFlight = 256;

/** Mean latency at which a queue must have formed, as a multiple of the best mean that was seen. */
const queueFactor = 2;

/** Answers over which a mean is taken, at least; for a higher limit as many as are in flight. */
const minRound = 8;

/** Starts with {@link minInFlight}. */
export function createInFlightLimit(): InFlightLimit {
  let limit = minInFlight;
  let bestMeanMs = Infinity;
  let hasShrunk = false;
  let round = { answers: 0, totalMs: 0, wasFull: false };

  const endRound = (): void => {
    const meanMs = round.totalMs / round.answers;
    bestMeanMs = Math.min(bestMeanMs, meanMs);
    if (meanMs > queueFactor * bestMeanMs) {
      hasShrunk = true;
      limit = Math.max(minInFlight, Math.floor(limit * 0.8));
    } else if (round.wasFull) {
      limit = Math.min(maxInFlight, hasShrunk ? limit + 1 : limit * 2);
    }
    round = { answers: 0, totalMs: 0, wasFull: false };
  };

  return {
    current: () => limit,
    observe: (latencyMs, wasFull) => {
      round.answers += 1;
      round.totalMs += latencyMs;
      round.wasFull ||= wasFull;
      if (round.answers >= Math.max(minRound, limit)) {
        endRound();
      }
    },
  };
}
