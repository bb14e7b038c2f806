/** Finite numbers and what each counts. */
export interface ValueSample {
  readonly values: Float64Array;
  /** As many as there are values, each above 0; undefined when each counts 1. */
  readonly weights: Float64Array | undefined;
}

/** A value of a sample and the weight of all its occurrences. */
export interface ValueMass {
  readonly value: number;
  readonly mass: number;
}

/** The different values of a sample in ascending order. O(n log n). */
export function valueMasses(sample: ValueSample): readonly ValueMass[] {
  const order = sortedOrder(sample);
  const masses: { value: number; mass: number }[] = [];
  for (let index = 0; index < order.values.length; index++) {
    const value = order.values[index] as number;
    const weight = order.weights === undefined ? 1 : (order.weights[index] as number);
    const last = masses.at(-1);
    if (last?.value === value) last.mass += weight;
    else masses.push({ value, mass: weight });
  }
  return masses;
}

function sortedOrder({ values, weights }: ValueSample): ValueSample {
  if (weights === undefined) return { values: values.slice().sort(), weights };
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  return {
    values: Float64Array.from(order, (index) => values[index] as number),
    weights: Float64Array.from(order, (index) => weights[index] as number),
  };
}

/** The sum of all masses. */
export function totalMass(masses: readonly ValueMass[]): number {
  return masses.reduce((sum, { mass }) => sum + mass, 0);
}

/**
 * The smallest value up to which at least the part `share` of the mass lies: the inverse of the distribution function,
 * always a value that was seen. 0 without values.
 */
export function quantileOf(masses: readonly ValueMass[], share: number): number {
  const needed = totalMass(masses) * share;
  let sum = 0;
  for (const { value, mass } of masses) {
    sum += mass;
    if (sum >= needed) return value;
  }
  return masses.at(-1)?.value ?? 0;
}
