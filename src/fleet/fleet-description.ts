/** What `GET /fleet` answers: how the fleet is doing, and what its leader published last. */
import type { ModelLabels } from "../metrics/requests/label-sets.ts";
import type { FleetMember } from "./fleet-member.ts";
import type { StateStore } from "./store.ts";
import { fleetAccuracyKey } from "./accuracy-aggregator.ts";
import { parseDocument, reportKey } from "./drift/drift-aggregator.ts";
import { fleetLatencyKey } from "./latency-aggregator.ts";

/** JSON-able. What the store does not have, does not give or has as something that is no JSON is null, or left out of a list. */
export async function describeFleet(
  fleet: Pick<FleetMember, "status">,
  store: Pick<StateStore, "getDocument">,
  subjects: readonly ModelLabels[],
): Promise<unknown> {
  const { store: health, ...status } = fleet.status();
  const read = async (key: string): Promise<unknown> => {
    const verdict = await store.getDocument(key);
    return verdict.kind === "done" && verdict.value !== undefined ? (parseDocument(verdict.value.json) ?? null) : null;
  };
  const reports: unknown[] = [];
  // One after the other: each is parsed in a turn of its own.
  for (const subject of subjects) reports.push(await read(reportKey(subject)));
  return {
    status: { ...status, failures: Object.fromEntries(health.failures), last_success_ms: health.lastSuccessMs },
    drift: reports.filter((report) => report !== null),
    accuracy: await read(fleetAccuracyKey),
    latency: await read(fleetLatencyKey),
  };
}
