/** The one buffer in which heads are composed before they are written. */
import type { Socket } from "node:net";
import { ByteWriter } from "../http1/byte-writer.ts";

/** Room for a head of the greatest usual size and the first bytes of a body. */
const scratchBytes = 64 * 1024;

/**
 * Composed bytes are written from here without a copy. When the kernel does not take them all, the socket still points
 * into the buffer: it is left to that socket and a new one is taken.
 */
export class Scratch {
  readonly writer: ByteWriter = new ByteWriter(Buffer.allocUnsafeSlow(scratchBytes));

  /** The composed bytes; valid until the next use. */
  get view(): Uint8Array {
    return this.writer.bytes.subarray(0, this.writer.length);
  }

  /** Writes the composed bytes to `socket`; returns how many. */
  sendTo(socket: Socket): number {
    const { view } = this;
    if (socket.connecting || socket.writableLength > 0) {
      socket.write(Buffer.from(view));
    } else {
      socket.write(view);
      if (socket.writableLength > 0) this.writer.bytes = Buffer.allocUnsafeSlow(scratchBytes);
    }
    return view.length;
  }
}
