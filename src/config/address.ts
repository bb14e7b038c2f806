/** Addresses to listen on, as people write them: `0.0.0.0:18080`, `[::]:18080`, `localhost:0`. */
import { isIPv4, isIPv6 } from "node:net";

/** A host without brackets and a port; port 0 asks the system for any free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What reading a text gave: the value, or what is wrong with the text in one clause. */
export type Reading<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "wrong"; readonly problem: string };

/**
 * Reads `host:port`. The host is an IPv4 address, an IPv6 address in brackets, or a host name; a missing or
 * out-of-range port and an IPv6 address without brackets are named as such.
 */
export function parseAddress(text: string): Reading<Address> {
  const parts = /^(\[[^\]]*\]|[^:[\]]*):(\d{1,5})$/.exec(text);
  const [, bracketed = "", digits = ""] = parts ?? [];
  if (parts === null) {
    return wrong(addressProblem(text));
  }
  const port = Number(digits);
  if (port > 65_535) {
    return wrong("a port is at most 65535");
  }
  const host = bracketed.startsWith("[") ? bracketed.slice(1, -1) : bracketed;
  const known = bracketed.startsWith("[") ? isIPv6(host) : isHost(host);
  return known ? { kind: "ok", value: { host, port } } : wrong("the part before the port is no address or host name");
}

/** Writes an address so that {@link parseAddress} reads it back. */
export function formatAddress(address: Address): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** True for a dotted IPv4 address or a host name of letters, digits, hyphens, underscores and dots. */
export function isHost(host: string): boolean {
  // Digits and dots alone are an address or nothing: 1.2.3.400 must not pass as a name.
  if (/^[\d.]*$/.test(host)) {
    return isIPv4(host);
  }
  return host.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(host);
}

/** A {@link Reading} that failed. */
export function wrong(problem: string): { readonly kind: "wrong"; readonly problem: string } {
  return { kind: "wrong", problem };
}

function addressProblem(text: string): string {
  if (text.includes("://")) {
    return "an address to listen on has no scheme";
  }
  if (isIPv6(text) || /^[0-9a-f]*:[0-9a-f:]+:\d+$/i.test(text)) {
    return "an IPv6 address stands in brackets before its port";
  }
  if (/^\d+$/.test(text)) {
    return `a port alone does not say where to listen; 0.0.0.0:${text} is every address of the machine`;
  }
  return text.includes(":") ? "the port is no number from 0 to 65535" : "the port is missing";
}
