/** Versions of peers that are built from Go modules. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The version of a module that `bench/peers/FOLDER/go.mod` pins. Rejects when it names no such module. */
export function goModuleVersion(folder: string, modulePath: string): Promise<string> {
  const file = fileURLToPath(new URL(`../peers/${folder}/go.mod`, import.meta.url));
  const line = readFileSync(file, "utf8")
    .split("\n")
    .map((text) => text.trim().replace(/^require /, ""))
    .find((text) => text.startsWith(`${modulePath} v`));
  if (line === undefined) return Promise.reject(new Error(`${file} does not name ${modulePath}`));
  return Promise.resolve(line.slice(modulePath.length + 2).replace(/ .*/, ""));
}
