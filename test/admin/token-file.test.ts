import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTokenCheck } from "../../src/admin/token-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outrider-token-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const withToken = (text: string) => {
  const path = join(folder, "token");
  writeFileSync(path, text);
  return { path, check: createTokenCheck(path) };
};

describe("token file", () => {
  it("takes the token that the file holds, whatever white space surrounds it", async () => {
    const { check } = withToken("  s3cret-token\n");
    expect(await check("Bearer s3cret-token")).toBe("valid");
    expect(await check("bearer   s3cret-token")).toBe("valid");
    expect(await check("")).toBe("missing");
  });

  it.each([
    "Bearer s3cret-toke",
    "Bearer s3cret-token2",
    "Bearer",
    "Bearer ",
    "Basic s3cret-token",
    "s3cret-token",
    "Bearer s3cret-token, Bearer s3cret-token",
  ])("refuses %j", async (authorization) => {
    expect(await withToken("s3cret-token").check(authorization)).toBe("invalid");
  });

  it("follows the file when it is replaced", async () => {
    const { path, check } = withToken("old");
    expect(await check("Bearer old")).toBe("valid");
    writeFileSync(`${path}.new`, "new-one");
    renameSync(`${path}.new`, path);
    expect(await check("Bearer old")).toBe("invalid");
    expect(await check("Bearer new-one")).toBe("valid");
  });

  it("follows a Secret volume, where a link to the folder is swapped", async () => {
    for (const version of ["v1", "v2"]) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "token"), version);
    }
    const link = join(folder, "..data");
    symlinkSync("v1", link);
    symlinkSync("..data/token", join(folder, "token"));
    const check = createTokenCheck(join(folder, "token"));
    expect(await check("Bearer v1")).toBe("valid");
    symlinkSync("v2", `${link}.new`);
    renameSync(`${link}.new`, link);
    expect(await check("Bearer v1")).toBe("invalid");
    expect(await check("Bearer v2")).toBe("valid");
  });

  it("rejects every token while the file is empty or missing, and accepts it again afterwards", async () => {
    const { path, check } = withToken("\n");
    expect(await check("Bearer x")).toBe("invalid");
    expect(await check("Bearer ")).toBe("invalid");
    unlinkSync(path);
    expect(await check("Bearer x")).toBe("invalid");
    writeFileSync(path, "x");
    expect(await check("Bearer x")).toBe("valid");
  });

  it("has no token when no file is configured", async () => {
    const check = createTokenCheck("");
    expect(await check("")).toBe("not_configured");
    expect(await check("Bearer x")).toBe("invalid");
  });
});
