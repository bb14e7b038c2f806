/** What the stand-in for Loki refuses, a real one refuses in the same words; and it stores the same. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../e2e/support/installed.ts";
import { scratchFolder } from "../e2e/support/scratch-folder.ts";
import { carryOutRefusal, lokiRefusals, refusalTenants } from "../support/loki/loki-refusals.ts";
import { findLoki, lokiSetUp, type LokiServer, startLoki } from "./support/loki-server.ts";

const refusals = lokiRefusals(Date.now());

function describeLoki(program: string): void {
  const folder = scratchFolder("loki-refusals");
  let loki: LokiServer;

  beforeAll(async () => {
    loki = await startLoki({ program, folder, tenants: refusalTenants(refusals) });
  });

  afterAll(() => loki?.stop());

  it.each(refusals)("responds and stores as listed: $name", async (refusal) => {
    const { textIncludes, ...expected } = refusal.expect;
    const { text, ...found } = await carryOutRefusal(loki.url, refusal);
    expect(found, text).toEqual(expected);
    for (const piece of textIncludes) expect(text).toContain(piece);
  });
}

describeWith("a real Loki that refuses", findLoki(), describeLoki, lokiSetUp);
