import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";

import { describe, expect, it, onTestFinished } from "vitest";

import { type ByteReader, takeOver } from "../../../src/relay/client/connection.ts";

/** Collects what it reads, into the given buffers. */
function collector(buffers: readonly Buffer[]): ByteReader & { readonly text: () => string; readonly used: Buffer[] } {
  const used: Buffer[] = [];
  let text = "";
  let asked = 0;
  return {
    used,
    text: () => text,
    nextBuffer: () => buffers[Math.min(asked++, buffers.length - 1)] ?? Buffer.alloc(16),
    onBytes: (buffer, count) => {
      used.push(buffer);
      text += buffer.toString("latin1", 0, count);
    },
  };
}

async function acceptedPair(): Promise<{ readonly accepted: Socket; readonly client: Socket }> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { accepted, client };
}

describe("a socket that was taken over", () => {
  it("reads into the buffers it is given, one after another", async () => {
    const { accepted, client } = await acceptedPair();
    const buffers = [Buffer.alloc(4), Buffer.alloc(8)];
    const reader = collector(buffers);
    const socket = takeOver(accepted, reader);
    onTestFinished(() => void socket.destroy());
    client.end("abcdefghij");
    await once(socket, "end");
    expect(reader.text()).toBe("abcdefghij");
    expect(reader.used[0]).toBe(buffers[0]);
    expect(reader.used.slice(1).every((buffer) => buffer === buffers[1])).toBe(true);
  });

  it("knows its peer and can be written to and half-closed", async () => {
    const { accepted, client } = await acceptedPair();
    const socket = takeOver(accepted, collector([Buffer.alloc(64)]));
    expect(socket.remoteAddress).toBe("127.0.0.1");
    client.end();
    await once(socket, "end");
    const closed = once(socket, "close");
    socket.end("late answer");
    const [chunk] = (await once(client, "data")) as [Buffer];
    expect(chunk.toString()).toBe("late answer");
    await closed;
  });

  it("is read in the ordinary way where Node has no handle to give", () => {
    const plain = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    const reader = collector([]);
    expect(takeOver(plain as unknown as Socket, reader)).toBe(plain);
    plain.push("hello");
    return expect.poll(() => reader.text()).toBe("hello");
  });
});
