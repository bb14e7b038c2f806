import { describe, expect, it } from "vitest";
import { imageTypeOf } from "../../../src/payload/form/image-type.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("the type of an image", () => {
  it.each([
    ["a PNG", "89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 0802000000", "image/png"],
    ["a PNG that begins with another chunk", "89504e470d0a1a0a 00000004 43674249 50002002 00000000", "image/png"],
    ["a JPEG", "ffd8 ffe0 0010 4a46494600010100000100010000", "image/jpeg"],
    ["a JPEG with fill bytes", "ffd8 ffff ffc0", "image/jpeg"],
    ["a JPEG that ends", "ffd8 ffd9", "image/jpeg"],
    ["a GIF", "474946383961 8002 e001 f70000", "image/gif"],
    ["a GIF of 1987", "474946383761 0100 0200", "image/gif"],
    ["a WebP", "52494646 24000000 57454250 56503820", "image/webp"],
    ["a WAV", "52494646 24000000 57415645", undefined],
    ["something that says WEBP after other bytes than RIFF", "00000000 24000000 57454250", undefined],
    ["a PNG that is cut", "89504e470d0a1a", undefined],
    ["nothing", "", undefined],
    ["JSON", "7b7d", undefined],
  ])("is found for %s", (_, bytes, type) => {
    expect(imageTypeOf(hex(bytes))).toBe(type);
  });

  it("depends on nothing outside the bytes", () => {
    const whole = hex("89504e470d0a1a0a 0000000d");
    // A view whose buffer goes on: a reader of the buffer would find the rest there.
    for (let length = 0; length < 8; length++) expect(imageTypeOf(whole.subarray(0, length))).toBeUndefined();
  });
});
