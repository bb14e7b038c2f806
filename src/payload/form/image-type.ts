/** First bytes of each kind of image, and where they are. */
const magicNumbers: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ["image/png", 0, "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF87a"],
  ["image/gif", 0, "GIF89a"],
  ["image/webp", 8, "WEBP"],
];

/**
 * The media type of a PNG, JPEG, GIF or WebP by its first bytes; undefined for everything else. For bodies and files
 * whose sender names no media type. Constant cost; no pixel is decoded.
 */
export function imageTypeOf(bytes: Uint8Array): string | undefined {
  const found = magicNumbers.find(([, offset, magic]) => startsWith(bytes, offset, magic))?.[0];
  return found === "image/webp" && !startsWith(bytes, 0, "RIFF") ? undefined : found;
}

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
