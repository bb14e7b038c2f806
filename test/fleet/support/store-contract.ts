import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeCountsContract } from "./counts-contract.ts";
import { describeMembershipContract } from "./membership-contract.ts";
import { aWindow, cells, type StoreTrial, type StoreUnderTest, tryStore } from "./store-trial.ts";

/** The contract of the store port, as tests for any adapter. */
export function describeStoreContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`the contract of a store, ${name}`, () => {
    let tried: StoreUnderTest;
    let current: StoreTrial;
    const trial = (): StoreTrial => current;
    beforeEach(async () => {
      tried = await prepare();
      current = tryStore(tried, await tried.open());
    });
    afterEach(() => tried.dispose());

    describeCountsContract(trial);
    describeMembershipContract(trial);

    it("reports its last success, and fails as closed after close", async () => {
      await trial().read("k");
      expect(trial().store.health().lastSuccessMs).toBeGreaterThan(0);
      await trial().store.close();
      const closed = { kind: "failed", reason: "closed" };
      expect(await trial().store.read("k", aWindow)).toEqual(closed);
      expect(
        await trial().store.publish({ replicaId: "a", sequence: 1, writtenAtMs: 1, contributions: [cells("k", 1)] }),
      ).toEqual(closed);
      expect(await trial().store.acquire("a", 1)).toEqual(closed);
      expect(trial().store.health().failures.get("closed")).toBe(3);
      await trial().store.close();
    });
  });
}
