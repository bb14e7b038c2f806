/**
 * What Loki takes and refuses, and in which words: one list, carried out against the stand-in and against a real Loki, so
 * that the one is known to be like the other.
 */
import type { LokiLimits } from "./loki-limits.ts";
import { badLabels, badSizes, badTimes, good, tooMuch, unreadable } from "./loki-refusal-cases.ts";
import type { LokiRefusal } from "./loki-refusal.ts";

/** The list, with times around `nowMs`. The Loki must have `max_chunk_age: 10m`, and auth_enabled. */
export function lokiRefusals(nowMs: number): readonly LokiRefusal[] {
  return [
    ...good(nowMs),
    ...unreadable(nowMs),
    ...badTimes(nowMs),
    ...badSizes(nowMs),
    ...badLabels(nowMs),
    ...tooMuch(nowMs),
  ];
}

/** The limits of every tenant of the list, as Loki's runtime overrides take them. */
export const refusalTenants = (refusals: readonly LokiRefusal[]): Readonly<Record<string, LokiLimits>> =>
  Object.fromEntries(refusals.map(({ tenant, limits }) => [tenant, limits]));

/** What came of one of the list, in the form of `expect`; `text` is the whole answer. */
export interface RefusalFinding {
  readonly status: number;
  readonly text: string;
  readonly stored: number;
}

/** Carries one out at `url`. Throws when what has to go before is refused. */
export async function carryOutRefusal(url: string, { tenant, before, body }: LokiRefusal): Promise<RefusalFinding> {
  const headers = { "content-type": "application/json", "x-scope-orgid": tenant };
  const push = (text: string): Promise<Response> =>
    fetch(`${url}/loki/api/v1/push`, { method: "POST", headers, body: text });
  for (const text of before) {
    const answer = await push(text);
    if (answer.status !== 204) throw new Error(`before ${tenant}: ${answer.status} ${await answer.text()}`);
  }
  const answer = await push(body);
  const text = (await answer.text()).trim();
  return { status: answer.status, text, stored: await storedLines(url, headers) };
}

async function storedLines(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const range = { start: String(nowNs - 4n * hourNs), end: String(nowNs + 2n * hourNs) };
  const query = new URLSearchParams({ query: '{service_name=~".+"}', limit: "5000", direction: "forward", ...range });
  const answer = await fetch(`${url}/loki/api/v1/query_range?${query.toString()}`, { headers });
  if (!answer.ok) throw new Error(await answer.text());
  const { data } = (await answer.json()) as { readonly data: { readonly result: readonly { values: unknown[] }[] } };
  return data.result.reduce((sum, { values }) => sum + values.length, 0);
}

const hourNs = 3_600_000_000_000n;
