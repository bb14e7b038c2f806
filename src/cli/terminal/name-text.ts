/** Names that came from requests, as they are shown. */
import { printable } from "../../text/printable.ts";

/** Longest name, in columns of the terminal. */
const maxNameLength = 28;

/** Nothing of a name may move the cursor, and none may be too long. */
export function cleanName(name: string): string {
  const plain = printable(name);
  return plain.length > maxNameLength ? `${plain.slice(0, maxNameLength - 1)}…` : plain;
}

/** The first few, with commas. */
export function listedNames(names: readonly string[], most = 10): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
