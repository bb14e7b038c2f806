/** Builders of what readers find in the bodies of an exchange, for tests of those who count it. */
import type { ExchangeContent } from "../../src/payload/exchange-content.ts";
import type { Cell, Predictions } from "../../src/payload/body-content.ts";

/** Predictions with these values, one a row; `over` replaces fields. */
export const predictionsOf = (values: ArrayLike<Cell>, over: Partial<Predictions> = {}): Predictions => ({
  rowCount: values.length,
  values,
  classes: [],
  probabilities: [],
  confidences: [],
  ...over,
});

/** An exchange in whose bodies nothing was found; `over` replaces fields. */
export const anExchangeContent = (over: Partial<ExchangeContent> = {}): ExchangeContent => ({
  model: "iris",
  version: "1",
  variant: "stable",
  requestId: "3f1c9a52",
  labelId: "",
  atMs: 1_700_000_000_000,
  request: undefined,
  response: undefined,
  ...over,
});
