import type { Baseline, Distribution } from "../baseline/baseline.ts";

/** For features, predictions and confidences: independent rows for each row counted, more than 0 to 1. */
export interface EffectiveRatios {
  readonly feature: number;
  readonly prediction: number;
  readonly confidence: number;
}

/**
 * A baseline learned from requests of many rows knows less than its rows say, as rows of one request resemble each
 * other. Its counts are scaled to the effective number, so that every test is as careful as it must be; `source.rows`
 * stays as it is.
 */
export function scaleToEffective<Given extends Baseline>(baseline: Given, ratios: EffectiveRatios): Given {
  const { features, prediction, confidence } = baseline;
  return {
    ...baseline,
    features: features.map((feature) => scale(feature, ratios.feature)),
    ...(prediction === undefined ? {} : { prediction: scale(prediction, ratios.prediction) }),
    ...(confidence === undefined ? {} : { confidence: scale(confidence, ratios.confidence) }),
  };
}

function scale<Given extends Distribution>(distribution: Given, ratio: number): Given {
  if (!(ratio > 0 && ratio < 1)) return distribution;
  const counts = distribution.counts.map((count) => count * ratio);
  const missing = distribution.missing * ratio;
  return distribution.kind === "numeric"
    ? { ...distribution, counts, missing, invalid: distribution.invalid * ratio }
    : { ...distribution, counts, missing, other: distribution.other * ratio };
}
