/** Where the model server listens, as people write it: `http://127.0.0.1:8080` or `unix:/run/model.sock`. */
import { isIPv6 } from "node:net";

import { formatAddress, type Address } from "../text/address.ts";
import { parseHost } from "./address.ts";
import { ok, wrong, type Parsed } from "./parsed.ts";

/** Maximum length of the path of a Unix socket on Linux, bytes, without the closing NUL. */
const maxSocketPathBytes = 107;

/**
 * Parses an upstream. `http://host` alone means port 80. Schemes other than http and unix, paths, queries and user
 * names are refused with the reason: the relay forwards each request's own path and uses plain HTTP/1.1.
 */
export function parseUpstream(text: string): Parsed<Address> {
  if (text.startsWith("unix:")) {
    return parseSocketPath(text.slice("unix:".length).replace(/^\/\/(?=\/)/, ""));
  }
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^]*)$/i.exec(text);
  const [, scheme = "", authority = "", rest = ""] = parts ?? [];
  if (parts === null) {
    return wrong("it must begin with http:// or unix:");
  }
  const problem = upstreamProblem(scheme.toLowerCase(), authority, rest);
  return problem === undefined ? parseAuthority(authority) : wrong(problem);
}

/** Writes an upstream so that {@link parseUpstream} reads it back. */
export function formatUpstream(upstream: Address): string {
  return upstream.kind === "unix" ? formatAddress(upstream) : `http://${formatAddress(upstream)}`;
}

function upstreamProblem(scheme: string, authority: string, rest: string): string | undefined {
  if (scheme === "https") {
    return "TLS to the model server is not supported: Outrider and the server share a pod and use plain HTTP";
  }
  if (scheme === "grpc" || scheme === "grpcs" || scheme === "h2c") {
    return "only HTTP/1.1 is supported: give the server's HTTP port";
  }
  if (scheme !== "http") {
    return `the scheme ${scheme} is not known`;
  }
  if (authority.includes("@")) {
    return "leave out the user name and password: clients send their own Authorization";
  }
  if (rest !== "" && rest !== "/") {
    return "leave out the path and query: every request keeps its own path";
  }
  return undefined;
}

function parseAuthority(authority: string): Parsed<Address> {
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(authority);
  const [, bracketed = "", digits] = parts ?? [];
  if (parts === null) {
    return wrong(isIPv6(authority) ? "an IPv6 address needs brackets" : "the port is not a number from 1 to 65535");
  }
  const port = digits === undefined ? 80 : Number(digits);
  if (port < 1 || port > 65_535) {
    return wrong("a port to connect to is a number from 1 to 65535");
  }
  const host = parseHost(bracketed);
  return host === undefined ? wrong("the host is not an address or a host name") : ok({ kind: "tcp", host, port });
}

function parseSocketPath(path: string): Parsed<Address> {
  if (!path.startsWith("/")) {
    return wrong("the path of a Unix socket must be absolute");
  }
  if (path.includes("\0")) {
    return wrong("the path of a Unix socket must not contain NUL");
  }
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    return wrong(`a socket path has at most ${maxSocketPathBytes} bytes`);
  }
  return ok({ kind: "unix", path });
}
