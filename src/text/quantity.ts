/** Sizes and times as people write them: `64KiB`, `1.5MiB`, `10s`, `500ms`. */

const byteUnits: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The grammar of a size; see {@link parseSize}. */
export const sizePattern: RegExp = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)?$/;

/** The grammar of a time; see {@link parseTime}. */
export const timePattern: RegExp = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;

/** Bytes of a size; a number alone is bytes. `NaN` if the text is not a size or not a whole number of bytes. */
export function parseSize(text: string): number {
  return parseQuantity(text, sizePattern, byteUnits);
}

/** Milliseconds of a time; a number alone is milliseconds. `NaN` if the text is not a time or not a whole number of milliseconds. */
export function parseTime(text: string): number {
  return parseQuantity(text, timePattern, timeUnits);
}

/** A size that {@link parseSize} reads back, with the largest unit in which it is whole: `32KiB`, `240B`, `0`. */
export function formatSize(bytes: number): string {
  return formatQuantity(bytes, byteUnits);
}

/** A time that {@link parseTime} reads back, with the largest unit in which it is whole: `24h`, `150ms`, `0`. */
export function formatTime(milliseconds: number): string {
  return formatQuantity(milliseconds, timeUnits);
}

function formatQuantity(quantity: number, units: Readonly<Record<string, number>>): string {
  if (quantity === 0) return "0";
  const [unit, size] = Object.entries(units).findLast(([, each]) => quantity % each === 0) ?? ["", 1];
  return `${quantity / size}${unit}`;
}

function parseQuantity(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const [, digits, unit] = pattern.exec(text) ?? [];
  if (digits === undefined) {
    return Number.NaN;
  }
  const quantity = Number(digits) * (unit === undefined ? 1 : (units[unit] ?? Number.NaN));
  // 1.1 s is 1100.0000000000002 ms as a double; a difference below a millionth of a unit is a rounding error.
  const whole = Math.round(quantity);
  return Math.abs(quantity - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : Number.NaN;
}
