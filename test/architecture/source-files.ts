/** The source files of the product, for the checker. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Top folder of the repository. */
export const rootDir: string = path.resolve(import.meta.dirname, "../..");

/** Path below src/ → text of every TypeScript file there. */
export function readSourceFiles(): ReadonlyMap<string, string> {
  const src = path.join(rootDir, "src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return new Map(files.map((file) => [file, readFileSync(path.join(src, file), "utf8")]));
}
