import { describe, expect, it } from "vitest";
import { reportRefusals, type Refusal } from "../../../src/delivery/sinks/report-refusals.ts";
import { done, numbered, refusing, retry, scriptedDestination } from "../support/scripted-destination.ts";

describe("refusals of a destination", () => {
  it("are reported once a batch, and leave every result as it is", async () => {
    const scripted = scriptedDestination();
    const refusals: Refusal[] = [];
    const destination = reportRefusals(scripted, (refusal) => refusals.push(refusal));
    for (const answer of [done, refusing("too_old", 2), retry()]) {
      scripted.answer = answer;
      expect(await destination.deliver([numbered(1), numbered(2)], new AbortController().signal)).toBe(answer);
    }
    expect(refusals).toEqual([{ refused: new Map([["too_old", 2]]), detail: undefined }]);
    await destination.close();
    expect([destination.name, scripted.closed]).toEqual([scripted.name, 1]);
  });
});
