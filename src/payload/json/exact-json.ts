/** The value of JSON that `JSON.parse` refuses or rounds. About ten times slower. */
import { ownCopy } from "../../text/own-copy.ts";
import { type JsonDocument, type JsonNode, parseJsonTree } from "./json-tree.ts";
import type { JsonValue } from "./json-value.ts";

/** Integers with more characters become numbers: no identity is longer, and making long ones costs more than linear time. */
const maxIntegerDigits = 40;

const words: Readonly<Record<string, JsonValue>> = {
  true: true,
  false: false,
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/**
 * Parses JSON (RFC 8259) and the words `NaN`, `Infinity` and `-Infinity`; integers past 2^53 of at most 40 characters
 * become `bigint`. Of equal keys the last one counts; `__proto__` is a key like any other. Undefined when the text is
 * something else, `too_deep` when it has more than `maxDepth` containers within each other: it recurses that far. Linear
 * in the length of the text.
 */
export function parseExactly(text: string, maxDepth: number): { readonly value: JsonValue } | "too_deep" | undefined {
  const root = parseJsonTree(text, maxDepth);
  return typeof root === "object" ? { value: valueOf(root) } : root;
}

function valueOf(node: JsonNode): JsonValue {
  switch (node.kind) {
    case "text":
      return ownCopy(node.text);
    case "number":
      return numberOf(node.literal);
    case "word":
      return words[node.literal] ?? null;
    case "list":
      return node.items.map(valueOf);
    default:
      return objectOf(node);
  }
}

function objectOf({ members }: JsonDocument): JsonValue {
  const object: Record<string, JsonValue> = {};
  for (const { key, value } of members) {
    // Assigning to __proto__ would change what the object inherits from.
    if (key.text !== "__proto__") object[ownCopy(key.text)] = valueOf(value);
    else Object.defineProperty(object, key.text, { value: valueOf(value), ...ordinary });
  }
  return object;
}

const ordinary = { enumerable: true, configurable: true, writable: true } as const;

function numberOf(literal: string): number | bigint {
  const value = Number(literal);
  const isExact = Number.isSafeInteger(value) || /[.eE]/.test(literal);
  return isExact || literal.length > maxIntegerDigits ? value : BigInt(literal);
}
