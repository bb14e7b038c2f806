/** Binding a server to its address, with errors that say what to do. For the edges that listen; it knows no sockets itself. */
import { formatAddress, type TcpAddress } from "./text/address.ts";
import { type CommandErrorCode, commandErrors } from "./errors/command-errors.ts";
import { OutriderError } from "./errors/outrider-error.ts";

/** What is needed of a server: Node's `net.Server` has it. */
export interface BindableServer {
  once(event: "error", listener: (error: Error & { readonly code?: string }) => void): unknown;
  listen(options: TcpAddress & { readonly backlog: number }, onListening: () => void): unknown;
  address(): { readonly address: string; readonly port: number } | string | null;
}

const codes: Readonly<Record<string, CommandErrorCode>> = {
  EADDRINUSE: "port_in_use",
  EACCES: "permission_denied",
  EADDRNOTAVAIL: "address_unavailable",
};

/** Connections that the kernel accepts ahead of the process; the kernel may lower it (`net.core.somaxconn`). */
const backlog = 4096;

/**
 * Listens; resolves with the address in use. Rejects with an OutriderError (`port_in_use`, `permission_denied`,
 * `address_unavailable`) whose message names `what` (for example `the admin port`), the address and the remedy.
 */
export function listen(server: BindableServer, place: TcpAddress, what: string): Promise<TcpAddress> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = codes[error.code ?? ""] ?? "address_unavailable";
      const { meaning, remedy } = commandErrors[code];
      reject(
        new OutriderError(code, `${what} cannot listen on ${formatAddress(place)}: ${meaning} ${remedy}`, {
          cause: error,
        }),
      );
    });
    server.listen({ host: place.host, port: place.port, backlog }, () => {
      const bound = server.address();
      if (bound === null || typeof bound === "string") reject(new Error("a server without an address"));
      else resolve({ host: bound.address, port: bound.port });
    });
  });
}
