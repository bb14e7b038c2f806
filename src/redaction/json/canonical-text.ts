/** The text by which a value is hashed, the same for all notations of it. */
import type { JsonDocument, JsonNode, JsonText } from "../../payload/json/json-tree.ts";

/** Longer integers are rounded, as readers of bodies do. */
const maxIntegerDigits = 40;

/**
 * A string is itself. Numbers are written as in JavaScript, integers past 2^53 as their digits, so that `12`, `12.0` and
 * `"12"` are the same. `NaN` is `null`, as for readers. Lists and objects are JSON with sorted keys and no white space.
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
