/**
 * Reads the path of a request target. The relay forwards targets untouched, so a path that a model server could resolve
 * to another path than the matched one must not pass.
 */

/** A path that every server resolves to the same segments. */
export interface PlainPath {
  readonly kind: "plain";
  /** Segments as they were sent, without the leading slash and without one trailing slash; none for `/`. */
  readonly raw: readonly string[];
  /** The same segments percent-decoded; the very same array when nothing was encoded. */
  readonly decoded: readonly string[];
}

/** A path that servers resolve differently. `reason` says why, for the client. */
export interface AmbiguousPath {
  readonly kind: "ambiguous";
  readonly reason: string;
}

// Encoded NUL and other controls, `#`, `%`, `.`, `/`, `:`, `;`, `?`, `\` and DEL: each has a meaning to some server.
const encodedSpecial = /%(?:[01][0-9a-f]|2[35ef]|3[abf]|5c|7f)/i;
// Everything but visible ASCII; the target comes from a request line, one character a byte.
const notVisible = /[^\x21-\x7e]/;
const malformedPercent = /%(?![0-9a-f]{2})/i;
// A sequence that decodes to one of U+0080 to U+009F: control characters too.
const encodedC1 = /%c2%[89]/i;

/**
 * The path of a target: from after scheme and authority of an absolute target to the first `?`; `*` for `*`; empty
 * for everything else that has no path. A `#` has no place in a target, so one that has it keeps its query and is
 * found ambiguous.
 */
export function pathOfTarget(target: string): string {
  const query = target.includes("#") ? -1 : target.indexOf("?");
  const head = query === -1 ? target : target.slice(0, query);
  if (head.startsWith("/") || head === "*") return head;
  const authority = /^https?:\/\/[^/#]*/i.exec(head);
  if (authority === null) return "";
  const path = head.slice(authority[0].length) || "/";
  return path.startsWith("/") ? path : "";
}

/** Splits a path that begins with `/` into its segments, or says what makes it ambiguous. Linear; never throws. */
export function readPlainPath(path: string): PlainPath | AmbiguousPath {
  const problem = findProblem(path);
  if (problem !== undefined) return { kind: "ambiguous", reason: problem };
  const raw = splitPath(path);
  if (raw.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return { kind: "ambiguous", reason: "the path holds an empty or dot segment" };
  }
  if (!path.includes("%")) return { kind: "plain", raw, decoded: raw };
  try {
    return { kind: "plain", raw, decoded: raw.map((segment) => decodeURIComponent(segment)) };
  } catch {
    return { kind: "ambiguous", reason: "the path is not UTF-8 once decoded" };
  }
}

function findProblem(path: string): string | undefined {
  if (path.includes("#")) return "the target holds a fragment";
  if (path.includes("\\")) return "the path holds a backslash";
  if (path.includes(";")) return "the path holds a `;` parameter";
  if (notVisible.test(path)) return "the path holds a byte that must be percent-encoded";
  if (!path.includes("%")) return undefined;
  if (malformedPercent.test(path)) return "the path holds a `%` that encodes nothing";
  if (encodedSpecial.test(path) || encodedC1.test(path)) {
    return "the path holds an encoded slash, backslash, dot, percent sign, delimiter or control character";
  }
  return undefined;
}

/** Segments of a path that begins with `/`; one trailing slash adds none. */
export function splitPath(path: string): readonly string[] {
  const segments = path.split("/");
  segments.shift();
  if (segments.at(-1) === "") segments.pop();
  return segments;
}
