/** The serving protocols that Outrider knows by name. */
export const protocols = [
  "mlflow",
  "tensorflow-serving",
  "torchserve",
  "kserve-v1",
  "kserve-v2",
  "bentoml",
  "openai",
  "generic",
] as const;

/** See {@link protocols}. */
export type Protocol = (typeof protocols)[number];
