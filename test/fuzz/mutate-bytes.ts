import type { SeededRandom } from "./random.ts";

const tokens: readonly string[] = [
  ...'[]{},:"\\-+.eE0',
  ..." \t\r\n\0",
  "null",
  "true",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e308",
  "1e999",
  "-0",
  "9223372036854775808",
  "9007199254740993",
  "0.3333333333333333",
  '"__proto__":',
  '"constructor":',
  '"toString":1,',
  '"a"',
  "\\ud800",
  "\\u0000",
  "\ufeff",
  "\ud83d\ude00",
  "[[[[[[[[",
  "]]]]]]]]",
  "[[[[],[]]]]",
  '{"a":{"b":{"c":[{"d":1}]}}}',
];

/** Changes a few places of the bytes: cuts, copies, moves, flips bits, and puts in what parsers stumble over. */
export function mutateBytes(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let mutated: Uint8Array = bytes;
  for (let changes = random.below(4); changes >= 0; changes--) mutated = mutateOnce(mutated, random);
  return mutated;
}

function mutateOnce(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + random.below(24));
  const head = bytes.subarray(0, from);
  switch (random.below(6)) {
    case 0:
      return head;
    case 1:
      return Buffer.concat([head, bytes.subarray(to)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    case 3:
      return Buffer.concat([head, Buffer.from(random.pick(tokens)), bytes.subarray(to)]);
    case 4: {
      const piece = bytes.subarray(random.below(bytes.length + 1));
      return Buffer.concat([head, piece.subarray(0, random.below(40)), bytes.subarray(from)]);
    }
    default: {
      const flipped = Uint8Array.from(bytes);
      if (from < flipped.length) flipped[from] = (flipped[from] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
  }
}
