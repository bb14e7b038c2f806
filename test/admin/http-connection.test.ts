import { once } from "node:events";
import { Agent } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Liveness } from "../../src/admin/ports.ts";
import { call, open, raw, somePorts, start, stopAdmins } from "./support/admin-port.ts";
import { until } from "../support/until.ts";

afterEach(stopAdmins);

describe("admin connections", () => {
  it("serves one request after the other on a kept connection, also when they come at once or in pieces", async () => {
    const admin = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) expect((await call(admin, "/version", { agent })).status).toBe(200);
    agent.destroy();
    const two = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const together = await raw(admin, two);
    expect(together.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    const socket = open(admin).setNoDelay(true);
    let text = "";
    socket.setEncoding("latin1").on("data", (part) => (text += String(part)));
    for (const byte of two) {
      await new Promise((resolve) => socket.write(byte, resolve));
    }
    await once(socket, "end");
    expect(text).toBe(together);
  });

  it("answers a client that has closed its sending side", async () => {
    const admin = await start();
    expect(await raw(admin, "GET /version HTTP/1.1\r\nHost: a\r\n\r\n", { end: true })).toContain("200 OK");
  });

  it("takes no body: it answers, closes, and reads no second request from it", async () => {
    const admin = await start();
    const smuggled = "GET /version HTTP/1.1\r\nHost: a\r\n\r\n";
    const answer = await raw(
      admin,
      `POST /drain HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer).toContain("Connection: close");
  });

  it.each([
    ["two lengths", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["a bare line feed", "GET / HTTP/1.1\nHost: a\n\n", 400],
    ["a head that is too large", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(20_000)}\r\n\r\n`, 431],
    ["a target that is too long", `GET /${"y".repeat(3000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    ["too many headers", `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(100)}\r\n`, 431],
  ])("refuses %s and closes", async (_, bytes, status) => {
    const text = await raw(await start(), bytes);
    expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(text).toContain("Connection: close");
    expect((JSON.parse(text.slice(text.indexOf("{"))) as { error: { remedy: string } }).error.remedy).not.toBe("");
  });

  it("limits the time of a request head", async () => {
    const admin = await start({ timeouts: { headerMs: 50 } });
    expect(await raw(admin, "GET / HTTP/1.1\r\nHo")).toMatch(/^HTTP\/1\.1 408 /);
    const silent = open(admin);
    await once(silent.resume(), "close");
  });

  it("closes an idle connection after its time", async () => {
    const admin = await start({ timeouts: { idleMs: 50 } });
    const text = await raw(admin, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(text).toContain("200 OK");
  });

  it("drops a client that does not read its answers, instead of holding them", async () => {
    const text = "x".repeat(8_000_000);
    const admin = await start({
      timeouts: { writeMs: 100 },
      ports: somePorts({ metrics: async () => ({ contentType: "text/plain", text }) }),
    });
    const socket = open(admin).pause();
    let isCut = false;
    let length = 0;
    socket.on("error", () => (isCut = true));
    socket.on("data", (part) => (length += part.length)).pause();
    socket.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(10));
    // A paused socket hears of the end only by writing.
    await until(() => {
      if (!socket.destroyed) socket.write("x");
      return isCut;
    }, "the connection is cut");
    expect(length).toBeLessThan(text.length);
  });

  it("limits the number of connections", async () => {
    const admin = await start({ maxConnections: 3 });
    const held = Array.from({ length: 3 }, () => open(admin));
    await Promise.all(held.map((socket) => once(socket, "connect")));
    const extra = open(admin).resume();
    await once(extra, "close");
    held[0]!.destroy();
    await until(() => held[0]!.destroyed, "one has gone");
    const again = async (): Promise<boolean> =>
      call(admin, "/livez").then(
        () => true,
        () => false,
      );
    let isServed = false;
    void (async () => {
      while (!isServed) isServed = await again();
    })();
    await until(() => isServed, "there is room again");
  });

  it("stops with idle connections open, lets an answer on its way finish, and frees the port", async () => {
    const asked = Promise.withResolvers<void>();
    const liveness = Promise.withResolvers<Liveness>();
    const upstreamLiveness = (): Promise<Liveness> => {
      asked.resolve();
      return liveness.promise;
    };
    const admin = await start({ ports: somePorts({ upstreamLiveness }) });
    const idle = open(admin);
    await once(idle, "connect");
    const answer = call(admin, "/upstream/livez");
    await asked.promise;
    const stopped = admin.stop();
    liveness.resolve({ isLive: true, reason: "yes" });
    expect((await answer).status).toBe(200);
    await stopped;
    await expect(call(admin, "/livez")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("stops within a second even when a client hangs", async () => {
    const admin = await start({ ports: somePorts({ waitForDrain: () => new Promise(() => {}) }) });
    const socket = open(admin);
    socket.write("GET /drain/wait HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "connect");
    const startedAt = performance.now();
    await admin.stop();
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });

  it("listens on IPv6 and tells the port that it took", async () => {
    const admin = await start({ listen: { host: "::1", port: 0 } });
    expect(admin.address.host).toBe("::1");
    expect((await call(admin, "/config")).status).toBe(200);
  });

  it("says which address is in use and what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await expect(start({ listen: { host: "127.0.0.1", port } })).rejects.toMatchObject({
      code: "port_in_use",
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*--admin`)),
    });
    other.close();
    await expect(start({ listen: { host: "192.0.2.1", port: 0 } })).rejects.toMatchObject({
      code: "address_unavailable",
    });
  });
});
