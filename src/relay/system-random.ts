import { closeSync, openSync, readSync } from "node:fs";
import type { Random } from "../clock.ts";

/**
 * The system's cryptographic generator, read as a file where there is one: the first use of Node's own `crypto` adds
 * 2 MB of resident memory and 20 ms of processor time to the start (measured in the bundle, Node 26). A `fill` is
 * three system calls: for seeds, not for every request.
 */
export const systemRandom: Random = randomFrom("/dev/urandom");

/** A generator that reads `device`, and uses Node's `crypto` where it cannot be read: a bare chroot, another system. */
export function randomFrom(device: string): Random {
  return {
    fill: (target) => {
      if (!fillFromDevice(device, target)) crypto.getRandomValues(target);
      return target;
    },
  };
}

/** False unless every byte of `target` came from the device. */
function fillFromDevice(device: string, target: Uint8Array): boolean {
  let file: number | undefined;
  try {
    file = openSync(device, "r");
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(file, target, filled, target.length - filled, null);
      if (count === 0) return false;
      filled += count;
    }
    return true;
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
