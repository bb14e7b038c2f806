import { splitPath } from "./target-path.ts";

// No honest client encodes more than twice; a path that is still encoded after this many rounds is an attempt.
const maxRounds = 4;

const control = /[\u0000-\u001f\u007f-\u009f]/;
const percentRun = /(?:%[0-9a-f]{2})+/gi;

/**
 * Every way in which some server could read a path: as sent, percent-decoded once and again until nothing changes,
 * each time as it stands and with backslashes turned, parameters cut, and empty and dot segments resolved. For
 * protocols whose server is unknown: a rule must hold for all of them. Each reading is a list of segments, so an
 * encoded slash splits only in the readings of a server that decodes first.
 *
 * Undefined when there is no telling: control characters, bytes that are not UTF-8, or more than four rounds of
 * encoding. Cost is linear in the path's length.
 */
export function readPathEveryWay(path: string): readonly (readonly string[])[] | undefined {
  const readings: (readonly string[])[] = [];
  let current = path;
  for (let round = 0; round < maxRounds; round++) {
    if (control.test(current)) return undefined;
    readings.push(splitPath(current), resolve(current));
    const next = decodeOnce(current);
    if (next === undefined) return undefined;
    if (next === current) return readings;
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
