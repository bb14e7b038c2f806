import { describe, expect, it } from "vitest";
import { joinFleet, type FleetParts } from "../../src/assembly/fleet.ts";
import { systemClock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import { systemRandom } from "../../src/relay/system-random.ts";

describe("joining a fleet", () => {
  it("reports a wrong Redis URL as a configuration error, with the expected form", async () => {
    const environment = { OUTRIDER_REDIS_URL: "redis://127.0.0.1:6379/fraud" };
    const result = await loadConfig({ file: undefined, environment, flags: [], isUpstreamRequired: false });
    if (result.kind !== "loaded") expect.fail("the address itself is one");
    const { config } = result.loaded;
    // The store is opened before anything else of these is looked at.
    const parts = { config, clock: systemClock, random: systemRandom } as unknown as FleetParts;
    await expect(joinFleet(parts)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("redis: Redis URL: the database is not a number; expected redis://"),
    });
  });
});
