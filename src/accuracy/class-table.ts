/** Classes that are told apart; what comes after them is one class, {@link otherClass}. */

/** Most classes that are told apart. */
export const maxClasses = 50;

/** Stands for all further classes. */
export const otherClass = "__other__";

/** Bytes of a name in JSON: two of them, of a label and its prediction, are one name in the shared state of a fleet. */
const maxNameLength = 480;
const utf8 = new TextEncoder();

/** False for a name so long, in bytes, that it is counted as {@link otherClass}. */
export const isClassName = (name: string): boolean => utf8.encode(JSON.stringify(name)).length <= maxNameLength;

/** Numbers for class names, in the order in which they come. */
export class ClassTable {
  readonly #indices = new Map<string, number>();
  readonly #names: string[] = [];

  /** The number of a class, which gets one when there is room; {@link maxClasses} stands for all others. */
  indexOf(name: string): number {
    const found = this.#indices.get(name);
    if (found !== undefined) return found;
    if (this.#names.length === maxClasses || name === otherClass || !isClassName(name)) return maxClasses;
    this.#indices.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** The name of a number that {@link indexOf} gave. */
  nameOf(index: number): string {
    return this.#names[index] ?? otherClass;
  }
}
