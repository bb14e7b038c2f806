/** What is wrong with one item of a list field, in a clause; `undefined` when nothing is. */
import { parseRouteRule } from "../../routing/route-rule.ts";
import { parseRedactionRule } from "../../redaction/redaction-rule.ts";
import { parseSampleRule } from "../../prediction-log/sampler/sample-rule.ts";

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

/** Checks a name: not empty, no control characters. */
export function nameProblem(name: string): string | undefined {
  return /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(name)
    ? undefined
    : `${JSON.stringify(name.slice(0, 40))} is no name of 1 to 200 characters`;
}

/** Checks a rule of sampling such as `ok/canary=0.5`. */
export function sampleRuleProblem(text: string): string | undefined {
  const rule = parseSampleRule(text);
  return rule.kind === "rule" ? undefined : `${JSON.stringify(text)} is no rule of sampling: ${rule.problem}`;
}

/** Checks a rule of redaction such as `feature:ssn`. */
export function redactionRuleProblem(text: string): string | undefined {
  const rule = parseRedactionRule(text);
  return rule.kind === "rule" ? undefined : `${JSON.stringify(text)} is no rule of redaction: ${rule.problem}`;
}

/** Checks a label such as `cluster=eu-1`: a name that Prometheus allows, and a value of at most 1024 characters. */
export function labelPairProblem(text: string): string | undefined {
  return /^[a-zA-Z_]\w{0,63}=[^\p{Cc}\p{Cs}]{1,1024}$/u.test(text)
    ? undefined
    : `${JSON.stringify(text.slice(0, 40))} is no label NAME=VALUE, e.g. cluster=eu-1`;
}
