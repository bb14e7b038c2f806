import fc from "fast-check";

/** Any Unicode character but lone surrogates, as the unit of strings. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .nat({ max: 0x10f7ff })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));

/** Names that exist on every object. */
const inheritedNames = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"] as const;

/** Any text without lone surrogates. The same as fast-check's unit `binary`, whose first use takes five seconds. */
export const anyText = (
  length: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.string({ unit: anyCharacter, ...length }) },
    { weight: 1, arbitrary: fc.constantFrom(...inheritedNames).filter((name) => isWithin(name.length, length)) },
  );

const isWithin = (
  length: number,
  { minLength = 0, maxLength = Infinity }: { readonly minLength?: number; readonly maxLength?: number },
): boolean => length >= minLength && length <= maxLength;
