/** Who may call what. */
import type { AdminErrorCode } from "./admin-errors.ts";
import type { AdminRequest } from "./admin-request.ts";
import type { RouteAccess } from "./routes.ts";

/** What was found out about the token of a request. */
export type TokenFinding = "right" | "wrong" | "none_sent" | "none_configured";

/**
 * Decides whether a request may use a route; an error code when not.
 *
 * Loopback alone is not enough against a browser on the same machine: a page can send requests to 127.0.0.1, under its
 * own name (refused by Origin and Sec-Fetch-Site) or under a name of its own that it makes resolve to 127.0.0.1 (refused
 * by Host). A token is enough by itself, as no page can add one unasked.
 */
export function refusal(access: RouteAccess, request: AdminRequest, token: TokenFinding): AdminErrorCode | "" {
  if (access === "open" || token === "right") return "";
  if (token === "wrong") return "token_wrong";
  if (!isLoopback(request.remoteAddress)) return token === "none_configured" ? "loopback_only" : "token_required";
  if (access === "token") return "post_required";
  if (!namesLoopback(request.host)) return "host_refused";
  return isSameOrigin(request) ? "" : "origin_refused";
}

/** True for 127.0.0.0/8, ::1, and the former as an IPv4-mapped IPv6 address. */
export const isLoopback = (address: string): boolean => /^(?:(?:::ffff:)?127\.\d+\.\d+\.\d+|::1)$/.test(address);

/** True for a Host header that can only mean loopback; empty is an HTTP/1.0 client, which no browser is. */
const namesLoopback = (host: string): boolean =>
  host === "" || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d*)?$/i.test(host);

const isSameOrigin = ({ origin, fetchSite, host }: AdminRequest): boolean =>
  (origin === "" || origin === `http://${host}`) && ["", "none", "same-origin"].includes(fetchSite);
