import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type FleetParts, joinFleet } from "../../src/assembly/fleet.ts";
import { systemClock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import { systemRandom } from "../../src/relay/system-random.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("joining a fleet", () => {
  it("fails as a mistake of the configuration when a file of it has gone since it was checked", async () => {
    const file = path.join(await temporaryDirectory(), "password");
    await writeFile(file, "secret\n");
    const environment = { OUTRIDER_REDIS_URL: "redis://127.0.0.1:6379/0", OUTRIDER_REDIS_PASSWORD_FILE: file };
    const result = await loadConfig({ file: undefined, environment, flags: [], isUpstreamRequired: false });
    if (result.kind !== "loaded") expect.fail("the configuration has no mistakes");
    await rm(file);
    const { config } = result.loaded;
    // The store is opened before anything else of these is looked at.
    const parts = { config, clock: systemClock, random: systemRandom } as unknown as FleetParts;
    await expect(joinFleet(parts)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringContaining("redis: ENOENT"),
    });
  });
});
