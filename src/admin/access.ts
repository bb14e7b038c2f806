/** Who may call which route of the admin API. */
import type { AdminErrorCode } from "./admin-errors.ts";
import type { AdminRequest } from "./admin-request.ts";
import type { RouteAccess } from "./routes.ts";

/** Result of checking the Authorization header: `not_configured` when neither side has a token. */
export type TokenStatus = "valid" | "invalid" | "missing" | "not_configured";

/**
 * The error code that refuses a request to a route, or empty when the request is allowed.
 *
 * A loopback address alone does not prove the caller: a web page in a browser on the same machine can send requests to
 * 127.0.0.1, directly (refused by Origin and Sec-Fetch-Site) or through a host name that it makes resolve to 127.0.0.1
 * (DNS rebinding, refused by Host). A valid token is enough, because a page cannot add an Authorization header unasked.
 */
export function refusal(access: RouteAccess, request: AdminRequest, token: TokenStatus): AdminErrorCode | "" {
  if (access === "open" || token === "valid") return "";
  if (token === "invalid") return "token_wrong";
  if (!isLoopback(request.remoteAddress)) return token === "not_configured" ? "loopback_only" : "token_required";
  if (access === "token") return "post_required";
  if (!namesLoopback(request.host)) return "host_refused";
  return isSameOrigin(request) ? "" : "origin_refused";
}

/** True for 127.0.0.0/8, also as an IPv4-mapped IPv6 address, and for ::1. */
export const isLoopback = (address: string): boolean => /^(?:(?:::ffff:)?127\.\d+\.\d+\.\d+|::1)$/.test(address);

/** True for a Host header that can only mean loopback. An empty one is from HTTP/1.0, which browsers do not use. */
const namesLoopback = (host: string): boolean =>
  host === "" || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d*)?$/i.test(host);

const isSameOrigin = ({ origin, fetchSite, host }: AdminRequest): boolean =>
  (origin === "" || origin === `http://${host}`) && ["", "none", "same-origin"].includes(fetchSite);
