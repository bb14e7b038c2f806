/** Reading accepted connections into buffers of our own. */
import { Socket, type SocketConstructorOpts } from "node:net";

/** Where the next bytes of a connection go, and what is done with them. */
export interface ByteReader {
  /** The buffer for the next read. */
  nextBuffer(): Buffer;
  /** Bytes lie in [0, count) of `buffer`, which is read into again after the call unless {@link nextBuffer} changes it. */
  onBytes(buffer: Buffer, count: number): void;
}

interface HandleOwner {
  _handle?: unknown;
}

/**
 * Takes over an accepted socket so that it reads as `onread` sockets do, into a buffer that is given to it. Node offers
 * that for outgoing connections only; for accepted ones it would allocate 64 KiB for each read, which costs more than
 * parsing the request. The handle is what Node's own modules pass on in the same way. `accepted` is not usable afterwards.
 */
export function takeOver(accepted: Socket, reader: ByteReader): Socket {
  const owner = accepted as unknown as HandleOwner;
  // A Node that keeps its handles elsewhere: slower, and just as right.
  if (typeof owner._handle !== "object" || owner._handle === null) return readPlainly(accepted, reader);
  const options = {
    handle: owner._handle,
    allowHalfOpen: true,
    onread: {
      buffer: () => reader.nextBuffer(),
      callback: (count: number, buffer: Uint8Array) => {
        reader.onBytes(buffer as Buffer, count);
        return true;
      },
    },
  };
  owner._handle = null;
  return new Socket(options as SocketConstructorOpts);
}

function readPlainly(accepted: Socket, reader: ByteReader): Socket {
  accepted.on("data", (chunk: Buffer) => reader.onBytes(chunk, chunk.length));
  accepted.resume();
  return accepted;
}
