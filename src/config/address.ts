/** Addresses to listen on, as people write them: `0.0.0.0:18080`, `[::]:18080`, `localhost:0`. */
import { isIPv4, isIPv6 } from "node:net";
import type { TcpAddress } from "../text/address.ts";
import { ok, wrong, type Parsed } from "./parsed.ts";

/**
 * Parses `host:port`. The host is an IPv4 address, an IPv6 address in brackets, or a host name; the problem names a missing
 * or out-of-range port and missing brackets.
 */
export function parseAddress(text: string): Parsed<TcpAddress> {
  const parts = /^(\[[^\]]*\]|[^:[\]]*):(\d{1,5})$/.exec(text);
  const [, bracketed = "", digits = ""] = parts ?? [];
  if (parts === null) {
    return wrong(addressProblem(text));
  }
  const port = Number(digits);
  if (port > 65_535) {
    return wrong("a port is at most 65535");
  }
  const host = parseHost(bracketed);
  return host === undefined ? wrong("the part before the port is not an address or a host name") : ok({ host, port });
}

/** Parses the host before a port: an IPv6 address must have brackets, which the result leaves out. */
export function parseHost(text: string): string | undefined {
  if (text.startsWith("[")) {
    const host = text.slice(1, -1);
    return isIPv6(host) ? host : undefined;
  }
  return isHost(text) ? text : undefined;
}

/** True for a dotted IPv4 address or a host name of letters, digits, hyphens, underscores and dots. */
function isHost(host: string): boolean {
  // Digits and dots alone are an address or nothing: 1.2.3.400 must not pass as a name.
  if (/^[\d.]*$/.test(host)) {
    return isIPv4(host);
  }
  return host.length <= 253 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(host);
}

function addressProblem(text: string): string {
  if (text.includes("://")) {
    return "an address to listen on has no scheme";
  }
  if (isIPv6(text) || /^[0-9a-f]*:[0-9a-f:]+:\d+$/i.test(text)) {
    return "an IPv6 address needs brackets before its port";
  }
  if (/^\d+$/.test(text)) {
    return `a port alone does not say where to listen; 0.0.0.0:${text} is every address of the machine`;
  }
  return text.includes(":") ? "the port is not a number from 0 to 65535" : "the port is missing";
}
