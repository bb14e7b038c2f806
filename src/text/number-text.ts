/** Numbers as text for people. */

/** `12,345`; fractions (weights) with up to two digits. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** A count with its noun, in the singular for one: `1 row`, `2,000 rows`. */
export function formatCounted(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A share as `12.3 %`; a share above 0 that would round to 0 as `<0.1 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** Between these, all digits of the whole part are written, however many; above, an exponent is used. */
const minWhole = 1000;
const maxWhole = 1e15;

/** A value with four digits, or as many as its whole part has: `0.1235`, `1234`, `98765`, `1.5e+21`. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size >= minWhole && size < maxWhole) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}
