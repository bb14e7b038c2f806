import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectRaw } from "../../support/raw-client.ts";
import {
  plainReply,
  type ScriptedUpstream,
  startUpstream,
  type UpstreamConnection,
} from "../../support/scripted-upstream.ts";
import { type RelayProcess, startRelayProcess } from "../support/start-relay-process.ts";
import { until } from "../../support/until.ts";

const mebibyte = 1_048_576;
const bodyBytes = 300 * mebibyte;
const piece = Buffer.alloc(mebibyte, 0x61);
const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

let upstream: ScriptedUpstream;
let relay: RelayProcess;

beforeEach(async () => {
  upstream = await startUpstream();
  relay = await startRelayProcess(upstream.port);
});

afterEach(async () => {
  await relay.stop();
  await upstream.stop();
});

describe("memory and files of the relay", () => {
  it("stay flat over a thousand aborted requests", { timeout: 60_000 }, async () => {
    await abortMany(200);
    const before = { files: relay.openFiles(), rss: relay.rssBytes() };
    await abortMany(1_000);
    await until(
      () => relay.openFiles() <= before.files + 3,
      () => `the files to be closed: ${relay.openFiles()} in place of ${before.files}`,
    );
    expect(relay.rssBytes() - before.rss).toBeLessThan(40 * mebibyte);
    upstream.play(plainReply);
    const client = await connectRaw(relay);
    client.send(request);
    expect((await client.response()).status).toBe(200);
    client.close();
  });

  it(
    "stay bounded when a client does not read a response of 300 MiB, which then arrives whole",
    { timeout: 120_000 },
    async () => {
      await warmUp();
      upstream.play({
        onRequest: (connection) => {
          connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
          pour(connection, bodyBytes);
        },
      });
      const before = relay.rssBytes();
      const client = await connectRaw(relay);
      client.socket.removeAllListeners("data");
      client.socket.pause();
      client.send(request);
      const connection = await upstream.connection(2);
      const written = await settledBytes(() => connection.socket.bytesWritten - connection.socket.writableLength);
      expect(written).toBeLessThan(60 * mebibyte);
      const stalled = relay.rssBytes() - before;
      let received = 0;
      let most = 0;
      client.socket.on("data", (data: Buffer) => (received += data.length));
      const sampler = setInterval(() => (most = Math.max(most, relay.rssBytes() - before)), 50);
      client.socket.resume();
      await until(
        () => received >= bodyBytes,
        () => `300 MiB, got ${received}`,
        60_000,
      );
      clearInterval(sampler);
      client.close();
      expect(stalled).toBeLessThan(20 * mebibyte);
      expect(most).toBeLessThan(40 * mebibyte);
    },
  );

  it(
    "stay bounded when the upstream does not read a body of 300 MiB, which then arrives whole",
    { timeout: 120_000 },
    async () => {
      await warmUp();
      let received = 0;
      const accepted: UpstreamConnection[] = [];
      upstream.play({
        record: false,
        onConnection: (connection) => {
          accepted.push(connection);
          connection.socket.pause();
        },
        onData: (_connection, data) => (received += data.length),
      });
      const before = relay.rssBytes();
      const client = await connectRaw(relay);
      // A reused connection would be the one of the warm-up, which reads.
      const other = await connectRaw(relay);
      other.send("POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
      let left = bodyBytes;
      const feed = (): void => {
        while (left > 0) {
          left -= piece.length;
          if (!client.socket.write(piece)) {
            client.socket.once("drain", feed);
            return;
          }
        }
      };
      feed();
      await until(() => accepted.length >= 1, "the upstream connection");
      const written = await settledBytes(() => client.socket.bytesWritten - client.socket.writableLength);
      expect(written).toBeLessThan(60 * mebibyte);
      expect(relay.rssBytes() - before).toBeLessThan(20 * mebibyte);
      for (const connection of accepted) connection.socket.resume();
      await until(
        () => received >= bodyBytes,
        () => `300 MiB, got ${received}`,
        60_000,
      );
      expect(relay.rssBytes() - before).toBeLessThan(40 * mebibyte);
      client.close();
      other.close();
    },
  );
});

async function warmUp(): Promise<void> {
  const { host, port } = relay;
  const client = await connectRaw({ host, port });
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  await upstream.request(1);
  client.close();
}

/** Aborts so many requests, in turn while waiting, while streaming and while sending. */
async function abortMany(count: number): Promise<void> {
  upstream.play({
    onRequest: (connection, { target }) => {
      if (target === "/stream") connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
    },
  });
  for (let done = 0; done < count; done += 50) {
    const batch = await Promise.all(Array.from({ length: 50 }, () => connectRaw(relay)));
    batch.forEach((client, index) => {
      if (index % 3 === 0) client.send(request);
      else if (index % 3 === 1) client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
      else client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\npart");
    });
    await Promise.all(batch.filter((_, index) => index % 3 === 1).map((client) => client.received("1\r\nx")));
    batch.forEach((client, index) => (index % 2 === 0 ? client.reset() : client.close()));
  }
  await until(() => upstream.connections.every(({ state }) => state !== "open"), "the upstream connections to end");
  upstream.forget();
}

/** Writes so many bytes as fast as the peer takes them. */
function pour(connection: UpstreamConnection, total: number): void {
  let left = total;
  const more = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!connection.socket.write(piece)) {
        connection.socket.once("drain", more);
        return;
      }
    }
  };
  more();
}

/** Waits until a number stops growing, and gives it. */
async function settledBytes(read: () => number): Promise<number> {
  for (let before = -1, now = read(); ; before = now, now = read()) {
    if (now === before && now > 0) return now;
    await delay(300);
  }
}
