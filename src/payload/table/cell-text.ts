/** The value that the text of a field denotes. */
import { cutText } from "../json/json-value.ts";
import type { Cell } from "../body-content.ts";

/** Words for a missing value: the default list of pandas.read_csv. */
const missingWords: ReadonlySet<string> = new Set([
  "",
  "#N/A",
  "#N/A N/A",
  "#NA",
  "-1.#IND",
  "-1.#QNAN",
  "-NaN",
  "-nan",
  "1.#IND",
  "1.#QNAN",
  "<NA>",
  "N/A",
  "NA",
  "NULL",
  "NaN",
  "None",
  "n/a",
  "nan",
  "null",
]);

const words = new Map<string, boolean | number>([
  ...["True", "TRUE", "true"].map((word) => [word, true] as const),
  ...["False", "FALSE", "false"].map((word) => [word, false] as const),
  ...["inf", "Inf", "INF", "infinity", "Infinity", "INFINITY"].flatMap((word) => [
    [word, Infinity] as const,
    [`+${word}`, Infinity] as const,
    [`-${word}`, -Infinity] as const,
  ]),
]);

/** Length of the longest word above. */
const maxWordLength = 9;

/** No zero before other digits: `02134` is a postal code. */
const numberPattern = /^ *-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *$/;
const integerPattern = /^ *-?\d+ *$/;

/** 2^128 has 39 digits; a longer integer is of no use to any model. */
const maxIntegerDigits = 40;

/**
 * The value of a field: a number if it is written as one (also with spaces around it), a boolean for the three usual
 * spellings of each, `null` for the empty text and what pandas takes for missing, a `bigint` for integers past 2^53 of
 * at most {@link maxIntegerDigits} characters, an infinite number for `inf` and for numbers past 1.8e308; anything else
 * is the text itself, `02134` and `+49` included, cut like every cell. Linear in the text.
 */
export function cellFromText(text: string): Cell {
  if (text.length <= maxWordLength || text.charCodeAt(0) === 0x23) {
    if (missingWords.has(text)) return null;
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  if (!mayBeNumber(text.charCodeAt(0)) || !numberPattern.test(text)) return cutText(text);
  const value = Number(text);
  if (Number.isSafeInteger(value) || !integerPattern.test(text)) return value;
  return text.length <= maxIntegerDigits ? BigInt(text.trim()) : cutText(text);
}

/** A digit, a minus, a point or a space; spares words the pattern. */
function mayBeNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x20;
}
