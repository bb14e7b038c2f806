/** Where a probed server listens. */
export type ProbedAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** An address as users write it: `127.0.0.1:8080`, `[::1]:8080`, or a socket's path. */
export function formatAddress(address: ProbedAddress): string {
  if (address.kind === "unix") return address.path;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

const texts: Readonly<Record<string, (place: string) => string>> = {
  ECONNREFUSED: (place) =>
    `connection refused at ${place}: is the model server running, and is this its inference port?`,
  ENOENT: (place) => `there is no socket at ${place}: has the model server been started?`,
  EACCES: (place) => `permission denied at ${place}`,
  ENOTFOUND: (place) => `the host name of ${place} does not exist`,
  EAI_AGAIN: (place) => `the host name of ${place} cannot be resolved now`,
  EHOSTUNREACH: (place) => `no route to the host of ${place}`,
  ENETUNREACH: (place) => `no route to the network of ${place}`,
  ETIMEDOUT: (place) => `${place} did not accept the connection in time`,
  ECONNRESET: (place) => `${place} closed the connection without an answer`,
  EPIPE: (place) => `${place} closed the connection without an answer`,
};

/** One line that says why a question got no answer. `error` may be anything that was thrown. */
export function describeFailure(address: ProbedAddress, error: unknown): string {
  const place = formatAddress(address);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = texts[code];
  if (text !== undefined) return text(place);
  return `${place} cannot be probed: ${error instanceof Error ? error.message : String(error)}`;
}

/** One line for an answer that is not HTTP/1.1. */
export function malformedText(address: ProbedAddress): string {
  return `${formatAddress(address)} does not answer in HTTP/1.1: is it a gRPC or TLS port?`;
}
