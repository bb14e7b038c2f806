/** Where a server listens. The product has these types and this formatter alone for addresses. */

/** A host without brackets and a port. As an address to listen on, port 0 asks the system for any free one. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** An address to connect to: TCP, or the path of a Unix socket. */
export type Address = (TcpAddress & { readonly kind: "tcp" }) | { readonly kind: "unix"; readonly path: string };

/** `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/model.sock`. */
export function formatAddress(address: TcpAddress | Address): string {
  if ("path" in address) return `unix:${address.path}`;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
