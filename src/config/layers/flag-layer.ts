/** Reads the values of the flags of fields. */
import { rulesOf } from "../table/kinds.ts";
import type { Entry, Layer } from "./layer.ts";
import type { Mistake } from "../mistake.ts";
import { fieldRows, type FieldRow } from "../table/table.ts";

/** A flag of the command line and its text. */
export interface FlagValue {
  /** With its dashes, e.g. `--listen`. */
  readonly flag: string;
  readonly text: string;
}

const rowsByFlag: ReadonlyMap<string, FieldRow> = new Map(fieldRows.map((row) => [row.flag, row]));

/**
 * The values that flags give. The flag of a list may be given more than once and adds up; any other flag may not. Flags
 * that belong to no field are ignored: the reader of the command line has reported them.
 */
export function flagLayer(flags: readonly FlagValue[]): Layer {
  const entries = new Map<string, Entry>();
  const mistakes: Mistake[] = [];
  for (const { flag, text } of flags) {
    const row = rowsByFlag.get(flag);
    if (row === undefined) {
      continue;
    }
    const input = rulesOf(row.field).fromText(text);
    const earlier = entries.get(flag)?.input;
    const origin = { kind: "flag", name: flag } as const;
    if (earlier !== undefined && !Array.isArray(earlier)) {
      mistakes.push({ origin, path: row.path, problem: "this flag is given more than once" });
    }
    const isList = Array.isArray(earlier) && Array.isArray(input);
    entries.set(flag, { row, input: isList ? [...earlier, ...input] : input, origin });
  }
  return { entries: [...entries.values()], mistakes };
}
