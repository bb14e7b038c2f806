/** Loopback addresses for the demonstration's servers. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** Where something listens or is to listen. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `[ipv6]:port` or a port alone (on 127.0.0.1); undefined when it is none of them. */
export function readHostAndPort(text: string): HostAndPort | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  return match === null || port > 65_535 ? undefined : { host: match[1] ?? match[2] ?? "127.0.0.1", port };
}

/** `host:port`, with brackets around an IPv6 address. */
export function writeHostAndPort({ host, port }: HostAndPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * The port to listen on: the wanted one when it is free, any free one for 0, and undefined when it is taken. Another
 * process may still take it before it is used.
 */
export async function freePort({ host, port }: HostAndPort): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    server.listen(port, host, () => {
      const found = (server.address() as AddressInfo).port;
      server.close(() => {
        resolve(found);
      });
    });
  });
}
