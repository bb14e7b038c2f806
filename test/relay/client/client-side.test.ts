import { beforeEach, describe, expect, it } from "vitest";
import { ClientSide } from "../../../src/relay/client/client-side.ts";
import type { UpstreamConnection } from "../../../src/relay/upstream/upstream-connection.ts";
import { RecordedSocket } from "../recorded-socket.ts";

describe("keeping pace with a client", () => {
  let client = new RecordedSocket();
  let upstream = new RecordedSocket();
  let side = new ClientSide(client.socket);

  beforeEach(() => {
    client = new RecordedSocket();
    upstream = new RecordedSocket();
    side = new ClientSide(client.socket);
  });

  /** The upstream's connection as far as the client's side needs it. */
  const connection = (): UpstreamConnection => ({ socket: upstream.socket }) as UpstreamConnection;

  it("goes on while the client takes everything", () => {
    client.write(Buffer.from("a"));
    expect(side.keepsUp(connection())).toBe(true);
    expect(client.pieces).toHaveLength(1);
  });

  it("reads the upstream again only when the client has taken all", () => {
    client.isStuck = true;
    client.write(Buffer.from("a"));
    upstream.pause();
    expect(side.keepsUp(connection())).toBe(false);
    expect(upstream.isPaused).toBe(true);
    client.unstick();
    expect([upstream.isPaused, client.arrived.toString()]).toEqual([false, "a"]);
  });

  it("does not stop a client whose bytes the upstream takes", () => {
    let resumed = 0;
    side.waitFor(upstream.socket, () => resumed++);
    expect([side.isPaused, client.isPaused, resumed]).toEqual([false, false, 0]);
  });

  it("stops the client until the upstream has taken all", () => {
    let resumed = 0;
    upstream.isStuck = true;
    upstream.write(Buffer.from("a"));
    side.waitFor(upstream.socket, () => resumed++);
    expect([side.isPaused, client.isPaused, resumed]).toEqual([true, true, 0]);
    upstream.unstick();
    expect([side.isPaused, client.isPaused, resumed]).toEqual([false, false, 1]);
  });

  it("does not read the client on for an upstream that is gone", () => {
    let resumed = 0;
    upstream.isStuck = true;
    upstream.write(Buffer.from("a"));
    side.waitFor(upstream.socket, () => resumed++);
    upstream.unstick(new Error("gone"));
    expect([side.isPaused, client.isPaused, resumed]).toEqual([true, true, 0]);
  });

  it("resumes only what it has paused", () => {
    client.pause();
    side.resume();
    expect(client.isPaused).toBe(true);
    side.pause();
    side.resume();
    expect(client.isPaused).toBe(false);
  });

  it("gives up a half-closed client after its time, unless it has taken bytes meanwhile", () => {
    expect(side.isAbandoned(1e9, 100)).toBe(false);
    client.write(Buffer.from("before"));
    side.halfClose(5000);
    expect(side.isAbandoned(5099, 100)).toBe(false);
    expect(side.isAbandoned(5100, 100)).toBe(true);
    client.write(Buffer.from("after"));
    expect(side.isAbandoned(5100, 100)).toBe(false);
  });
});
