/** Reads the words after a command: flags and operands. */
import type { FlagValue } from "../../config/layers/flag-layer.ts";
import type { Mistake } from "../../config/mistake.ts";
import { removedFlag } from "../../config/table/removed-fields.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { Command, FlagSpec, Invocation } from "./command.ts";

interface Reader {
  readonly words: readonly string[];
  readonly specs: readonly FlagSpec[];
  readonly flags: FlagValue[];
  readonly operands: string[];
  readonly mistakes: Mistake[];
}

/**
 * Reads `--flag value`, `--flag=value` (or the flag's alias), switches as `--flag`, `--no-flag` or `--flag=false`, and
 * operands; all words after `--` are operands. Every mistake is reported; none stops the reading.
 */
export function readArguments(
  words: readonly string[],
  command: Pick<Command, "maxOperands">,
  specs: readonly FlagSpec[],
): Invocation {
  const reader: Reader = { words, specs, flags: [], operands: [], mistakes: [] };
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? "";
    if (word === "--") {
      reader.operands.push(...words.slice(index + 1));
      break;
    }
    if (word.startsWith("-") && word !== "-") {
      index += readFlag(reader, word, words[index + 1]);
    } else {
      reader.operands.push(word);
      index += 1;
    }
  }
  for (const word of reader.operands.slice(command.maxOperands)) {
    reader.mistakes.push(usageMistake(word, "unexpected argument"));
  }
  return { flags: reader.flags, operands: reader.operands.slice(0, command.maxOperands), mistakes: reader.mistakes };
}

/** Takes one flag and returns how many words it was. */
function readFlag(reader: Reader, word: string, next: string | undefined): number {
  const equals = word.indexOf("=");
  const given = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const spec = reader.specs.find((candidate) => candidate.name === given || candidate.alias === given);
  if (spec === undefined) {
    return readNegatedOrUnknown(reader, given, inline, next);
  }
  const { name } = spec;
  if (spec.placeholder === undefined) {
    reader.flags.push({ flag: name, text: inline ?? "true" });
    return 1;
  }
  if (inline !== undefined) {
    reader.flags.push({ flag: name, text: inline });
    return 1;
  }
  if (next === undefined || next.startsWith("--")) {
    reader.mistakes.push({ ...usageMistake(name, "the value is missing"), expected: `${name} ${spec.placeholder}` });
    return 1;
  }
  reader.flags.push({ flag: name, text: next });
  return 2;
}

function readNegatedOrUnknown(
  reader: Reader,
  name: string,
  inline: string | undefined,
  next: string | undefined,
): number {
  const positive = name.startsWith("--no-") ? `--${name.slice("--no-".length)}` : "";
  const isNegated = reader.specs.some((spec) => spec.name === positive && spec.placeholder === undefined);
  if (isNegated && inline === undefined) {
    reader.flags.push({ flag: positive, text: "false" });
    return 1;
  }
  const names = reader.specs.map((spec) => spec.name);
  const removed = names.includes("--config") ? removedFlag(name) : undefined;
  const nearest = removed === undefined ? nearestName(name, names) : undefined;
  reader.mistakes.push({
    ...usageMistake(name, removed ?? "unknown flag"),
    ...(nearest === undefined ? {} : { nearest }),
  });
  // What follows an unknown flag is most likely its value, not another mistake.
  return inline === undefined && next !== undefined && !next.startsWith("-") ? 2 : 1;
}

function usageMistake(name: string, problem: string): Mistake {
  return { origin: { kind: "flag", name }, path: "", problem };
}
