import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readImageHeader } from "../../../src/payload/form/image-header.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

const png = "89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 0802000000";
const jfif = "ffd8 ffe0 0010 4a46494600010100000100010000";
const quantisation = "ffdb 0003 00";
const frame = "ffc0 0011 08 01e0 0280 03 012200 021101 031101";

describe("readImageHeader", () => {
  it.each([
    ["a PNG", png, { type: "image/png", size: { width: 640, height: 480 } }],
    ["a PNG without its size", "89504e470d0a1a0a 0000000d 49484452 0000", { type: "image/png" }],
    [
      "a PNG that begins with another chunk",
      "89504e470d0a1a0a 00000004 43674249 50002002 00000000",
      { type: "image/png" },
    ],
    ["a JPEG", `${jfif} ${quantisation} ${frame}`, { type: "image/jpeg", size: { width: 640, height: 480 } }],
    [
      "a progressive JPEG",
      `ffd8 ${frame.replace("c0", "c2")}`,
      { type: "image/jpeg", size: { width: 640, height: 480 } },
    ],
    ["a JPEG with fill bytes", `ffd8 ffff ff${frame}`, { type: "image/jpeg", size: { width: 640, height: 480 } }],
    [
      "a JPEG with a Huffman table first",
      `ffd8 ffc4 0004 0102 ${frame}`,
      { type: "image/jpeg", size: { width: 640, height: 480 } },
    ],
    ["a JPEG whose scan comes first", `ffd8 ffda 0002 ${frame}`, { type: "image/jpeg" }],
    ["a JPEG that ends", `ffd8 ffd9 ${frame}`, { type: "image/jpeg" }],
    ["a JPEG whose segment ends after its end", `ffd8 ffe0 ffff ${frame}`, { type: "image/jpeg" }],
    ["a GIF", "474946383961 8002 e001 f70000", { type: "image/gif", size: { width: 640, height: 480 } }],
    ["a GIF of 1987", "474946383761 0100 0200", { type: "image/gif", size: { width: 1, height: 2 } }],
    ["a GIF without its size", "474946383961 8002", { type: "image/gif" }],
    ["a WebP", "52494646 24000000 57454250 56503820", { type: "image/webp" }],
    ["a WAV", "52494646 24000000 57415645", undefined],
    ["nothing", "", undefined],
    ["JSON", "7b7d", undefined],
  ])("recognises %s", (_, bytes, header) => {
    expect(readImageHeader(hex(bytes))).toEqual(header);
  });

  it("reads nothing outside the bytes, wherever they end", () => {
    for (const text of [png, `${jfif} ${frame}`, "474946383961 8002 e001"]) {
      const whole = hex(text);
      // A view whose buffer goes on: a reader of the buffer would find the size there.
      for (let length = 0; length <= whole.length; length++) {
        const header = readImageHeader(whole.subarray(0, length));
        expect(header?.size === undefined || header.size.width === 640).toBe(true);
      }
    }
  });

  it("ends for every JPEG", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0xff, 0x00, 0x01, 0xc0, 0xc4, 0xd0, 0xe0), { maxLength: 60 }), (rest) => {
        expect(readImageHeader(Uint8Array.from([0xff, 0xd8, 0xff, ...rest]))?.type).toBe("image/jpeg");
      }),
    );
    readImageHeader(new Uint8Array(1_000_000).fill(0xff).fill(0xd8, 1, 2));
  });
});
