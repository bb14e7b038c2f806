/** Medians, ratios per round and percentiles for the tables. */

/** The middle value; the mean of the two middle ones when the count is even. NaN when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Median over the samples of one of their figures. */
export function medianOf<Sample>(samples: readonly Sample[] | undefined, figure: (sample: Sample) => number): number {
  return median((samples ?? []).map(figure));
}

/**
 * Median over rounds of the ratio of a figure to the yardstick's figure *in the same round*: what slowed the whole
 * machine in one round slows both and cancels out.
 */
export function medianRatio<Sample>(
  samples: readonly Sample[] | undefined,
  yardstick: readonly Sample[] | undefined,
  figure: (sample: Sample) => number,
  yardstickFigure: (sample: Sample) => number = figure,
): number {
  const ratios = (samples ?? []).flatMap((sample, round) => {
    const other = yardstick?.[round];
    return other === undefined ? [] : [figure(sample) / yardstickFigure(other)];
  });
  return median(ratios);
}

/** Median over rounds of the difference to another's figure in the same round. */
export function medianDifference<Sample>(
  samples: readonly Sample[] | undefined,
  base: readonly Sample[] | undefined,
  figure: (sample: Sample) => number,
): number {
  const differences = (samples ?? []).flatMap((sample, round) => {
    const other = base?.[round];
    return other === undefined ? [] : [figure(sample) - figure(other)];
  });
  return median(differences);
}
