/** How far an exchange is. Every move from one stage to the next is in one table. */

/**
 * - `head`: the request's head is being read and judged; steps 1 to 6;
 * - `queued`: all upstream connections are taken, it waits for one;
 * - `sending`: an upstream connection has the request and has not sent a byte back;
 * - `interim`: bytes arrived, but no final response head yet;
 * - `receiving`: the final response's head has gone to the client; an error can only break it off from here;
 * - `tunnel`: the connection was upgraded, bytes pass both ways;
 * - `done`: over; the next request may begin.
 */
export type Stage = "head" | "queued" | "sending" | "interim" | "receiving" | "tunnel" | "done";

/** The stages that may follow each stage. A retry on a new connection does not change the stage: it stays `sending`. */
export const stageMoves: Readonly<Record<Stage, readonly Stage[]>> = {
  done: ["head"],
  head: ["sending", "queued", "done"],
  queued: ["sending", "done"],
  sending: ["interim", "done"],
  interim: ["receiving", "tunnel", "done"],
  receiving: ["done"],
  tunnel: ["done"],
};

/** Throws if an exchange must not move from one stage to the other. */
function assertMove(from: Stage, to: Stage): void {
  if (!stageMoves[from].includes(to)) throw new Error(`an exchange cannot move from ${from} to ${to}`);
}

/** Set by the build. */
declare const builtRevision: string | undefined;

/**
 * Checks a move when the code runs from source, as in every test. The built program has no check: there an error thrown
 * in a socket's callback would end the process, which is worse than an exchange at a wrong stage.
 */
export const checkMove: typeof assertMove | undefined = typeof builtRevision === "undefined" ? assertMove : undefined;
