/** The one text that a value is hashed by, whichever form it has. */
import type { JsonDocument, JsonNode, JsonText } from "../payload/json/json-tree.ts";

/** Integers with more characters are numbers for readers of bodies, too. */
const maxIntegerDigits = 40;

/**
 * A text is itself; numbers are written like JavaScript writes them, integers past 2^53 as their digits, so that `12`,
 * `12.0` and `"12"` are alike; `NaN` is `null`, as it is for readers; lists and objects are JSON with sorted keys and
 * without white space.
 */
export function canonicalText(node: JsonNode): string {
  if (node.kind === "text") return node.text;
  return canonicalJson(node);
}

function canonicalJson(node: JsonNode): string {
  switch (node.kind) {
    case "text":
      return JSON.stringify(node.text);
    case "number":
      return canonicalNumber(node.literal);
    case "word":
      return node.literal === "NaN" ? "null" : node.literal;
    case "list":
      return `[${node.items.map(canonicalJson).join(",")}]`;
    default:
      return `{${membersOf(node)}}`;
  }
}

function membersOf({ members }: JsonDocument): string {
  const sorted = members.toSorted((a, b) => compareKeys(a.key, b.key));
  return sorted.map(({ key, value }) => `${JSON.stringify(key.text)}:${canonicalJson(value)}`).join(",");
}

function canonicalNumber(literal: string): string {
  const value = Number(literal);
  const isLong = /^-?\d+$/.test(literal) && literal.length <= maxIntegerDigits && !Number.isSafeInteger(value);
  return isLong ? literal : String(value);
}

function compareKeys(a: JsonText, b: JsonText): number {
  return a.text < b.text ? -1 : Number(a.text > b.text);
}
