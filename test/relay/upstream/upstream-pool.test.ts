import { afterEach, describe, expect, it } from "vitest";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { type UpstreamConnection, UpstreamPool } from "../../../src/relay/upstream/upstream-pool.ts";
import { type ScriptedUpstream, startUpstream } from "../../support/scripted-upstream.ts";
import { relayOptions, type RelayOverrides } from "../../support/start-relay.ts";
import { until } from "../../support/until.ts";

let upstream: ScriptedUpstream | undefined;
let opened: UpstreamPool | undefined;

afterEach(async () => {
  opened?.close();
  await upstream?.stop();
});

interface Bench {
  readonly pool: UpstreamPool;
  readonly counters: RelayCounters;
  readonly upstream: ScriptedUpstream;
}

async function bench(pool: RelayOverrides["pool"] = {}, limits: RelayOverrides["limits"] = {}): Promise<Bench> {
  upstream = await startUpstream({});
  const counters = new RelayCounters();
  const { host, port } = upstream;
  opened = new UpstreamPool(relayOptions({ kind: "tcp", host, port }, { pool, limits }), counters);
  return { pool: opened, counters, upstream };
}

const connected = async (connection: UpstreamConnection | undefined): Promise<UpstreamConnection> => {
  if (connection === undefined) throw new Error("no connection was given out");
  await until(() => connection.isConnected, "the upstream to accept");
  return connection;
};

/** A queued request that notes what it gets. */
function waiter(
  got: string[],
  name: string,
  taken: UpstreamConnection[] = [],
): { onUpstreamReady(connection: UpstreamConnection): void } {
  return {
    onUpstreamReady: (connection) => {
      got.push(name);
      taken.push(connection);
    },
  };
}

describe("connections to the upstream", () => {
  it("are opened up to the bound and no further, and counted", async () => {
    const { pool, counters } = await bench({ maxConnections: 2 });
    expect([pool.acquire(), pool.acquire(), pool.acquire()].map((one) => one !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    expect([counters.upstreamConnectsTotal, counters.upstreamConnectionsOpen]).toEqual([2, 2]);
  });

  it("are no more than the requests that may be in flight", async () => {
    const { pool } = await bench({ maxConnections: 5 }, { inFlight: 1 });
    expect([pool.acquire(), pool.acquire()].map((one) => one !== undefined)).toEqual([true, false]);
  });

  it("are given out again, the one used last first", async () => {
    const { pool, counters } = await bench();
    const first = await connected(pool.acquire());
    const second = await connected(pool.acquire());
    pool.release(first, true, 10);
    pool.release(second, true, 20);
    expect(counters.upstreamConnectionsIdle).toBe(2);
    expect([pool.acquire(), pool.acquire()]).toEqual([second, first]);
    expect([counters.upstreamConnectionsIdle, counters.upstreamConnectsTotal]).toEqual([0, 2]);
  });

  it("are closed when they may not be used again or too many are idle", async () => {
    const { pool, counters, upstream: server } = await bench({ maxIdleConnections: 1 });
    const connections = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()].map(connected));
    pool.release(connections[0]!, false, 0);
    pool.release(connections[1]!, true, 0);
    pool.release(connections[2]!, true, 0);
    await until(() => counters.upstreamConnectionsOpen === 1, "two connections to close");
    await until(() => server.connections.filter(({ state }) => state !== "open").length === 2, "the server to see it");
    expect([counters.upstreamConnectionsIdle, pool.acquire()]).toEqual([1, connections[1]]);
    expect(counters.upstreamConnectFailuresTotal).toBe(0);
  });

  it("are closed when they have been idle for the time given, the oldest first", async () => {
    const { pool, counters } = await bench({ idleMs: 100 });
    const older = await connected(pool.acquire());
    const newer = await connected(pool.acquire());
    pool.release(older, true, 1000);
    pool.release(newer, true, 1050);
    pool.sweep(1099);
    expect(counters.upstreamConnectionsIdle).toBe(2);
    pool.sweep(1100);
    expect([counters.upstreamConnectionsIdle, older.socket.destroyed, newer.socket.destroyed]).toEqual([
      1,
      true,
      false,
    ]);
    pool.sweep(1150);
    expect([counters.upstreamConnectionsIdle, newer.socket.destroyed]).toEqual([0, true]);
    await until(() => counters.upstreamConnectionsOpen === 0, "both to close");
  });

  it.each(["bytes", "an end"])("are not used again when %s came while they were idle", async (what) => {
    const { pool, counters, upstream: server } = await bench();
    const connection = await connected(pool.acquire());
    pool.release(connection, true, 0);
    const far = await server.connection();
    if (what === "bytes") far.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
    else far.finish();
    await until(() => counters.upstreamConnectionsIdle === 0, "the idle connection to be dropped");
    expect(connection.socket.destroyed).toBe(true);
    expect(pool.acquire()).not.toBe(connection);
  });

  it("that failed to connect are counted, and given up", async () => {
    const { pool, counters, upstream: server } = await bench();
    await server.stop();
    pool.acquire();
    await until(() => counters.upstreamConnectFailuresTotal === 1, "the refusal");
    expect(counters.upstreamConnectionsOpen).toBe(0);
  });
});

describe("requests that wait for a connection", () => {
  it("are served in the order they came, each connection to one of them", async () => {
    const { pool, counters } = await bench({ maxConnections: 1 });
    const connection = await connected(pool.acquire());
    const got: string[] = [];
    const taken: UpstreamConnection[] = [];
    for (const name of ["a", "b", "c"]) expect(pool.enqueue(waiter(got, name, taken))).toBe(true);
    expect(counters.queued).toBe(3);
    pool.release(connection, true, 0);
    expect([got, counters.queued, counters.upstreamConnectionsIdle]).toEqual([["a"], 2, 0]);
    pool.release(connection, true, 0);
    expect([got, taken]).toEqual([
      ["a", "b"],
      [connection, connection],
    ]);
  });

  it("are no more than the queue is long", async () => {
    const { pool, counters } = await bench({ maxConnections: 1 }, { queued: 1 });
    pool.acquire();
    expect([pool.enqueue(waiter([], "a")), pool.enqueue(waiter([], "b"))]).toEqual([true, false]);
    expect(counters.queued).toBe(1);
  });

  it("may leave the queue, more than once without harm", async () => {
    const { pool, counters } = await bench({ maxConnections: 1 });
    const connection = await connected(pool.acquire());
    const got: string[] = [];
    const leaving = waiter(got, "a");
    pool.enqueue(leaving);
    pool.enqueue(waiter(got, "b"));
    pool.dequeue(leaving);
    pool.dequeue(leaving);
    expect(counters.queued).toBe(1);
    pool.release(connection, true, 0);
    expect([got, counters.queued]).toEqual([["b"], 0]);
  });

  it("get a new connection in place of one that is closed", async () => {
    const { pool, counters } = await bench({ maxConnections: 1 });
    const connection = await connected(pool.acquire());
    const got: string[] = [];
    const taken: UpstreamConnection[] = [];
    pool.enqueue(waiter(got, "a", taken));
    pool.release(connection, false, 0);
    await until(() => got.length === 1, "the queued request to be served");
    expect(taken[0]).not.toBe(connection);
    expect([counters.upstreamConnectionsOpen, counters.upstreamConnectsTotal, counters.queued]).toEqual([1, 2, 0]);
  });

  it("wait on while a connection beyond the bound, used in place of a failed one, is open", async () => {
    const { pool, counters } = await bench({ maxConnections: 1 });
    const first = await connected(pool.acquire());
    const extra = await connected(pool.connect());
    const got: string[] = [];
    pool.enqueue(waiter(got, "a"));
    pool.release(first, false, 0);
    await until(() => counters.upstreamConnectionsOpen === 1, "the first to close");
    expect(got).toEqual([]);
    pool.release(extra, true, 0);
    expect(got).toEqual(["a"]);
  });
});
