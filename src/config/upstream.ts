/** Where the model server listens, as people write it: `http://127.0.0.1:8080` or `unix:/run/model.sock`. */
import { isIPv6 } from "node:net";

import { isHost, wrong, type Reading } from "./address.ts";

/** A TCP address or the path of a Unix socket. */
export type Upstream =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Longest path that Linux takes for a Unix socket, bytes, without the closing NUL. */
const maxSocketPathBytes = 107;

/**
 * Reads an upstream. `http://host` alone means port 80. Schemes other than http and unix, paths, queries and user
 * names are refused with the reason: the relay forwards each request's own path and speaks plain HTTP/1.1.
 */
export function parseUpstream(text: string): Reading<Upstream> {
  if (text.startsWith("unix:")) {
    return parseSocketPath(text.slice("unix:".length).replace(/^\/\/(?=\/)/, ""));
  }
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^]*)$/i.exec(text);
  const [, scheme = "", authority = "", rest = ""] = parts ?? [];
  if (parts === null) {
    return wrong("it does not begin with http:// or unix:");
  }
  const problem = upstreamProblem(scheme.toLowerCase(), authority, rest);
  return problem === undefined ? parseAuthority(authority) : wrong(problem);
}

/** Writes an upstream so that {@link parseUpstream} reads it back. */
export function formatUpstream(upstream: Upstream): string {
  if (upstream.kind === "unix") {
    return `unix:${upstream.path}`;
  }
  return `http://${upstream.host.includes(":") ? `[${upstream.host}]` : upstream.host}:${upstream.port}`;
}

function upstreamProblem(scheme: string, authority: string, rest: string): string | undefined {
  if (scheme === "https") {
    return "Outrider and the model server share a pod and speak plain HTTP; TLS to the upstream is not spoken";
  }
  if (scheme === "grpc" || scheme === "grpcs" || scheme === "h2c") {
    return "only HTTP/1.1 is spoken to the upstream; name the server's HTTP port";
  }
  if (scheme !== "http") {
    return `the scheme ${scheme} is not known`;
  }
  if (authority.includes("@")) {
    return "a user name or password has no place here; clients send their own Authorization";
  }
  if (rest !== "" && rest !== "/") {
    return "a path or query has no place here; every request keeps its own path";
  }
  return undefined;
}

function parseAuthority(authority: string): Reading<Upstream> {
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(authority);
  const [, bracketed = "", digits] = parts ?? [];
  if (parts === null) {
    return wrong(isIPv6(authority) ? "an IPv6 address stands in brackets" : "the port is no number from 1 to 65535");
  }
  const port = digits === undefined ? 80 : Number(digits);
  if (port < 1 || port > 65_535) {
    return wrong("a port to connect to is a number from 1 to 65535");
  }
  const host = bracketed.startsWith("[") ? bracketed.slice(1, -1) : bracketed;
  const known = bracketed.startsWith("[") ? isIPv6(host) : isHost(host);
  return known ? { kind: "ok", value: { kind: "tcp", host, port } } : wrong("the host is no address or host name");
}

function parseSocketPath(path: string): Reading<Upstream> {
  if (!path.startsWith("/")) {
    return wrong("the path of a Unix socket is absolute");
  }
  if (path.includes("\0")) {
    return wrong("the path of a Unix socket holds no NUL");
  }
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    return wrong(`the system takes socket paths of at most ${maxSocketPathBytes} bytes`);
  }
  return { kind: "ok", value: { kind: "unix", path } };
}
