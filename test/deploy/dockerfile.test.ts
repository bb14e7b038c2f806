import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { entrypoint, imageUser } from "../../deploy/docker/image.mjs";
import { adminFields } from "../../src/config/fields/operation.ts";
import { topFields } from "../../src/config/fields/serving.ts";
import { rootDir } from "../architecture/source-files.ts";

const dockerfile = readFileSync(path.join(rootDir, "deploy/docker/Dockerfile"), "utf8");

/** What follows an instruction of the last stage. */
function instruction(name: string): string | undefined {
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  return new RegExp(`^${name} (.*)$`, "m").exec(lastStage)?.[1];
}

describe("the Dockerfile", () => {
  it("starts what the assembled tree is tested with, as the same user", () => {
    expect(JSON.parse(instruction("ENTRYPOINT") ?? "")).toEqual(entrypoint);
    expect(instruction("USER")).toBe(`${imageUser}:${imageUser}`);
    expect(JSON.parse(instruction("CMD") ?? "")).toEqual(["run"]);
  });

  it("names the ports that are the defaults of the product, and a base that can be replaced", () => {
    const ports = [topFields.listen.default, adminFields.listen.default].map((address) => address.split(":").at(-1));
    expect(instruction("EXPOSE")).toBe(ports.join(" "));
    expect(dockerfile).toMatch(/^ARG BASE=\S+$/m);
    expect(dockerfile).toMatch(/^FROM \$\{BASE\} AS build$/m);
  });

  it("puts nothing into the image but the assembled tree", () => {
    const lastStage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
    expect(lastStage.match(/^(?:COPY|ADD|RUN) .*$/gm)).toEqual(["COPY --from=build /image /"]);
  });
});
