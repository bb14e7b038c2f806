/** Sizes and times as people write them: `64KiB`, `1.5MiB`, `10s`, `500ms`. */

const byteUnits: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What a size looks like when it is written as text. */
export const sizePattern: RegExp = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)?$/;

/** What a time looks like when it is written as text. */
export const timePattern: RegExp = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;

/** Bytes of a size; a number alone is bytes. `NaN` when the text is none or does not come to whole bytes. */
export function parseSize(text: string): number {
  return parseQuantity(text, sizePattern, byteUnits);
}

/** Milliseconds of a time; a number alone is milliseconds. `NaN` when the text is none or has a finer part. */
export function parseTime(text: string): number {
  return parseQuantity(text, timePattern, timeUnits);
}

function parseQuantity(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const [, digits, unit] = pattern.exec(text) ?? [];
  if (digits === undefined) {
    return Number.NaN;
  }
  const quantity = Number(digits) * (unit === undefined ? 1 : (units[unit] ?? Number.NaN));
  // 1.1 s is 1100.0000000000002 ms to a double; what is nearer than a millionth of a unit is meant.
  const whole = Math.round(quantity);
  return Math.abs(quantity - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : Number.NaN;
}
