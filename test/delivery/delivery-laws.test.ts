import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDelivery, droppedTotal, expectBalance, type DeliveryInHand } from "./support/a-delivery.ts";
import { done, numbered, numbersOf, refusing, retry, type Answer } from "./support/scripted-destination.ts";

type Step =
  | { readonly kind: "offer"; readonly count: number; readonly bytes: number }
  | { readonly kind: "answer"; readonly answer: Answer | "refuse_one" }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "flush"; readonly ms: number }
  | { readonly kind: "undeafen" }
  | { readonly kind: "disk"; readonly state: "broken" | "whole" | "slow" | "quick" | "damaged" }
  | { readonly kind: "capacity"; readonly entries: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("offer" as const),
      count: fc.integer({ min: 1, max: 40 }),
      bytes: fc.constantFrom(1, 100, 100, 100, 700, 3000, 20_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      answer: fc.constantFrom<Answer | "refuse_one">(
        done,
        done,
        retry(),
        retry(),
        retry(3000),
        "hang",
        "deaf",
        "throw",
        "refuse_one",
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), ms: fc.constantFrom(0, 1, 100, 1000, 4000, 20_000) }),
  },
  fc.record({ kind: fc.constant("flush" as const), ms: fc.constantFrom(0, 500, 5000) }),
  fc.record({ kind: fc.constant("undeafen" as const) }),
  fc.record({
    kind: fc.constant("disk" as const),
    state: fc.constantFrom("broken" as const, "whole", "whole", "slow", "quick", "quick", "damaged"),
  }),
  fc.record({ kind: fc.constant("capacity" as const), entries: fc.constantFrom(0, 5, 30, 1e9) }),
);

const anyRun = fc.record({
  withSpool: fc.boolean(),
  left: fc.nat(20),
  steps: fc.array(anyStep, { maxLength: 50 }),
  stopMs: fc.constantFrom(0, 1, 1000, 20_000),
  random: fc.double({ min: 0.05, max: 0.999, noNaN: true }),
});

function answerOf(answer: Answer | "refuse_one"): DeliveryInHand["destination"]["answer"] {
  if (answer === "refuse_one") return refusing("too_old", 1);
  return answer;
}

/** Does a step; `next` is the number of the next entry. */
async function take(step: Step, inHand: DeliveryInHand, next: number): Promise<void> {
  const { delivery, destination, spool, time, offer } = inHand;
  switch (step.kind) {
    case "offer":
      return offer(next, next + step.count, step.bytes);
    case "answer":
      destination.answer = answerOf(step.answer);
      return;
    case "advance":
      return time.advance(step.ms);
    case "flush":
      void delivery.flush(step.ms);
      return;
    case "undeafen":
      return destination.release();
    case "capacity":
      spool.capacity = step.entries;
      return;
    case "disk":
      if (step.state === "slow") spool.pause();
      else if (step.state === "quick") spool.resume();
      else if (step.state === "damaged") spool.damageNext = 2;
      else spool.isBroken = step.state === "broken";
  }
}

const isAscending = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));

/** After a delivery that has to be made again, the next begins with the same entry, unless entries were given up. */
function expectRepeats({ destination, counters }: DeliveryInHand): void {
  const { deliveries } = destination;
  const kept = new Set(destination.kept);
  const lost = droppedTotal(counters);
  for (const [index, batch] of deliveries.entries()) {
    const following = deliveries[index + 1];
    if (following === undefined || batch.every((number) => kept.has(number)) || lost > 0) continue;
    expect(following[0]).toBe(batch[0]);
  }
}

describe("the laws of a delivery", () => {
  it("accounts for every entry: none is lost, doubled, invented or reordered without being counted", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ withSpool, left, steps, stopMs, random }) => {
        const remains = withSpool ? Array.from({ length: left }, (_, number) => numbered(number)) : [];
        const inHand = aDelivery({ withSpool, left: remains, random: () => random });
        const { delivery, destination, spool, counters, time } = inHand;
        let next = remains.length;
        for (const step of steps) {
          await take(step, inHand, next);
          if (step.kind === "offer") next += step.count;
          expectBalance(counters);
          expect(counters.queuedBytes).toBeLessThanOrEqual(10_000);
        }
        let isStopped = false;
        void delivery.stop(stopMs).then(() => (isStopped = true));
        await time.advance(stopMs + 3000);
        expect(isStopped).toBe(true);
        destination.release();
        spool.resume();
        await time.advance(60_000);

        expectBalance(counters);
        expect(counters.acceptedTotal + counters.recoveredTotal).toBe(next);
        expect(counters).toMatchObject({ queuedEntries: 0, queuedBytes: 0 });
        expect(isAscending(destination.kept)).toBe(true);
        expect(destination.kept.length).toBe(counters.sentTotal + counters.dropped.too_old);
        expectRepeats(inHand);
        expect(time.timers).toBe(0);
        const stored = withSpool ? numbersOf(spool.stored) : [];
        expect(isAscending(stored)).toBe(true);
        expect((stored[0] ?? Infinity) > (destination.kept.at(-1) ?? -1)).toBe(true);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
