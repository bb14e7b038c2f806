/** Gives equal lists of column names the same object, so that consumers may key their own state on its identity. */
import type { Columns } from "../body-content.ts";

/** How many lists are remembered: models of one server, with a few variants each. */
const rememberedLists = 8;

/** The lists of columns that a reader met last. Holds at most 16 lists; the one unused for longest is dropped. */
export class ColumnsMemo {
  readonly #named: Columns[] = [];
  readonly #positional: { readonly prefix: string; readonly columns: Columns }[] = [];

  /** The columns with these names, which the caller must not change afterwards. About 0.2 µs for the 40 names of the last call. */
  named(names: readonly string[]): Columns {
    const found = this.find(names);
    if (found !== undefined) return found;
    const columns: Columns = { names, isPositional: false };
    moveToFront(this.#named, -1, columns);
    return columns;
  }

  /** The remembered columns with these names, if there are any; `names` may hold anything. */
  find(names: readonly unknown[]): Columns | undefined {
    for (let at = 0; at < this.#named.length; at++) {
      const columns = this.#named[at];
      if (columns === undefined || !isSameList(columns.names, names)) continue;
      if (at !== 0) moveToFront(this.#named, at, columns);
      return columns;
    }
    return undefined;
  }

  /** Columns without names: `0`, `1`, … or, with a prefix, `prefix[0]`, `prefix[1]`, … */
  positional(count: number, prefix = ""): Columns {
    const at = this.#positional.findIndex((known) => known.columns.names.length === count && known.prefix === prefix);
    const known = this.#positional[at] ?? {
      prefix,
      columns: { names: positionNames(count, prefix), isPositional: true },
    };
    if (at !== 0) moveToFront(this.#positional, at, known);
    return known.columns;
  }
}

/** Names of positions as {@link ColumnsMemo.positional} gives them. */
export function positionNames(count: number, prefix = ""): readonly string[] {
  return Array.from({ length: count }, (_, index) => (prefix === "" ? `${index}` : `${prefix}[${index}]`));
}

function isSameList(known: readonly string[], names: readonly unknown[]): boolean {
  if (known.length !== names.length) return false;
  for (let index = 0; index < names.length; index++) {
    if (known[index] !== names[index]) return false;
  }
  return true;
}

function moveToFront<Entry>(entries: Entry[], at: number, entry: Entry): void {
  if (at !== -1) entries.splice(at, 1);
  entries.unshift(entry);
  if (entries.length > rememberedLists) entries.pop();
}
