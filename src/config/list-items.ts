/** What is wrong with one item of a list field, in a clause; `undefined` when nothing is. */
import { parseRouteRule } from "../inference/route-rule.ts";

/** Checks a route rule such as `GET /v1/models/*`. */
export function routeProblem(text: string): string | undefined {
  const rule = parseRouteRule(text);
  return rule.kind === "rule"
    ? undefined
    : `${JSON.stringify(text)} is not a route rule: ${rule.problem}, e.g. ${rule.example}`;
}

/** Checks a JSON Pointer (RFC 6901) such as `/rows/*`; the empty one stands for "not set". */
export function pointerProblem(text: string): string | undefined {
  if (text === "") return undefined;
  if (!text.startsWith("/")) return `${JSON.stringify(text)} is no JSON Pointer: it begins with /`;
  if (/~(?![01])/.test(text))
    return `${JSON.stringify(text)} is no JSON Pointer: ~ is written ~0, and / inside a name ~1`;
  return text.split("/").length > 33 ? `${JSON.stringify(text.slice(0, 40))} has more than 32 steps` : undefined;
}

/** Checks an upgrade token such as `websocket`. */
export function tokenProblem(token: string): string | undefined {
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+(\/[a-z0-9!#$%&'*+.^_`|~-]+)?$/.test(token)) {
    return `${JSON.stringify(token)} is no upgrade token in lower case`;
  }
  // A server that takes h2c reads HTTP/2 from then on, past every rule for requests.
  return token === "h2c" ? "h2c would let HTTP/2 requests pass unread" : undefined;
}
