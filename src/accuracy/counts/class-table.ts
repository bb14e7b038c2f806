/** Numbers for the classes of a model. The classes past the bound are one class, {@link otherClass}. */

/** Maximum number of classes with their own counts in the confusion table; further ones are {@link otherClass}. */
export const maxClasses = 50;

/** Name of all further classes together. */
export const otherClass = "__other__";

/** Maximum bytes of a name in JSON: two names, of a label and its prediction, form one field name in the fleet's store. */
const maxNameLength = 480;
const utf8 = new TextEncoder();

/** False for a name that is too long in bytes; it is counted as {@link otherClass}. */
export const isClassName = (name: string): boolean => utf8.encode(JSON.stringify(name)).length <= maxNameLength;

/** Numbers for class names, in the order of their first occurrence. */
export class ClassTable {
  readonly #indices = new Map<string, number>();
  readonly #names: string[] = [];

  /** The number of a class, assigned at its first call while there is room; {@link maxClasses} for all others. */
  indexOf(name: string): number {
    const found = this.#indices.get(name);
    if (found !== undefined) return found;
    if (this.#names.length === maxClasses || name === otherClass || !isClassName(name)) return maxClasses;
    this.#indices.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** The name of a number that {@link indexOf} returned. */
  nameOf(index: number): string {
    return this.#names[index] ?? otherClass;
  }
}
