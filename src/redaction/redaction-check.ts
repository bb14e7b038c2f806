/** Whether a body that was redacted has nothing left of the features that rules are about. */
import type { FeatureTable, ReadResult, RequestContent, ResponseContent } from "../payload/body-content.ts";
import { isRedactedText } from "./redaction-match.ts";
import type { Redactor } from "./redactor.ts";

/**
 * True when the reading of a redacted body has no value of a feature that a rule of `redactor` is about. False as well
 * when it could not be read: then nobody knows what its values are.
 */
export function areFeaturesGone(reading: ReadResult<RequestContent | ResponseContent>, redactor: Redactor): boolean {
  if (reading.kind === "unread") return false;
  const { value } = reading;
  // Answers have no name in a body by which they could be found there.
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

/** Nothing, no number, or what stands for a redacted value. */
function isGone(cell: unknown): boolean {
  return (
    cell === undefined || cell === null || Number.isNaN(cell) || (typeof cell === "string" && isRedactedText(cell))
  );
}
