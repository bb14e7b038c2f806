import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOutRefusal, lokiRefusals, refusalTenants } from "../support/loki/loki-refusals.ts";
import { startLokiStandIn, type LokiStandIn } from "../support/loki/loki-stand-in.ts";

describe("the stand-in for Loki", () => {
  const refusals = lokiRefusals(Date.now());
  let loki: LokiStandIn;

  beforeAll(async () => {
    loki = await startLokiStandIn({ tenants: refusalTenants(refusals) });
  });
  afterAll(() => loki.close());

  it.each(refusals)("answers and stores as the list says: $name", async (refusal) => {
    const { textIncludes, ...expected } = refusal.expect;
    const { text, ...found } = await carryOutRefusal(loki.url, refusal);
    expect(found, text).toEqual(expected);
    for (const piece of textIncludes) expect(text).toContain(piece);
  });
});
