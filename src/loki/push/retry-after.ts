/**
 * How long a server asks to be left alone, from the value of `Retry-After`: whole seconds or a date (RFC 9110, 10.2.3).
 * Empty for a value that is neither, or for a time that is over.
 */
export function waitOf(retryAfter: string, nowMs: number): { readonly afterMs?: number } {
  const value = retryAfter.trim();
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? { afterMs: Math.ceil(ms) } : {};
}
