/** Source of a value; lines and columns begin at 1. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "flag"; readonly name: string };

/** The origin as text: `default`, `outrider.yaml:3:5`, `OUTRIDER_LISTEN`, `--listen`. */
export function formatOrigin(origin: Origin): string {
  if (origin.kind === "default") {
    return "default";
  }
  return origin.kind === "file" ? `${origin.file}:${origin.line}:${origin.column}` : origin.name;
}
