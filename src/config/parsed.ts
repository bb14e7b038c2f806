/** The result of parsing a text: the value, or what is wrong with the text, in one clause that names no place. */
export type Parsed<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "wrong"; readonly problem: string };

/** A {@link Parsed} that succeeded. */
export function ok<Value>(value: Value): Parsed<Value> {
  return { kind: "ok", value };
}

/** A {@link Parsed} that failed. */
export function wrong(problem: string): { readonly kind: "wrong"; readonly problem: string } {
  return { kind: "wrong", problem };
}
