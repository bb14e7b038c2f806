/** Reports entries that a destination refuses permanently. */
import type { Destination, EntryDropReason } from "../../prediction-log/destination.ts";

/** Refused entries of one batch by reason; never empty. */
export interface Refusal {
  readonly refused: ReadonlyMap<EntryDropReason, number>;
  /** The destination's own words about it, a clause; undefined when it gave none. */
  readonly detail: string | undefined;
}

/** The destination, with a call of `onRefused` for each batch of which entries were refused. Results do not change. */
export function reportRefusals(
  destination: Destination,
  onRefused: (this: void, refusal: Refusal) => void,
): Destination {
  return {
    name: destination.name,
    close: () => destination.close(),
    deliver: async (batch, signal) => {
      const result = await destination.deliver(batch, signal);
      if (result.kind === "done" && result.refused.size > 0) {
        onRefused({ refused: result.refused, detail: result.detail });
      }
      return result;
    },
  };
}
