/** Finds programs of the system. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where the system keeps servers, whether or not the user's PATH names it. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"];

/** Full path of an executable, from PATH and the system's folders; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...systemFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** True when the file is there and may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
