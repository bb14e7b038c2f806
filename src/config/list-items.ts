/** What is wrong with one item of a list field, in a clause; `undefined` when nothing is. */
import { parseRouteRule } from "../inference/route-rule.ts";

/** Checks a route rule such as `GET /v1/models/*`. */
export function routeProblem(text: string): string | undefined {
  const rule = parseRouteRule(text);
  return rule.kind === "rule"
    ? undefined
    : `${JSON.stringify(text)} is not a route rule: ${rule.problem}, e.g. ${rule.example}`;
}

/** Checks an upgrade token such as `websocket`. */
export function tokenProblem(token: string): string | undefined {
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+(\/[a-z0-9!#$%&'*+.^_`|~-]+)?$/.test(token)) {
    return `${JSON.stringify(token)} is no upgrade token in lower case`;
  }
  // A server that takes h2c reads HTTP/2 from then on, past every rule for requests.
  return token === "h2c" ? "h2c would let HTTP/2 requests pass unread" : undefined;
}
