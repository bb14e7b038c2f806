/**
 * A compiled path pattern, the same language for lists of a server's routes and for the user's rules: literal segments,
 * `*` for any run of characters within one segment, `{name}` for one segment (or its part before a literal suffix such
 * as `:predict`) that is captured, and `**` at the end for any number of segments, none included.
 */
export interface PathPattern {
  readonly text: string;
  readonly segments: readonly PatternSegment[];
  readonly hasRest: boolean;
}

/** One segment: `prefix`, then anything if `isOpen`, then `suffix`; `capture` is the name of the part between them. */
interface PatternSegment {
  readonly prefix: string;
  readonly suffix: string;
  readonly isOpen: boolean;
  readonly capture: string;
}

/** How a pattern is compared with a path: `ignoreCase` as the model server does. */
export interface MatchOptions {
  readonly ignoreCase: boolean;
}

/** The text that each `{name}` of a pattern matched, by name. */
export type Captures = Readonly<Record<string, string>>;

const openSegment = /^([^*{}]*)(?:\*|\{([a-z]+)\})([^*{}]*)$/;

/** Compiles a pattern. Throws a RangeError when it is malformed: check the text of a user first. */
export function compilePattern(text: string): PathPattern {
  const parts = text.split("/");
  if (parts.shift() !== "") throw new RangeError(`pattern ${text} does not begin with /`);
  if (parts.length === 1 && parts[0] === "") parts.pop();
  const hasRest = parts.at(-1) === "**";
  if (hasRest) parts.pop();
  return { text, segments: parts.map((part) => compileSegment(part, text)), hasRest };
}

function compileSegment(part: string, text: string): PatternSegment {
  if (part === "") throw new RangeError(`pattern ${text} has an empty segment`);
  if (!/[*{}]/.test(part)) return { prefix: part, suffix: "", isOpen: false, capture: "" };
  const found = openSegment.exec(part);
  if (found === null) throw new RangeError(`pattern ${text} has a segment with more than one open part`);
  const [, prefix = "", capture = "", suffix = ""] = found;
  return { prefix, suffix, isOpen: true, capture };
}

/** True when the pattern matches a path of these segments as a whole. Linear in their number. */
export function matchesPattern(pattern: PathPattern, segments: readonly string[], options: MatchOptions): boolean {
  const count = pattern.segments.length;
  if (pattern.hasRest ? segments.length < count : segments.length !== count) return false;
  return pattern.segments.every((part, index) => matchesSegment(part, segments[index] ?? "", options));
}

function matchesSegment(part: PatternSegment, segment: string, options: MatchOptions): boolean {
  const text = options.ignoreCase ? segment.toLowerCase() : segment;
  const prefix = options.ignoreCase ? part.prefix.toLowerCase() : part.prefix;
  if (!part.isOpen) return text === prefix;
  const suffix = options.ignoreCase ? part.suffix.toLowerCase() : part.suffix;
  // A capture matches at least one character, so `/v1/models/:predict` names no model.
  const minLength = prefix.length + suffix.length + (part.capture === "" ? 0 : 1);
  return text.length >= minLength && text.startsWith(prefix) && text.endsWith(suffix);
}

/** The captures of segments that {@link matchesPattern}; meaningless for others. */
export function capturesOf(pattern: PathPattern, segments: readonly string[]): Captures {
  const captures: Record<string, string> = {};
  for (const [index, part] of pattern.segments.entries()) {
    if (part.capture === "") continue;
    const segment = segments[index] ?? "";
    captures[part.capture] = segment.slice(part.prefix.length, segment.length - part.suffix.length);
  }
  return captures;
}

/** First segment of a pattern when it is literal; empty for other patterns and for `/`. */
export function firstLiteral(pattern: PathPattern): string {
  const first = pattern.segments[0];
  return first === undefined || first.isOpen ? "" : first.prefix;
}

/** True when the pattern's first segment is a capture or has a wildcard, so that it may match any first segment. */
export function beginsOpen(pattern: PathPattern): boolean {
  return pattern.segments[0]?.isOpen === true;
}
