import type { Config } from "../../config/table/table.ts";
import type { RecordFilter } from "./predictions-source.ts";

/** Labels of streams past the cap of the sink. */
const overflow = "__other__";

/**
 * LogQL for the records that a filter may want: no fewer, and not many more. A stream without a label that is asked for,
 * or with the one for those past the cap, may hold them as well. The time is no part of it.
 */
export function lokiSelector(
  { model, variant, outcomes, id }: RecordFilter,
  { labels, staticLabels }: Pick<Config["loki"], "labels" | "staticLabels">,
): string {
  const matchers = staticLabels.map(({ name, value }) => `${name}=${quoted(value)}`);
  // Loki wants one matcher at least that no missing label fits.
  const first = labels[0];
  if (matchers.length === 0 && first !== undefined) matchers.push(`${first}=~".+"`);
  if (model !== undefined) matchers.push(oneOf("model", [model]));
  if (variant !== undefined) matchers.push(oneOf("variant", [variant]));
  if (outcomes.size > 0) matchers.push(oneOf("outcome", [...outcomes]));
  // Such an identity stands in the line as it is.
  const line = id !== undefined && /^[\w.:-]+$/.test(id) ? ` |= ${quoted(id)}` : "";
  return `{${matchers.join(", ")}}${line}`;
}

/** Values of labels are cut at this length by the sink. */
const maxValueLength = 256;

const oneOf = (label: string, values: readonly string[]): string =>
  `${label}=~${quoted([...values.map((value) => escaped(value.slice(0, maxValueLength))), overflow, ""].join("|"))}`;

/** A text that RE2 takes for itself. */
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** A string of LogQL, which are those of Go: JSON's escapes are among them. */
const quoted = (text: string): string => JSON.stringify(text);
