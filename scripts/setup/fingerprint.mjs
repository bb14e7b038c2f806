/** Tells whether something that was installed from files of the repository is still what those files say. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/**
 * True when `marker` was written by {@link writeMarker} for the same content of the same files.
 * @param {string} marker
 * @param {readonly string[]} files
 */
export function isMarkerFresh(marker, files) {
  return existsSync(marker) && readFileSync(marker, "utf8") === digest(files);
}

/**
 * Remembers in the file `marker` what the files hold now.
 * @param {string} marker
 * @param {readonly string[]} files
 */
export function writeMarker(marker, files) {
  writeFileSync(marker, digest(files));
}

function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
