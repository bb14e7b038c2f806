/** The one buffer in which heads are composed before they are written. */
import type { Socket } from "node:net";
import { ByteWriter } from "../http1/byte-writer.ts";
import { writeNow } from "./socket-write.ts";

/** Room for a read of full size and its head. */
const scratchBytes = 128 * 1024;
/** Views up to this length are kept: heads and small bodies come in few different lengths. */
const keptViews = 4096;

/**
 * Composed bytes are written from here without a copy. When the kernel does not take them all, the socket still points
 * into the buffer: it is left to that socket and a new one is taken.
 */
export class Scratch {
  readonly writer: ByteWriter = new ByteWriter(Buffer.allocUnsafeSlow(scratchBytes));
  #viewed: Buffer = this.writer.bytes;
  #views: (Buffer | undefined)[] = Array.from({ length: keptViews });

  /** The composed bytes; valid until the next use. */
  get view(): Buffer {
    const { bytes, length } = this.writer;
    if (length >= keptViews) return bytes.subarray(0, length);
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#views.fill(undefined);
    }
    return (this.#views[length] ??= bytes.subarray(0, length));
  }

  /** Writes the composed bytes to `socket`. */
  sendTo(socket: Socket): void {
    if (!writeNow(socket, this.view)) this.writer.bytes = Buffer.allocUnsafeSlow(scratchBytes);
  }
}
