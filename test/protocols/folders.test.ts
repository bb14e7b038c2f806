import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { definitions, protocols } from "../../src/protocols/list.ts";

const room = path.resolve(import.meta.dirname, "../../src/protocols");
const folders = readdirSync(room, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe("the folders of protocols", () => {
  it("are the protocols of the list, each in it once", () => {
    expect([...protocols].toSorted()).toEqual(folders.toSorted());
    expect(Object.keys(definitions).toSorted()).toEqual(folders.toSorted());
  });

  it.each(folders)("hold the same files: %s", (folder) => {
    expect(readdirSync(path.join(room, folder)).toSorted()).toEqual([
      "definition.ts",
      "detect.ts",
      "errors.ts",
      "reader.ts",
      "readiness.ts",
      "routes.ts",
    ]);
  });

  it("declare overlaps with protocols of the list", () => {
    for (const { detection } of Object.values(definitions)) {
      const { includes = [] } = detection;
      if (includes !== "all") expect(folders).toEqual(expect.arrayContaining([...includes]));
    }
  });
});
