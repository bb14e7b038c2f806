/** A parameter after the value of a header field: `value; name=token; name="quoted"` (RFC 9110, section 5.6.6). */

const nextParameter = /\s*;\s*([^\s;="]*)(?:=(?:"((?:[^"\\]|\\.)*)"|([^;"]*)))?/y;

/** The pattern would throw on a quoted string of millions of characters. */
const maxFieldLength = 8192;

/**
 * The value of the first parameter with this name (in lower case); undefined when there is none, when
 * something malformed comes before it, or when the field has more than 8192 characters. Linear in the length of the field.
 */
export function headerParameter(field: string, name: string): string | undefined {
  const start = field.indexOf(";");
  if (start === -1 || field.length > maxFieldLength) return undefined;
  nextParameter.lastIndex = start;
  for (let found = nextParameter.exec(field); found !== null; found = nextParameter.exec(field)) {
    const [, key = "", quoted, token] = found;
    if (key.toLowerCase() === name) return quoted?.replaceAll(/\\(.)/g, "$1") ?? token?.trim();
  }
  return undefined;
}
