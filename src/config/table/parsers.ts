/**
 * The grammars of single values and list items. Each parser returns the value that the program works with, so that
 * nothing is parsed a second time after the configuration was accepted.
 */
import { compilePointer, type JsonPointer } from "../../payload/json/json-pointer.ts";
import { parseSampleRule, type SampleRule } from "../../prediction-log/sampler/sample-rule.ts";
import type { StaticLabel } from "../../prediction-log/stream-fields.ts";
import { parseRedactionRule, type RedactionRule } from "../../redaction/redaction-rule.ts";
import { parseRouteRule, type RouteRule } from "../../routing/route-rule.ts";
import { parseRedisUrl } from "../../text/redis-url.ts";
import { ok, wrong, type Parsed } from "../parsed.ts";

/** Parses a route rule such as `GET /v1/models/*`. */
export function parseRoute(text: string): Parsed<RouteRule> {
  const rule = parseRouteRule(text);
  return rule.kind === "rule"
    ? ok(rule)
    : wrong(`${shown(text)} is not a route rule: ${rule.problem}, e.g. ${rule.example}`);
}

/** Parses a JSON Pointer (RFC 6901) such as `/rows/*`. The empty text is the whole body. */
export function parsePointer(text: string): Parsed<JsonPointer> {
  try {
    return ok(compilePointer(text));
  } catch (error) {
    return wrong(`${shown(text)} is not a JSON Pointer: ${(error as Error).message}`);
  }
}

/** Parses a JSON Pointer of a field that may be left empty, which means that it is not set. */
export function parseOptionalPointer(text: string): Parsed<JsonPointer | undefined> {
  return text === "" ? ok(undefined) : parsePointer(text);
}

const httpToken = /^[\w!#$%&'*+.^`|~-]+$/;

/** Parses an upgrade token such as `websocket`. */
export function parseUpgradeToken(text: string): Parsed<string> {
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+(\/[a-z0-9!#$%&'*+.^_`|~-]+)?$/.test(text)) {
    return wrong(`${shown(text)} is not an upgrade token in lower case`);
  }
  // A server that accepts h2c reads HTTP/2 from then on, past every rule for requests.
  return text === "h2c" ? wrong("h2c would let HTTP/2 requests pass unread") : ok(text);
}

/** Parses a name: 1 to 200 characters, no control characters. */
export function parseName(text: string): Parsed<string> {
  return /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text)
    ? ok(text)
    : wrong(`${shown(text)} is not a name of 1 to 200 characters`);
}

/** Parses the name of an HTTP header; the value is in lower case. */
export function parseHeaderName(text: string): Parsed<string> {
  return text.length <= 200 && httpToken.test(text)
    ? ok(text.toLowerCase())
    : wrong(`${shown(text)} is not a header name`);
}

/** Parses the name of a header in a field that may be left empty. */
export function parseOptionalHeaderName(text: string): Parsed<string> {
  return text === "" ? ok("") : parseHeaderName(text);
}

/** Parses the prefix of Redis keys: 1 to 128 letters, digits, and `.`, `_`, `:`, `-`. */
export function parseKeyPrefix(text: string): Parsed<string> {
  return /^[\w.:-]{1,128}$/.test(text)
    ? ok(text)
    : wrong(`${shown(text)} is not a key prefix: 1 to 128 letters, digits, and . _ : - are allowed`);
}

/** Parses a sampling rule such as `ok/canary=0.5`. */
export function parseSample(text: string): Parsed<SampleRule> {
  const result = parseSampleRule(text);
  return result.kind === "rule" ? ok(result.rule) : wrong(`${shown(text)} is not a sampling rule: ${result.problem}`);
}

/** Parses a redaction rule such as `feature:ssn`. */
export function parseRedaction(text: string): Parsed<RedactionRule> {
  const result = parseRedactionRule(text);
  return result.kind === "rule" ? ok(result.rule) : wrong(`${shown(text)} is not a redaction rule: ${result.problem}`);
}

/** Parses a label such as `cluster=eu-1`: a name that Prometheus allows, and a value of at most 1024 characters. */
export function parseStaticLabel(text: string): Parsed<StaticLabel> {
  const [, name = "", value = ""] = /^([a-zA-Z_]\w{0,63})=([^\p{Cc}\p{Cs}]{1,1024})$/u.exec(text) ?? [];
  return name === "" ? wrong(`${shown(text)} is not a label NAME=VALUE, e.g. cluster=eu-1`) : ok({ name, value });
}

/**
 * Parses the URL of another server; the empty text means "not set". A password in it is refused, because the
 * configuration in force is shown on the admin port.
 */
export function parseServerUrl(text: string, schemes: readonly string[]): Parsed<string> {
  if (text === "") return ok(text);
  const url = URL.parse(text);
  if (url === null) return wrong("this is not a URL");
  const scheme = url.protocol.slice(0, -1);
  if (!schemes.includes(scheme)) return wrong(`the scheme ${scheme} is not known`);
  if (url.password !== "") return wrong("the configuration holds no passwords: put it into a file and name the file");
  const server = scheme === "unix" ? url.pathname : url.hostname;
  return server === "" ? wrong("the URL names no server") : ok(text);
}

/** Parses the URL of a Redis server; the empty text means "not set". The Redis client has the same grammar. */
export function parseRedisServerUrl(text: string): Parsed<string> {
  const parsed = parseServerUrl(text, ["redis", "rediss", "unix"]);
  if (parsed.kind === "wrong" || text === "") return parsed;
  const address = parseRedisUrl(text);
  return typeof address === "string" ? wrong(address) : parsed;
}

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
