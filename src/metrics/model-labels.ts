/** What identifies a model in metrics: name, version and variant. */

/** Labels of everything that is counted for one model. */
export interface ModelLabels {
  readonly model: string;
  readonly version: string;
  readonly variant: string;
}

/** Model names of requests without series of their own. */
export const collectedNames = { other: "__other__", unmatched: "__unmatched__", unnamed: "__unnamed__" } as const;

/** Maximum length of the name and the version of a model that gets its own series: longer ones are not real models. */
const maxNameLength = 256;

/** True when name and version are short enough for series of their own. */
export const isModelName = (model: string, version: string): boolean =>
  model.length <= maxNameLength && version.length <= maxNameLength;

/** Values by name, version and variant. A look-up takes three steps and builds no string. */
export class ModelMap<Value> {
  readonly #byModel = new Map<string, Map<string, Map<string, Value>>>();

  /** The value of these labels, if there is one. */
  find(model: string, version: string, variant: string): Value | undefined {
    return this.#byModel.get(model)?.get(version)?.get(variant);
  }

  /** True when any variant of this name and version has a value. */
  hasVersion(model: string, version: string): boolean {
    return this.#byModel.get(model)?.has(version) ?? false;
  }

  /** Sets the value of these labels. */
  set({ model, version, variant }: ModelLabels, value: Value): void {
    const byVersion = getOrCreate(this.#byModel, model);
    getOrCreate(byVersion, version).set(variant, value);
  }
}

function getOrCreate<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = new Map<string, Value>();
  map.set(key, created);
  return created;
}
