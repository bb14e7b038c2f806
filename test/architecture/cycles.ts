/** Finds the cycles of a graph of names. */

/**
 * One way round each cycle that a depth-first walk meets, first name repeated at the end; empty when there is none.
 * A name that points at itself is a cycle. Linear in edges.
 */
export function findCycles(edges: readonly (readonly [string, string])[]): readonly (readonly string[])[] {
  const targets = Map.groupBy(edges, ([from]) => from);
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (name: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(name);
    if (seenAt >= 0) {
      cycles.push([...trail.slice(seenAt), name]);
      return;
    }
    if (done.has(name)) return;
    for (const [, to] of targets.get(name) ?? []) walk(to, [...trail, name]);
    done.add(name);
  };
  for (const name of targets.keys()) walk(name, []);
  return cycles;
}
