/** Looks through the codings in which a text may hide another one: escapes, percent-encoding, entities, base64. */

/** Codings within each other that are taken off. What has more is found, whatever it holds. */
const maxCodings = 8;

/** Escapes of JSON and of programming languages, `%XX`, and the entities of HTML. */
const escape =
  /\\(?:u([\da-f]{4})|u\{([\da-f]{1,6})\}|x([\da-f]{2})|([\s\S]))|((?:%[\da-f]{2})+)|&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi;

const mayHoldEscape = /[\\%&]/;

/** Shortest text in base64 that could hold anything to be found. */
const leastBase64 = 16;
/** Of a longer text so many characters, which are whole bytes, are decoded first: most that look like base64 are none. */
const base64Sample = 64;

/** Of a text without white space at its end: with it there would be two ways to read each of many line ends. */
const base64 = /^(?:data:[^,]*;base64,)?([\w+/\r\n-]+={0,2})$/;
const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** Does not throw, which would take longer than all else; what is no UTF-8 becomes {@link noCharacter}. */
const lenientUtf8 = new TextDecoder();
const noCharacter = "\ufffd";

/**
 * True when `isFound` is for what the text says once its codings are taken off, one after the other. Codings: `\u0040` and
 * other backslash escapes, `%40`, `&#64;`, and base64 (also base64url and data URLs) of UTF-8 when it is the whole text.
 * The text as it stands is not asked about. Not looked through: base64 in a part of a text, compression, other encodings
 * of characters. Linear in the length of the text; about 50 ns for a short one without codings.
 */
export function isFoundDecoded(text: string, isFound: (form: string) => boolean): boolean {
  let form = text;
  for (let codings = 0; codings < maxCodings; codings++) {
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

/** Bytes that are no UTF-8 are read one by one. */
function decodePercents(percents: string): string {
  const bytes = Uint8Array.from(percents.slice(1).split("%"), (hex) => Number.parseInt(hex, 16));
  const text = lenientUtf8.decode(bytes);
  return text.includes(noCharacter) ? Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") : text;
}

/** The text that a text in base64 stands for; undefined when it is none, or stands for bytes that are no text. */
function decodeBase64(text: string): string | undefined {
  if (text.length < leastBase64) return undefined;
  const found = base64.exec(text.trimEnd())?.[1];
  if (found === undefined) return undefined;
  const coded = found
    .replaceAll(/[\r\n=]/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  // One character holds no byte; with this the decoder has nothing to refuse.
  if (coded.length % 4 === 1 || binary.test(atob(coded.slice(0, base64Sample)))) return undefined;
  const decoded = lenientUtf8.decode(bytesOf(atob(coded)));
  return binary.test(decoded) || decoded.includes(noCharacter) ? undefined : decoded;
}

function bytesOf(characters: string): Uint8Array {
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
