/** Looks through encodings that may hide a match: escapes, percent-encoding, entities, base64. */

/** Nested encodings that are decoded. A text with more counts as a match, whatever it holds. */
const maxLayers = 8;

/** Escapes of JSON and of programming languages, `%XX`, and HTML entities. */
const escape =
  /\\(?:u([\da-f]{4})|u\{([\da-f]{1,6})\}|x([\da-f]{2})|([\s\S]))|((?:%[\da-f]{2})+)|&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi;

const mayHoldEscape = /[\\%&]/;

/** Shortest base64 text that can hold a match. */
const minBase64Length = 16;
/** Characters (whole bytes) of a text that are decoded first: most texts that look like base64 are not. */
const base64Sample = 64;

/** For a text without white space at its end, which would make the expression backtrack at each line end. */
const base64 = /^(?:data:[^,]*;base64,)?([\w+/\r\n-]+={0,2})$/;
const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** Does not throw, because exceptions are slow: invalid UTF-8 becomes {@link noCharacter}. */
const lenientUtf8 = new TextDecoder();
const noCharacter = "\ufffd";

/**
 * Whether `isFound` is true for the text after decoding one or more layers: `\u0040` and other backslash escapes, `%40`,
 * `&#64;`, and base64 (also base64url and data URLs) of UTF-8 when it is the whole text. `isFound` is not called for the
 * text itself. Not decoded: base64 in a part of a text, compression, other character encodings. Linear in the length of
 * the text; about 50 ns for a short one without encodings.
 */
export function isFoundDecoded(text: string, isFound: (form: string) => boolean): boolean {
  let form = text;
  for (let layer = 0; layer < maxLayers; layer++) {
    const next = decodeBase64(form) ?? unescape(form);
    if (next === form) return false;
    if (isFound(next)) return true;
    form = next;
  }
  return true;
}

function unescape(text: string): string {
  return mayHoldEscape.test(text) ? text.replaceAll(escape, decodeEscape) : text;
}

function decodeEscape(whole: string, ...groups: readonly (string | undefined)[]): string {
  const [unicode, braced, byte, character, percents, decimal, hexadecimal, entity] = groups;
  const hex = unicode ?? braced ?? byte ?? hexadecimal;
  if (hex !== undefined) return characterOf(Number.parseInt(hex, 16));
  if (decimal !== undefined) return characterOf(Number(decimal));
  if (percents !== undefined) return decodePercents(percents);
  if (entity !== undefined) return entities.get(entity.toLowerCase()) ?? whole;
  return /[nrtbfv]/.test(character ?? "") ? " " : (character ?? whole);
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
  ["lt", "<"],
  ["gt", ">"],
  ["commat", "@"],
  ["period", "."],
  ["nbsp", " "],
  ["ensp", " "],
  ["emsp", " "],
  ["ndash", "-"],
  ["mdash", "-"],
  ["dash", "-"],
  ["hyphen", "-"],
]);

function characterOf(code: number): string {
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : " ";
}

/** Bytes that are not UTF-8 become one character each. */
function decodePercents(percents: string): string {
  const bytes = Uint8Array.from(percents.slice(1).split("%"), (hex) => Number.parseInt(hex, 16));
  const text = lenientUtf8.decode(bytes);
  return text.includes(noCharacter) ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") : text;
}

/** The text behind base64; undefined when the text is not base64, or decodes to binary. */
function decodeBase64(text: string): string | undefined {
  if (text.length < minBase64Length) return undefined;
  const found = base64.exec(text.trimEnd())?.[1];
  if (found === undefined) return undefined;
  const coded = found
    .replaceAll(/[\r\n=]/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  // A single character beyond groups of four encodes no byte: atob would throw.
  if (coded.length % 4 === 1 || binary.test(atob(coded.slice(0, base64Sample)))) return undefined;
  const decoded = lenientUtf8.decode(bytesOf(atob(coded)));
  return binary.test(decoded) || decoded.includes(noCharacter) ? undefined : decoded;
}

function bytesOf(characters: string): Uint8Array {
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
