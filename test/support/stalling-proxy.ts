import { createConnection, createServer, type Socket, type AddressInfo } from "node:net";

/** A TCP proxy that can stop passing bytes on, as a partitioned network does. */
export interface StallingProxy {
  readonly port: number;
  /** Connections now. */
  connections(): number;
  /** Connections accepted so far. */
  readonly acceptedTotal: () => number;
  /** Passes no byte on in either direction, keeps connections, and accepts new ones. */
  stall(): void;
  /** Passes on again, what was kept back first. */
  resume(): void;
  /** Passes requests on to the server, but keeps its answers back. */
  stallAnswers(): void;
  /** Cuts all connections. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a proxy in front of a port of the loopback address. */
export async function startStallingProxy(targetPort: number): Promise<StallingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const stalled = { asks: false, answers: false };
  let accepted = 0;
  const apply = ([client, target]: readonly [Socket, Socket]): void => {
    if (stalled.asks) client.pause();
    else client.resume();
    if (stalled.answers) target.pause();
    else target.resume();
  };
  const set = (asks: boolean, answers: boolean): void => {
    stalled.asks = asks;
    stalled.answers = answers;
    for (const pair of pairs) apply(pair);
  };
  const server = createServer((client) => {
    accepted++;
    const target = createConnection({ port: targetPort, host: "127.0.0.1" });
    const pair = [client, target] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    client
      .on("data", (chunk) => target.write(chunk))
      .on("error", end)
      .on("close", end);
    target
      .on("data", (chunk) => client.write(chunk))
      .on("error", end)
      .on("close", end);
    apply(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const [client] of pairs) client.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => pairs.size,
    acceptedTotal: () => accepted,
    stall: () => set(true, true),
    resume: () => set(false, false),
    stallAnswers: () => set(false, true),
    cut,
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
