import { nearestName } from "../../text/nearest-name.ts";
import { printable } from "../../text/printable.ts";

/** Columns that are listed. */
const maxListed = 20;

/**
 * What to say after "there is no such column": the name that was probably meant (one that is spelt almost so, or else the
 * only one that begins with it or with which it begins), or else the columns that there are.
 */
export function columnHint(missing: string, columns: ReadonlySet<string>): string {
  const nearest = nearestName(missing, columns) ?? onlyLonger(missing, columns);
  if (nearest !== undefined) return `; did you mean ${printable(nearest)}?`;
  const listed = [...columns].slice(0, maxListed).map(printable).join(", ");
  return `; the columns are ${listed}${columns.size > maxListed ? ", …" : ""}`;
}

function onlyLonger(missing: string, columns: ReadonlySet<string>): string | undefined {
  const wanted = missing.toLowerCase();
  const alike = [...columns].filter((column) => {
    const name = column.toLowerCase();
    return wanted !== "" && name !== "" && (name.startsWith(wanted) || wanted.startsWith(name));
  });
  return alike.length === 1 ? alike[0] : undefined;
}
