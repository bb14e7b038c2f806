/** One redaction rule, parsed from the configuration. */
import { compilePointer, type JsonPointer } from "../payload/json/json-pointer.ts";

/** What happens to a matching value: left out, replaced by `***`, or replaced by a keyed hash. Strongest first. */
export const redactionActions = ["drop", "mask", "hash"] as const;

/** See {@link redactionActions}. */
export type RedactionAction = (typeof redactionActions)[number];

/** One parsed redaction rule: it matches a feature, a place in a body, or a request header. */
export type RedactionRule =
  /** A feature or a prediction by its exact name. */
  | { readonly kind: "feature"; readonly name: string }
  /** A place in the JSON of the request and of the response. */
  | { readonly kind: "pointer"; readonly pointer: JsonPointer }
  /** A request header, in lower case. */
  | { readonly kind: "header"; readonly name: string };

/** Result of {@link parseRedactionRule}. `problem` is a clause. */
export type RedactionRuleResult =
  | { readonly kind: "rule"; readonly rule: RedactionRule }
  | { readonly kind: "problem"; readonly problem: string };

/** Parses `feature:NAME`, `pointer:/JSON/POINTER` or `header:NAME`. */
export function parseRedactionRule(text: string): RedactionRuleResult {
  const colon = text.indexOf(":");
  const kind = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  if (rest === "" && colon !== -1) return { kind: "problem", problem: `a value is missing after ${kind}:` };
  if (kind === "feature") return { kind: "rule", rule: { kind, name: rest } };
  if (kind === "header") {
    return /^[\w!#$%&'*+.^`|~-]+$/.test(rest)
      ? { kind: "rule", rule: { kind, name: rest.toLowerCase() } }
      : { kind: "problem", problem: `${JSON.stringify(rest)} is not a header name` };
  }
  if (kind !== "pointer") {
    return { kind: "problem", problem: "it must begin with feature:, pointer: or header:, e.g. feature:ssn" };
  }
  try {
    return { kind: "rule", rule: { kind, pointer: compilePointer(rest) } };
  } catch (error) {
    return { kind: "problem", problem: (error as Error).message };
  }
}

/** The text of a rule; {@link parseRedactionRule} gives an equal rule for it. */
export function formatRedactionRule(rule: RedactionRule): string {
  return `${rule.kind}:${rule.kind === "pointer" ? rule.pointer.text : rule.name}`;
}
