import type { ModelLabels } from "../metrics/model-labels.ts";
import { fleetAccuracyKey } from "./accuracy-aggregator.ts";
import { parseDocument, reportKey } from "./drift/drift-documents.ts";
import type { FleetMember } from "./fleet-member.ts";
import { fleetLatencyKey } from "./latency-aggregator.ts";
import type { StateStore } from "./store.ts";

/**
 * The body of `GET /fleet`: the state of this replica and its fleet, and the leader's last reports; JSON-able. A document
 * that is missing, unreadable or not JSON is null, or left out of a list.
 */
export async function describeFleet(
  member: Pick<FleetMember, "status">,
  store: Pick<StateStore, "getDocument">,
  models: readonly ModelLabels[],
): Promise<unknown> {
  const { store: health, ...status } = member.status();
  const read = async (key: string): Promise<unknown> => {
    const found = await store.getDocument(key);
    return found.kind === "done" && found.value !== undefined ? (parseDocument(found.value.json) ?? null) : null;
  };
  const reports: unknown[] = [];
  // One after the other, so that parsing many reports does not block the event loop.
  for (const model of models) reports.push(await read(reportKey(model)));
  return {
    status: { ...status, failures: Object.fromEntries(health.failures), last_success_ms: health.lastSuccessMs },
    drift: reports.filter((report) => report !== null),
    accuracy: await read(fleetAccuracyKey),
    latency: await read(fleetLatencyKey),
  };
}
