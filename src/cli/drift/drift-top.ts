import { OutriderError } from "../../errors/outrider-error.ts";
import { flagText, type Invocation } from "../program/command.ts";

/** How many rows `--top` asks for, 20 by default; fails with `usage`. */
export function readTop(invocation: Invocation): number {
  const text = flagText(invocation, "--top") ?? "20";
  const top = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(top) || top < 1) {
    throw new OutriderError("usage", `--top ${text}: a number from 1 is expected, e.g. 20`);
  }
  return top;
}
