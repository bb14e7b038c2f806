/** Finite numbers and what each counts. */
export interface ValueSample {
  readonly values: Float64Array;
  /** As many as there are values, each above 0; undefined when each counts 1. */
  readonly weights: Float64Array | undefined;
}

/**
 * The different values of a sample, ascending, and the weight of all occurrences of each. Arrays: there may be a
 * million.
 */
export interface ValueMasses {
  readonly values: Float64Array;
  readonly masses: Float64Array;
  /** The sum of all masses. */
  readonly total: number;
}

/** Counts the different values of a sample. O(n log n). */
export function valueMasses(sample: ValueSample): ValueMasses {
  const { values, weights } = sorted(sample);
  const masses = new Float64Array(values.length);
  let distinct = 0;
  let total = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    const weight = weights === undefined ? 1 : weights[index]!;
    if (distinct === 0 || values[distinct - 1] !== value) {
      values[distinct] = value;
      distinct++;
    }
    masses[distinct - 1]! += weight;
    total += weight;
  }
  return { values: values.subarray(0, distinct), masses: masses.subarray(0, distinct), total };
}

/** A copy in ascending order of the values. */
function sorted({ values, weights }: ValueSample): ValueSample {
  if (weights === undefined) return { values: values.slice().sort(), weights };
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  return {
    values: Float64Array.from(order, (index) => values[index]!),
    weights: Float64Array.from(order, (index) => weights[index]!),
  };
}

/**
 * The smallest value up to which at least the part `share` of the mass lies: the inverse of the distribution function,
 * always a value that was seen. 0 without values.
 */
export function quantileOf({ values, masses, total }: ValueMasses, share: number): number {
  const needed = total * share;
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sum += masses[index]!;
    if (sum >= needed) return values[index]!;
  }
  return values.at(-1) ?? 0;
}
