/** Binding a server to its address, with errors that say what to do. */
import { formatAddress, type TcpAddress } from "../text/address.ts";
import type { AddressInfo, Server } from "node:net";
import { type CommandErrorCode, commandErrors, OutriderError } from "../errors.ts";

const codes: Readonly<Record<string, CommandErrorCode>> = {
  EADDRINUSE: "port_in_use",
  EACCES: "permission_denied",
  EADDRNOTAVAIL: "address_unavailable",
};

/** Listens; resolves with the address in use, rejects with an OutriderError that names the one asked for. */
export function listen(server: Server, place: TcpAddress): Promise<TcpAddress> {
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      const code = codes[error.code ?? ""] ?? "address_unavailable";
      reject(
        new OutriderError(code, `cannot listen on ${formatAddress(place)}: ${commandErrors[code].meaning}`, {
          cause: error,
        }),
      );
    });
    server.listen({ host: place.host, port: place.port, backlog: 4096 }, () => {
      const address = server.address() as AddressInfo;
      resolve({ host: address.address, port: address.port });
    });
  });
}
