/** One rule of `predictions.sample_rules`: another sampling ratio for some outcomes and variants. */
import { outcomes, type Outcome } from "../../outcome.ts";

/** See {@link parseSampleRule}. */
export interface SampleRule {
  /** Undefined matches any. */
  readonly outcome: Outcome | undefined;
  /** Undefined matches any. */
  readonly variant: string | undefined;
  /** 0 to 1. */
  readonly ratio: number;
}

/** Result of {@link parseSampleRule}. `problem` is a clause. */
export type SampleRuleResult =
  | { readonly kind: "rule"; readonly rule: SampleRule }
  | { readonly kind: "problem"; readonly problem: string };

/** Parses `OUTCOME=RATIO` or `OUTCOME/VARIANT=RATIO`, where `*` stands for any. The ratio comes after the last `=`. */
export function parseSampleRule(text: string): SampleRuleResult {
  const equals = text.lastIndexOf("=");
  if (equals === -1) return { kind: "problem", problem: "the form is OUTCOME=RATIO, e.g. client_error=0.1" };
  const ratioText = text.slice(equals + 1).trim();
  const ratio = Number(ratioText);
  if (!/^\d+(\.\d+)?$/.test(ratioText) || ratio > 1) {
    return { kind: "problem", problem: `${JSON.stringify(ratioText)} is not a number from 0 to 1` };
  }
  const [outcome = "", ...rest] = text.slice(0, equals).split("/");
  const known = outcomes.find((one) => one === outcome.trim());
  if (known === undefined && outcome.trim() !== "*") {
    return {
      kind: "problem",
      problem: `${JSON.stringify(outcome)} is not an outcome: use ${outcomes.join(", ")} or *`,
    };
  }
  const variant = rest.length === 0 ? "*" : rest.join("/").trim();
  return { kind: "rule", rule: { outcome: known, variant: variant === "*" ? undefined : variant, ratio } };
}

/** The text of a rule; {@link parseSampleRule} gives an equal rule for it. */
export function formatSampleRule({ outcome, variant, ratio }: SampleRule): string {
  // A very small number would be written with an exponent, which is not part of the grammar.
  const digits = String(ratio).includes("e") ? ratio.toFixed(20) : String(ratio);
  return `${outcome ?? "*"}${variant === undefined ? "" : `/${variant}`}=${digits}`;
}
