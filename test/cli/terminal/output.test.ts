import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

import { writeTarget, writeWhole } from "../../../src/cli/terminal/output.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

async function write(name: string, content: string): Promise<string> {
  let printed = "";
  await writeWhole(await writeTarget(name), content, {
    write: (part) => {
      printed += part;
    },
  });
  return printed;
}

describe("an output file", () => {
  it("replaces a file, keeps its permissions, and leaves no other file behind", async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, "b.json");
    await write(file, "one");
    await chmod(file, 0o600);
    const { ino } = await stat(file);
    await write(file, "two");
    expect(await readFile(file, "utf8")).toBe("two");
    const there = await stat(file);
    expect(there.mode & 0o777).toBe(0o600);
    expect(there.ino).not.toBe(ino);
    expect(await readdir(directory)).toEqual(["b.json"]);
  });

  it("is written into a pipe without replacing it", async () => {
    const pipe = path.join(await temporaryDirectory(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const read = text(createReadStream(pipe));
    await write(pipe, "through");
    expect(await read).toBe("through");
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  it("replaces the file behind a link and keeps the link", async () => {
    const directory = await temporaryDirectory();
    await mkdir(path.join(directory, "deep"));
    await writeFile(path.join(directory, "deep/target.json"), "old");
    await symlink("deep/target.json", path.join(directory, "there"));
    await symlink("there", path.join(directory, "twice"));
    await write(path.join(directory, "twice"), "new");
    expect(await readlink(path.join(directory, "there"))).toBe("deep/target.json");
    expect(await readlink(path.join(directory, "twice"))).toBe("there");
    expect(await readFile(path.join(directory, "deep/target.json"), "utf8")).toBe("new");
    expect(await readdir(path.join(directory, "deep"))).toEqual(["target.json"]);
  });

  it("goes to standard output for -", async () => {
    expect(await write("-", "printed")).toBe("printed");
  });

  it("is named in errors, with the problem", async () => {
    const directory = await temporaryDirectory();
    await symlink("loop", path.join(directory, "loop"));
    await symlink("absent.json", path.join(directory, "dangling"));
    await expect(write(directory, "x")).rejects.toMatchObject({
      code: "file_unwritable",
      message: `${directory}: it is a directory; name a file in it`,
    });
    await expect(write(`${directory}/no/b.json`, "x")).rejects.toThrow(
      `${directory}/no/b.json: its folder does not exist`,
    );
    await expect(write(`${directory}/loop`, "x")).rejects.toThrow(`${directory}/loop: too many symbolic links`);
    await expect(write(`${directory}/dangling`, "x")).rejects.toThrow(
      `${directory}/dangling: it is a link to a file that does not exist`,
    );
    const longName = path.join(directory, "n".repeat(240));
    await expect(write(longName, "x")).rejects.toThrow(new RegExp(`^${longName}: name too long$`));
    expect((await readdir(directory)).sort()).toEqual(["dangling", "loop"]);
  });
});
