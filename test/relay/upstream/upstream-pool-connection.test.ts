import { createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen } from "../../../src/listen.ts";
import { UpstreamConnection, type UpstreamOwner } from "../../../src/relay/upstream/upstream-pool.ts";
import { type ScriptedUpstream, startUpstream } from "../../support/scripted-upstream.ts";
import { turnOfTheLoop, until } from "../../support/until.ts";

/** Notes every call. */
class Owner implements UpstreamOwner {
  readonly told: string[] = [];
  readonly views: Buffer[] = [];
  readonly copies: Buffer[] = [];
  goesOn = true;
  onPiece: () => void = () => undefined;

  onUpstreamBytes(bytes: Buffer, end: number): boolean {
    this.views.push(bytes.subarray(0, end));
    this.copies.push(Buffer.from(bytes.subarray(0, end)));
    this.onPiece();
    return this.goesOn;
  }

  onUpstreamEnd(): void {
    this.told.push("end");
  }

  onUpstreamClosed(): void {
    this.told.push("closed");
  }

  get text(): string {
    return Buffer.concat(this.copies).toString();
  }
}

let upstream: ScriptedUpstream;
let told: string[] = [];
const opened: UpstreamConnection[] = [];

beforeEach(async () => {
  upstream = await startUpstream({});
  told = [];
});

afterEach(async () => {
  const connections = opened.splice(0);
  for (const connection of connections) connection.destroy();
  await until(() => connections.every(({ isClosed }) => isClosed), "all connections to close");
  await upstream.stop();
});

const watcher = {
  onIdleActivity: () => told.push("idle activity"),
  onClosed: () => told.push("closed"),
};

function open(owner: Owner | undefined, port = upstream.port): UpstreamConnection {
  const connection = new UpstreamConnection({ kind: "tcp", host: upstream.host, port }, watcher);
  connection.owner = owner;
  opened.push(connection);
  return connection;
}

const patternOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => 33 + ((i * 7) % 90)));

describe("a connection to the upstream", () => {
  it("hands its owner what comes, into larger buffers once a read has filled one", async () => {
    const owner = new Owner();
    open(owner);
    const far = await upstream.connection();
    const sent = patternOf(400_000);
    far.write(sent);
    await until(() => owner.text.length === sent.length, "all bytes");
    expect(Buffer.concat(owner.copies).equals(sent)).toBe(true);
    expect(owner.views[0]!.length).toBeLessThanOrEqual(16 * 1024);
    expect(owner.views.some((view) => view.length > 16 * 1024)).toBe(true);
    expect(told).toEqual([]);
  });

  it("never writes again into a buffer that was retired", async () => {
    const owner = new Owner();
    const connection = open(owner);
    const far = await upstream.connection();
    owner.onPiece = () => connection.retireBuffer();
    for (const text of ["first", "other", "third"]) {
      const before = owner.text.length;
      far.write(text);
      await until(() => owner.text.length === before + text.length, text);
    }
    expect(Buffer.concat(owner.views).toString()).toBe("firstotherthird");
  });

  it("reads into the same buffer again otherwise", async () => {
    const owner = new Owner();
    open(owner);
    const far = await upstream.connection();
    for (const text of ["first", "other"]) {
      const before = owner.text.length;
      far.write(text);
      await until(() => owner.text.length === before + text.length, text);
    }
    expect(owner.views.map((view) => view.byteOffset)).toEqual([0, 0]);
    expect(owner.views[0]!.buffer).toBe(owner.views[1]!.buffer);
  });

  it("stops reading when its owner says so, until it is resumed", async () => {
    const owner = new Owner();
    owner.goesOn = false;
    const connection = open(owner);
    const far = await upstream.connection();
    far.write(patternOf(600_000));
    await until(() => owner.copies.length === 1, "the first read");
    for (let turn = 0; turn < 20; turn++) await turnOfTheLoop();
    expect(owner.copies).toHaveLength(1);
    owner.goesOn = true;
    connection.socket.resume();
    await until(() => owner.text.length === 600_000, "the rest");
  });

  it("tells its watcher of bytes or an end while it has no owner", async () => {
    open(undefined);
    const far = await upstream.connection();
    far.write("unasked");
    await until(() => told.includes("idle activity"), "activity by bytes");
    told = [];
    far.finish();
    await until(() => told.includes("idle activity"), "activity by an end");
  });

  it("tells its owner that it has ended, once, and has no owner then", async () => {
    const owner = new Owner();
    const connection = open(owner);
    const far = await upstream.connection();
    await until(() => connection.isConnected, "the connection");
    far.reset();
    await until(() => connection.isClosed, "the close");
    expect(owner.told).toEqual(["closed"]);
    expect([connection.owner, told]).toEqual([undefined, ["closed"]]);
  });

  it("tells its owner of an end and may still be written to", async () => {
    const owner = new Owner();
    const connection = open(owner);
    const far = await upstream.connection();
    far.finish();
    await until(() => owner.told.includes("end"), "the end");
    connection.socket.write("still here");
    await far.received("still here");
    expect(owner.told).toEqual(["end"]);
  });

  it("tells its owner when it could not connect", async () => {
    const { port } = upstream;
    await upstream.stop();
    const owner = new Owner();
    const connection = open(owner, port);
    await until(() => connection.isClosed, "the refusal");
    expect([connection.isConnected, owner.told]).toEqual([false, ["closed"]]);
  });

  it("tells an owner that has given it up nothing more", async () => {
    const owner = new Owner();
    const connection = open(owner);
    await upstream.connection();
    connection.destroy();
    await until(() => connection.isClosed, "the close");
    expect(owner.told).toEqual([]);
  });

  it("still reads the answer of a server that refused a body, when a write finds the connection reset", async () => {
    const sockets: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
    const { port } = await listen(server, { host: "127.0.0.1", port: 0 }, "the test");
    const owner = new Owner();
    const connection = open(owner, port);
    await until(() => sockets.length === 1 && connection.isConnected, "the connection");
    connection.socket.write("the body's beginning");
    await until(() => connection.socket.writableLength === 0, "it to be sent");
    // What the server leaves unread makes the system reset the connection; all in one turn, before anybody reads.
    sockets[0]!.write("HTTP/1.1 413 Content Too Large\r\n\r\n");
    sockets[0]!.destroy();
    connection.socket.write("more of the body");
    await until(() => connection.isClosed, "the close");
    expect(owner.text).toContain("413");
    expect(owner.told).toHaveLength(1);
    server.close();
  });
});
