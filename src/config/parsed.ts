/** The result of parsing a text: the value, or what is wrong with the text, in one clause that names no place. */
export type Parsed<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "wrong"; readonly problem: string };

/** Makes the {@link Parsed} of a valid input. */
export function ok<Value>(value: Value): Parsed<Value> {
  return { kind: "ok", value };
}

/** Makes the {@link Parsed} of an invalid input. `problem` says what is wrong with it. */
export function wrong(problem: string): { readonly kind: "wrong"; readonly problem: string } {
  return { kind: "wrong", problem };
}
