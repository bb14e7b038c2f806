import { describe, expect, it } from "vitest";
import { checkMove, type Stage, stageMoves } from "../../../src/relay/exchange/stage.ts";

const stages = Object.keys(stageMoves) as Stage[];

describe("the stages of an exchange", () => {
  it.each(stages)("from %s it moves where the table says and throws for every other stage", (from) => {
    for (const to of stages) {
      const move = (): void => checkMove?.(from, to);
      if (stageMoves[from].includes(to)) expect(move).not.toThrow();
      else expect(move).toThrow(`from ${from} to ${to}`);
    }
  });

  it("can all be reached from the start, and the end from all", () => {
    const reachable = (start: Stage): Set<Stage> => {
      const seen = new Set([start]);
      for (const stage of seen) for (const next of stageMoves[stage]) seen.add(next);
      return seen;
    };
    expect(reachable("head")).toEqual(new Set(stages));
    for (const stage of stages) if (stage !== "done") expect(stageMoves[stage]).toContain("done");
  });

  it("never lead back to where a request could be sent or a reply written once the response has begun", () => {
    expect([stageMoves.receiving, stageMoves.tunnel]).toEqual([["done"], ["done"]]);
    const back = stages.filter(
      (stage) => stage !== "head" && stage !== "queued" && stageMoves[stage].includes("sending"),
    );
    expect(back).toEqual([]);
  });
});
