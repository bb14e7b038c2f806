/** Writes logged predictions to standard output, or another descriptor: a line each. */
import { close, constants, fstatSync, openSync, write } from "node:fs";
import type { DeliveryResult, Destination } from "../../prediction-log/destination.ts";

const standardOutput = 1;

/** Longest wait before a pipe that was full (EAGAIN) is tried again, milliseconds; the first is 1. */
const maxWaitMs = 32;

/**
 * Makes the destination. A reader that is slow holds up nobody, not even the end of the process: what finds no room in
 * the pipe is tried again. When the reader is gone (EPIPE) entries are refused, and the next are tried, as one may come
 * again.
 */
export function createStdoutDestination(fileDescriptor: number = standardOutput): Destination {
  const descriptor = withoutBlocking(fileDescriptor);
  /** A batch that was given up in the middle of a line has to end before anything else comes. */
  let last: Promise<NodeJS.ErrnoException | undefined> = Promise.resolve(undefined);
  return {
    name: "stdout",
    deliver: async (batch): Promise<DeliveryResult> => {
      last = last.then(() => writeAll(descriptor, Buffer.from(`${batch.map(({ line }) => line).join("\n")}\n`)));
      const error = await last;
      return { kind: "done", refused: error === undefined ? new Map() : new Map([["refused", batch.length]]) };
    },
    close: () => (descriptor === fileDescriptor ? Promise.resolve() : closed(descriptor)),
  };
}

/**
 * The same pipe, such that no write to it waits: one that waits occupies a thread, and Node does not end before its
 * threads do. Opened anew, because the flag on the descriptor itself would be there for whoever shares it. Where that is
 * not possible, it is the descriptor itself.
 */
function withoutBlocking(fileDescriptor: number): number {
  try {
    if (!fstatSync(fileDescriptor).isFIFO()) return fileDescriptor;
    return openSync(`/proc/self/fd/${fileDescriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fileDescriptor;
  }
}

/** Gives the error that ended it. */
function writeAll(descriptor: number, bytes: Buffer): Promise<NodeJS.ErrnoException | undefined> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  const go = (left: Buffer, waitMs: number): void => {
    write(descriptor, left, (error, written) => {
      if (error?.code === "EAGAIN" || error?.code === "EBUSY") {
        setTimeout(go, waitMs, left, Math.min(2 * waitMs, maxWaitMs)).unref();
      } else if (error !== null) resolve(error);
      else if (written < left.length) go(left.subarray(written), 1);
      else resolve(undefined);
    });
  };
  go(bytes, 1);
  return promise;
}

function closed(descriptor: number): Promise<void> {
  return new Promise((resolve) => {
    close(descriptor, () => resolve());
  });
}
