/** One fixed path for a program that lies deep in an environment. */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/**
 * Makes `link` a symbolic link to `target`, in place of what was there.
 * @param {string} target
 * @param {string} link
 */
export function linkProgram(target, link) {
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}
