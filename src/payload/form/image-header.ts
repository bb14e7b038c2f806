/** What the first bytes of an image say about it; no pixel is decoded. */

/** Kind and size of an image. */
export interface ImageHeader {
  /** Its media type. */
  readonly type: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  /** Width and height in pixels; absent where the header does not say, or not within the bytes. */
  readonly size?: { readonly width: number; readonly height: number };
}

/**
 * Recognises PNG, JPEG, GIF and WebP by their first bytes; undefined for everything else. The size of a WebP is not
 * read. Hops from segment to segment of a JPEG, otherwise of constant cost; never reads outside the bytes.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, 0, "\x89PNG\r\n\x1a\n")) return withSize("image/png", pngSize(bytes, view));
  if (startsWith(bytes, 0, "\xff\xd8\xff")) return withSize("image/jpeg", jpegSize(view));
  if (startsWith(bytes, 0, "GIF87a") || startsWith(bytes, 0, "GIF89a")) return withSize("image/gif", gifSize(view));
  if (startsWith(bytes, 0, "RIFF") && startsWith(bytes, 8, "WEBP")) return { type: "image/webp" };
  return undefined;
}

function withSize(type: ImageHeader["type"], size: ImageHeader["size"]): ImageHeader {
  return size === undefined ? { type } : { type, size };
}

/** The first chunk is IHDR, which begins with both (PNG, section 11.2.1). */
function pngSize(bytes: Uint8Array, view: DataView): ImageHeader["size"] {
  if (view.byteLength < 24 || !startsWith(bytes, 12, "IHDR")) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function gifSize(view: DataView): ImageHeader["size"] {
  return view.byteLength < 10 ? undefined : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Finds the frame header (ITU-T T.81, section B.2.2) among the marker segments before the first scan. */
function jpegSize(view: DataView): ImageHeader["size"] {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    // Any number of bytes 0xff may fill the space before a marker (section B.1.1.2).
    if (marker === 0xff) at++;
    else if (isFrameHeader(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else if (marker === startOfScan || marker === endOfImage) return undefined;
    else at += 2 + (isBareMarker(marker) ? 0 : view.getUint16(at + 2));
  }
  return undefined;
}

const startOfScan = 0xda;
const endOfImage = 0xd9;

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** TEM, RST0 to RST7 and SOI have no length. */
function isBareMarker(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
