/** Writes logged predictions to standard output, or another descriptor: a line each. */
import { write } from "node:fs";
import type { DeliveryResult, Destination } from "../predictions/destination.ts";

const standardOutput = 1;

/** Time after which a descriptor that was full (EAGAIN) is tried again, milliseconds. */
const retryMs = 20;

/**
 * Makes the destination. A reader that is slow holds up nobody: a write waits on the thread pool, or is tried again when
 * the pipe has room. When the reader is gone (EPIPE) entries are refused, and the next are tried, as one may come again.
 */
export function createStdoutDestination(fileDescriptor: number = standardOutput): Destination {
  /** The rest of a batch that was given up in the middle of a line: it has to come before anything else. */
  let rest: Promise<NodeJS.ErrnoException | undefined> = Promise.resolve(undefined);
  return {
    name: "stdout",
    deliver: async (batch): Promise<DeliveryResult> => {
      await rest;
      rest = writeAll(fileDescriptor, Buffer.from(`${batch.map(({ line }) => line).join("\n")}\n`));
      const error = await rest;
      return { kind: "done", refused: error === undefined ? new Map() : new Map([["refused", batch.length]]) };
    },
    close: () => Promise.resolve(),
  };
}

/** Gives the error that ended it. */
function writeAll(fileDescriptor: number, bytes: Buffer): Promise<NodeJS.ErrnoException | undefined> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  const go = (left: Buffer): void => {
    write(fileDescriptor, left, (error, written) => {
      if (error?.code === "EAGAIN" || error?.code === "EBUSY") setTimeout(go, retryMs, left).unref();
      else if (error !== null) resolve(error);
      else if (written < left.length) go(left.subarray(written));
      else resolve(undefined);
    });
  };
  go(bytes);
  return promise;
}
