/** Asks a port until it answers: what start-up times are measured with. */
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Program } from "./program.ts";

/** How often a port that does not answer yet is asked again, milliseconds: the resolution of start-up times. */
const retryMs = 1;
const giveUpMs = 30_000;
const attemptMs = 5_000;

/**
 * Milliseconds from the start of the program until `GET path` on the port was answered with 200. Throws with the
 * program's last lines when it ends first, or after 30 s.
 */
export async function untilAnswered(program: Program, port: number, path: string): Promise<number> {
  for (;;) {
    if (await answersOk(port, path)) return performance.now() - program.spawnedAtMs;
    if (!program.isRunning()) throw new Error(`it ended before it answered:\n${program.lastLines()}`);
    if (performance.now() - program.spawnedAtMs > giveUpMs) {
      throw new Error(`no answer to GET ${path} within ${giveUpMs / 1000} s:\n${program.lastLines()}`);
    }
    await delay(retryMs);
  }
}

/** True when `GET path` on the loopback port is answered with 200. */
export function answersOk(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const settle = (isOk: boolean): void => {
      socket.destroy();
      resolve(isOk);
    };
    socket.setNoDelay(true);
    socket.setTimeout(attemptMs, () => settle(false));
    socket.once("error", () => settle(false));
    socket.once("close", () => resolve(false));
    socket.once("data", (bytes) => settle(/^HTTP\/1\.[01] 200 /.test(bytes.toString("latin1", 0, 13))));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  });
}
