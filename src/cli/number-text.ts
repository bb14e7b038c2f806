/** Numbers as people read them. */

/** `12,345`; fractions (weights) with up to two digits. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** A part of the whole as `12.3 %`; what is there but rounds to nothing as `<0.1 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** A value with up to five digits: `0.12346`, `1234.6`, `1.5e+21`. */
export function formatValue(value: number): string {
  return String(Number(value.toPrecision(5)));
}
