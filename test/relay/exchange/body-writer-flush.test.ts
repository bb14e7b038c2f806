import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { hasUnflushedWrite, writeNow } from "../../../src/relay/exchange/body-writer.ts";

/** A socket whose peer reads only when told to. */
async function pair(): Promise<{ readonly sender: Socket; readonly receiver: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sender = connect((server.address() as { port: number }).port, "127.0.0.1");
  const [[receiver]] = (await Promise.all([once(server, "connection"), once(sender, "connect")])) as unknown as [
    [Socket],
  ];
  sender.on("error", () => undefined);
  onTestFinished(() => {
    sender.destroy();
    receiver.destroy();
    server.close();
  });
  return { sender, receiver };
}

/** Writes pieces of `size` bytes, each of one number, until the kernel takes no more; returns how many were written. */
function fill(sender: Socket, size: number): number {
  for (let count = 1; count <= 4096; count++) if (!writeNow(sender, Buffer.alloc(size, count & 255))) return count;
  throw new Error("the kernel took everything");
}

async function received(receiver: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of receiver as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    total += chunk.length;
    if (total >= length) break;
  }
  return Buffer.concat(chunks);
}

describe("a direct write", () => {
  it("is done at once while the kernel has room", async () => {
    const { sender, receiver } = await pair();
    expect(writeNow(sender, Buffer.from("at once"))).toBe(true);
    expect(hasUnflushedWrite(sender)).toBe(false);
    expect((await received(receiver, 7)).toString()).toBe("at once");
  });

  it("says when the socket still needs the bytes, and keeps the order of all writes behind it", async () => {
    const { sender, receiver } = await pair();
    const size = 64 * 1024;
    const count = fill(sender, size);
    expect(hasUnflushedWrite(sender)).toBe(true);
    // These wait behind it, whichever way they are written; bytes of a write that waits are copied.
    const reused = Buffer.from("second");
    expect(writeNow(sender, reused)).toBe(true);
    reused.fill("x");
    sender.write("third");
    const all = await received(receiver, count * size + "secondthird".length);
    const expected = Array.from({ length: count }, (_, index) => Buffer.alloc(size, (index + 1) & 255));
    expect(all.equals(Buffer.concat([...expected, Buffer.from("secondthird")]))).toBe(true);
    await expect.poll(() => hasUnflushedWrite(sender)).toBe(false);
  });

  it("leaves nothing behind when the socket is destroyed under it", async () => {
    const { sender } = await pair();
    fill(sender, 64 * 1024);
    sender.destroy();
    await once(sender, "close");
    await expect.poll(() => hasUnflushedWrite(sender)).toBe(false);
  });

  it("destroys a socket whose peer has reset the connection", async () => {
    const { sender, receiver } = await pair();
    receiver.resetAndDestroy();
    const closed = new Promise((resolve) => sender.once("close", resolve));
    const probe = setInterval(() => {
      if (!sender.destroyed) writeNow(sender, Buffer.from("?"));
    }, 1);
    await closed;
    clearInterval(probe);
    expect(sender.destroyed).toBe(true);
    expect(hasUnflushedWrite(sender)).toBe(false);
  });
});
