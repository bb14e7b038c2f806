import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import type { ProbeAnswer } from "../../src/protocols/probe-answer.ts";
import { maxAnswerBytes } from "../../src/probe/answer-reader.ts";
import { ask } from "../../src/probe/ask.ts";
import type { Address } from "../../src/text/address.ts";
import { describeFailure } from "../../src/probe/failure-text.ts";

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server that does as it is told once the request's head has come. */
async function askServer(
  respond: (socket: Socket, head: string) => void,
  more: { readonly timeoutMs?: number; readonly path?: string; readonly listen?: string } = {},
): Promise<ProbeAnswer> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let head = "";
    socket.on("data", (bytes) => {
      head += bytes.toString("latin1");
      if (head.endsWith("\r\n\r\n")) respond(socket, head);
    });
  });
  servers.push(server);
  const { listen = "127.0.0.1" } = more;
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    if (listen.startsWith("/")) server.listen(listen, resolve);
    else server.listen(0, listen, resolve);
  });
  return ask(
    { kind: "http", method: "GET", path: more.path ?? "/ping" },
    {
      address: addressOf(server),
      timeoutMs: more.timeoutMs ?? 10_000,
      signal: new AbortController().signal,
    },
  );
}

function addressOf(server: Server): Address {
  const address = server.address() as AddressInfo | string;
  return typeof address === "string"
    ? { kind: "unix", path: address }
    : { kind: "tcp", host: address.address, port: address.port };
}

describe("ask", () => {
  it("sends a plain GET that asks for the connection to be closed", async () => {
    let head = "";
    const answer = await askServer((socket, text) => {
      head = text;
      socket.end("HTTP/1.1 200 OK\r\nContent-Type: Application/JSON\r\ncontent-length: 2\r\n\r\n{}");
    });
    expect(answer).toEqual({ kind: "http", status: 200, contentType: "application/json", body: "{}" });
    expect(head).toMatch(/^GET \/ping HTTP\/1\.1\r\n/);
    expect(head.toLowerCase()).toMatch(/\r\nhost: 127\.0\.0\.1:\d+\r\n/);
    expect(head.toLowerCase()).toContain("\r\nconnection: close\r\n");
    expect(head.toLowerCase()).not.toMatch(/content-length|transfer-encoding|accept-encoding/);
  });

  it("reads an answer with an empty reason and no content type, as TorchServe gives it", async () => {
    const answer = await askServer((socket) => socket.end("HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok"));
    expect(answer).toMatchObject({ kind: "http", status: 200, contentType: "", body: "ok" });
  });

  it("keeps an answer whose connection is reset after the body", async () => {
    const answer = await askServer((socket) => {
      socket.write("HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody", () =>
        socket.resetAndDestroy(),
      );
    });
    expect(answer).toMatchObject({ kind: "http", status: 404, body: "body" });
  });

  it.each([
    ["chunked", "transfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"],
    ["ended by the connection", "\r\nbody"],
  ])("keeps a body that is %s when its connection is reset right after it", async (_, rest) => {
    const answer = await askServer((socket) => {
      socket.write(`HTTP/1.1 404 Not Found\r\n${rest}`, () => socket.resetAndDestroy());
    });
    expect(answer).toMatchObject({ kind: "http", status: 404, body: "body" });
  });

  it("passes over interim answers and reads one that comes byte by byte", async () => {
    const answer = await askServer((socket) => {
      const bytes = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok";
      const send = (at: number): void => {
        if (at < bytes.length) socket.write(bytes.charAt(at), () => setImmediate(send, at + 1));
      };
      socket.setNoDelay(true);
      send(0);
    });
    expect(answer).toMatchObject({ kind: "http", status: 200, body: "ok" });
  });

  it("waits for nothing after the answer, though the server keeps the connection", async () => {
    const answer = await askServer((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    expect(answer).toMatchObject({ kind: "http", status: 200, body: "" });
  });

  it("asks a Unix socket as localhost", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "outrider-ask-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const echo = (socket: Socket, head: string): unknown => socket.end(`HTTP/1.0 200 OK\r\n\r\n${head}`);
    const answer = await askServer(echo, { listen: path.join(folder, "model.sock") });
    expect(answer).toHaveProperty("body", expect.stringContaining("\r\nHost: localhost\r\n"));
  });

  it("writes an IPv6 address in brackets, where there is IPv6", async ({ skip }) => {
    let wanted = "";
    const respond = (socket: Socket, head: string): unknown => {
      wanted = `\r\nHost: [::1]:${socket.localPort}\r\n`;
      return socket.end(`HTTP/1.0 200 OK\r\n\r\n${head}`);
    };
    const answer = await askServer(respond, { listen: "::1" }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRNOTAVAIL" && error.code !== "EAFNOSUPPORT") throw error;
      return skip("this machine has no IPv6");
    });
    expect(answer).toHaveProperty("body", expect.stringContaining(wanted));
  });

  it("resolves even for an address that cannot be", async () => {
    const address = { kind: "tcp", host: "127.0.0.1", port: 70_000 } as const;
    const options = { address, timeoutMs: 1000, signal: new AbortController().signal };
    const answer = await ask({ kind: "http", method: "GET", path: "/" }, options);
    expect(answer).toHaveProperty("problem", expect.stringMatching(/^127\.0\.0\.1:70000 cannot be probed: /));
  });

  it("keeps what came of an answer that breaks off", async () => {
    const answer = await askServer((socket) => socket.end("HTTP/1.1 503 No\r\ncontent-length: 100\r\n\r\npart"));
    expect(answer).toMatchObject({ kind: "http", status: 503, body: "part" });
  });

  it("reads no more of a body than its bound, and hangs up", async () => {
    let isClosed: Promise<void> = Promise.resolve();
    const answer = await askServer((socket) => {
      isClosed = new Promise((resolve) => socket.on("close", () => resolve()));
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
      const pump = (): void => {
        while (socket.writable && socket.write(`4000\r\n${"x".repeat(0x4000)}\r\n`));
      };
      socket.on("drain", pump);
      pump();
    });
    expect(answer).toMatchObject({ kind: "http", status: 200, body: "x".repeat(maxAnswerBytes) });
    await isClosed;
  });

  const failures: readonly (readonly [string, (socket: Socket) => void, RegExp])[] = [
    ["closes without an answer", (socket) => socket.end(), /closed the connection without an answer/],
    ["resets the connection", (socket) => socket.resetAndDestroy(), /closed the connection without an answer/],
    [
      "speaks something else",
      (socket) => socket.end("\u0000\u0000\u0012\u0004 not http"),
      /does not answer in HTTP\/1\.1/,
    ],
    ["switches protocols", (socket) => socket.end("HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"), /./],
  ];

  it.each(failures)("says what happened when the server %s", async (_, respond, problem) => {
    const answer = await askServer(respond);
    expect(answer.kind).toBe("failed");
    expect(answer).toHaveProperty("problem", expect.stringMatching(problem));
  });

  it("gives up in time on a server that says nothing, or never ends", async () => {
    const silent = await askServer(() => undefined, { timeoutMs: 50 });
    expect(silent).toHaveProperty("problem", expect.stringMatching(/did not answer GET \/ping within 50 ms$/));
    const endless = await askServer((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"), {
      timeoutMs: 200,
    });
    expect(endless.kind).toBe("failed");
  });

  it("resolves even when a configured path cannot be sent", async () => {
    const answer = await askServer(() => undefined, { path: "/a b\r\n" });
    expect(answer).toHaveProperty("problem", expect.stringContaining("cannot be probed"));
  });
});

describe("the text of a failure", () => {
  const failure = (code: string): Error => Object.assign(new Error("details"), { code });

  it.each([
    ["ECONNREFUSED", "connection refused at [::1]:8080: is the model server running, and is this its inference port?"],
    ["ENOTFOUND", "the host name of [::1]:8080 does not exist"],
    ["EWHATEVER", "[::1]:8080 cannot be probed: details"],
  ])("for %s", (code, text) => {
    expect(describeFailure({ kind: "tcp", host: "::1", port: 8080 }, failure(code))).toBe(text);
  });

  it("takes whatever was thrown", () => {
    expect(describeFailure({ kind: "unix", path: "/run/m.sock" }, "text")).toBe(
      "unix:/run/m.sock cannot be probed: text",
    );
  });
});
