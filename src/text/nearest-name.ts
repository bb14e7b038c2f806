/**
 * Finds the known name that is nearest to an unknown one, for "did you mean".
 *
 * The measure is the Damerau–Levenshtein distance in its restricted form (insert, delete, replace, swap neighbours),
 * ignoring `-`, `_`, `.` and letter case. Returns `undefined` when nothing is within a third of the
 * name's length. Costs the product of the lengths per candidate; meant for error messages.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function plain(name: string): string {
  // A longer name is not a typing error, and the cap bounds the cost.
  return name.slice(0, 64).replace(/[-_.]/g, "").toLowerCase();
}

function editDistance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) >= bound) {
    return bound;
  }
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      current.push(cellDistance({ left, right, row, column, beforePrevious, previous, current }));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? bound;
}

interface Cell {
  readonly left: string;
  readonly right: string;
  readonly row: number;
  readonly column: number;
  readonly beforePrevious: readonly number[];
  readonly previous: readonly number[];
  readonly current: readonly number[];
}

function cellDistance({ left, right, row, column, beforePrevious, previous, current }: Cell): number {
  const replaced = left[row - 1] === right[column - 1] ? 0 : 1;
  const plainSteps = Math.min(
    (previous[column] ?? 0) + 1,
    (current[column - 1] ?? 0) + 1,
    (previous[column - 1] ?? 0) + replaced,
  );
  const isSwap = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
  return isSwap ? Math.min(plainSteps, (beforePrevious[column - 2] ?? 0) + 1) : plainSteps;
}
