/** Bytes from text in which each character is one byte; for writing wire data down as literals. Throws on characters above U+00FF. */
export function latin1(text: string): Buffer {
  const wide = /[^\u0000-\u00ff]/.exec(text);
  if (wide) throw new Error(`not a byte: ${JSON.stringify(wide[0])} at ${wide.index}`);
  return Buffer.from(text, "latin1");
}

/** Wire data as a literal one can read and paste, cut to `limit` characters. */
export function printable(bytes: Uint8Array, limit = 400): string {
  const text = JSON.stringify(Buffer.from(bytes.subarray(0, limit)).toString("latin1"));
  return bytes.length > limit ? `${text}… (${bytes.length} bytes)` : text;
}
