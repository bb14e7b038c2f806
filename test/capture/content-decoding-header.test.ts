import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codingsOf } from "../../src/capture/content-decoding.ts";

describe("the codings of a Content-Encoding header", () => {
  it.each([
    ["", []],
    ["identity", []],
    ["gzip", ["gzip"]],
    ["X-GZip", ["gzip"]],
    [" GZIP ", ["gzip"]],
    ["gzip, br", ["br", "gzip"]],
    ["deflate,, identity,zstd", ["zstd", "deflate"]],
    ["gzip, gzip, gzip", ["gzip", "gzip", "gzip"]],
  ])("reads %j, the last one first", (header, expected) => {
    expect(codingsOf(header)).toEqual(expected);
  });

  it.each(["compress", "aws-chunked", "gzip, snappy", "gzip;q=1", "gzip br", "gzip,gzip,gzip,gzip", "__proto__"])(
    "does not know %j",
    (header) => {
      expect(codingsOf(header)).toBeUndefined();
    },
  );

  it("refuses an overlong list", () => {
    expect(codingsOf(`${"identity, ".repeat(1000)}gzip`)).toBeUndefined();
  });

  it("are never more than three", () => {
    const part = fc.constantFrom("gzip", "br", "identity", "", " ", "zstd", "constructor");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        expect((codingsOf(parts.join(",")) ?? []).length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
