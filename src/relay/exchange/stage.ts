/** How far an exchange is. Every move from one stage to the next is in one table. */

/**
 * - `head`: the request's head is being read and judged; steps 1 to 6;
 * - `queued`: all upstream connections are taken, it waits for one;
 * - `sending`: an upstream connection has the request and has not sent a byte back;
 * - `interim`: bytes came back, but no final response head yet;
 * - `receiving`: the final response's head has gone to the client; an error can only break it off from here;
 * - `tunnel`: the connection was upgraded, bytes pass both ways;
 * - `done`: over; the next request may begin.
 */
export type Stage = "head" | "queued" | "sending" | "interim" | "receiving" | "tunnel" | "done";

/** The stages that may follow each stage. Sending a request again on a new connection is no move: it is still `sending`. */
export const stageMoves: Readonly<Record<Stage, readonly Stage[]>> = {
  done: ["head"],
  head: ["sending", "queued", "done"],
  queued: ["sending", "done"],
  sending: ["interim", "done"],
  interim: ["receiving", "tunnel", "done"],
  receiving: ["done"],
  tunnel: ["done"],
};

declare const builtRevision: string | undefined;

/**
 * Moves are checked when the code runs from source, as in every test. The built program leaves the check out: there a
 * wrong move is better survived than thrown in a socket's callback, where it would end the process.
 */
const isChecked = typeof builtRevision === "undefined";

/** Returns `to`. Throws, when run from source, if an exchange must not move there from `from`. */
export function moveStage(from: Stage, to: Stage): Stage {
  if (isChecked && !stageMoves[from].includes(to)) throw new Error(`an exchange cannot move from ${from} to ${to}`);
  return to;
}
