import { splitPath } from "./target-path.ts";

// No honest client encodes more than twice; a path that is still encoded after this many rounds is an attempt.
const maxRounds = 4;

const control = /[\u0000-\u001f\u007f-\u009f]/;
const percentRun = /(?:%[0-9a-f]{2})+/gi;

/**
 * Every way in which some server could interpret a path: as sent, percent-decoded once and again until nothing changes,
 * each time unchanged and with backslashes turned into slashes, parameters cut, and empty and dot segments resolved. For
 * servers that are not known: a rule must hold for all interpretations. Each is a list of segments, so an encoded slash
 * splits only for a server that decodes first.
 *
 * Undefined when the path cannot be interpreted: control characters, bytes that are not UTF-8, or more than four rounds
 * of encoding. Cost is linear in the path's length.
 */
export function interpretationsOf(path: string): readonly (readonly string[])[] | undefined {
  const interpretations: (readonly string[])[] = [];
  let current = path;
  for (let round = 0; round < maxRounds; round++) {
    if (control.test(current)) return undefined;
    interpretations.push(splitPath(current), resolve(current));
    const next = decodeOnce(current);
    if (next === undefined) return undefined;
    if (next === current) return interpretations;
    current = next;
  }
  return undefined;
}

/** Decodes what is encoded and leaves a stray `%` alone, as lenient servers do. */
function decodeOnce(path: string): string | undefined {
  try {
    return path.replace(percentRun, (run) => decodeURIComponent(run));
  } catch {
    return undefined;
  }
}

function resolve(path: string): readonly string[] {
  const resolved: string[] = [];
  const [beforeQuery = ""] = path.split(/[?#]/, 1);
  for (const segment of beforeQuery.replaceAll("\\", "/").split("/")) {
    const [name = ""] = segment.split(";", 1);
    if (name === "..") resolved.pop();
    else if (name !== "" && name !== ".") resolved.push(name);
  }
  return resolved;
}
