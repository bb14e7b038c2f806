import { OutriderError } from "../errors/outrider-error.ts";

/** The error for a file that is not what it should be; `place` begins with the file's name. */
export function malformed(place: string, problem: string, cause?: unknown): OutriderError {
  return new OutriderError("dataset_malformed", `${place}: ${problem}`, cause === undefined ? {} : { cause });
}
