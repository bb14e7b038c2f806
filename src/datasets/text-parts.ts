import type { AppendPart } from "./row-writer.ts";

const charactersAtOnce = 2 ** 18;

/** Gathers lines until they are worth a write. */
export class TextParts {
  readonly #append: AppendPart;
  #lines: string[] = [];
  #characters = 0;

  constructor(append: AppendPart) {
    this.#append = append;
  }

  /** Takes a line with its end. */
  add(line: string): void | Promise<void> {
    this.#lines.push(line);
    this.#characters += line.length;
    return this.#characters < charactersAtOnce ? undefined : this.flush();
  }

  /** Writes what there is. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("");
    this.#lines = [];
    this.#characters = 0;
    await this.#append(text);
  }
}
