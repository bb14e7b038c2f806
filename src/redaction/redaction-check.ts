/** Verifies a redacted body: none of the features that rules are about may be left. */
import type { FeatureTable, ReadResult, RequestContent, ResponseContent } from "../payload/body-content.ts";
import { isRedactedText } from "./redaction-match.ts";
import type { Redactor } from "./redactor.ts";

/**
 * Whether a redacted body, read again, has no value of a feature that a rule of `redactor` is about. False as well when
 * the body could not be read, because its values are unknown.
 */
export function areFeaturesGone(result: ReadResult<RequestContent | ResponseContent>, redactor: Redactor): boolean {
  if (result.kind === "unread") return false;
  const { value } = result;
  // A rule about all predictions cannot be verified: predictions have no such name in a body.
  if ("predictions" in value && value.predictions !== undefined && redactor.isNamed("prediction")) return false;
  const table = "features" in value ? value.features : undefined;
  return table === undefined || isTableClean(table, redactor);
}

function isTableClean({ columns: { names }, rowCount, cells }: FeatureTable, redactor: Redactor): boolean {
  return names.every((name, column) => {
    if (!redactor.isNamed(name)) return true;
    for (let row = 0; row < rowCount; row++) {
      if (!isGone(cells[row * names.length + column])) return false;
    }
    return true;
  });
}

/** Missing, NaN, or the replacement of a redacted value. */
function isGone(cell: unknown): boolean {
  return (
    cell === undefined || cell === null || Number.isNaN(cell) || (typeof cell === "string" && isRedactedText(cell))
  );
}
