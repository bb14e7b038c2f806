/** Writes logged predictions to standard output or another file descriptor, one line each. */
import { close, constants, fstatSync, openSync, write } from "node:fs";
import { backoffMs, type BackoffOptions } from "../../backoff.ts";
import type { DeliveryResult, Destination } from "../../prediction-log/destination.ts";

const standardOutput = 1;

/** Waits before a write to a full pipe (EAGAIN) is repeated. */
const fullPipeBackoff: BackoffOptions = { firstMs: 1, maxMs: 32, jitter: 0 };

/**
 * Creates the destination. A slow reader blocks neither the event loop nor the end of the process: a write to a full pipe
 * is repeated later. When the reader is gone (EPIPE), entries are refused, and later ones are tried again: for a named
 * pipe a new reader may come.
 */
export function createStdoutDestination(fileDescriptor: number = standardOutput): Destination {
  const descriptor = withoutBlocking(fileDescriptor);
  /** The write of an aborted batch must end before the next one starts: it may be in the middle of a line. */
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
 * A non-blocking descriptor of the same pipe: a blocked write occupies a thread, and Node does not exit before its threads
 * do. The pipe is opened again, because setting the flag on the descriptor would change it for all processes that share
 * it. Returns the descriptor itself where that is not possible.
 */
function withoutBlocking(fileDescriptor: number): number {
  try {
    if (!fstatSync(fileDescriptor).isFIFO()) return fileDescriptor;
    return openSync(`/proc/self/fd/${fileDescriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fileDescriptor;
  }
}

/** Resolves with the error that ended the writing, if any. */
function writeAll(descriptor: number, bytes: Buffer): Promise<NodeJS.ErrnoException | undefined> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  const writeRest = (left: Buffer, attempts: number): void => {
    write(descriptor, left, (error, written) => {
      if (error?.code === "EAGAIN" || error?.code === "EBUSY") {
        setTimeout(writeRest, backoffMs(attempts, fullPipeBackoff, Math.random), left, attempts + 1).unref();
      } else if (error !== null) resolve(error);
      else if (written < left.length) writeRest(left.subarray(written), 1);
      else resolve(undefined);
    });
  };
  writeRest(bytes, 1);
  return promise;
}

function closed(descriptor: number): Promise<void> {
  return new Promise((resolve) => {
    close(descriptor, () => resolve());
  });
}
