import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeliveryQueue } from "../../src/delivery/delivery-queue.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { numbered, numbersOf } from "./support/scripted-destination.ts";

const aQueue = (maxBytes: number, onLevel: () => void = () => {}): DeliveryQueue =>
  new DeliveryQueue({ maxBytes, onLevel });

type Step =
  | { readonly kind: "push"; readonly bytes: number }
  | { readonly kind: "take"; readonly maxBytes: number }
  | { readonly kind: "release" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("push" as const), bytes: fc.integer({ min: 1, max: 60 }) }) },
  fc.record({ kind: fc.constant("take" as const), maxBytes: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ kind: fc.constant("release" as const) }),
);

/** The same queue, as plain arrays. */
class PlainQueue {
  waiting: LogEntry[] = [];
  inFlight: LogEntry[] = [];
  dropped = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return [...this.waiting, ...this.inFlight].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  apply(step: Step, number: number): void {
    if (step.kind === "push") this.#push(numbered(number, step.bytes));
    else if (step.kind === "release") this.inFlight = [];
    else if (this.inFlight.length === 0) this.#take(step.maxBytes);
  }

  #push(entry: LogEntry): void {
    this.waiting.push(entry);
    while (this.bytes > this.#maxBytes) {
      const inFlight = this.inFlight.reduce((sum, { bytes }) => sum + bytes, 0);
      if (inFlight + entry.bytes > this.#maxBytes) this.waiting.pop();
      else this.waiting.shift();
      this.dropped++;
    }
  }

  #take(maxBytes: number): void {
    let bytes = 0;
    while (this.waiting[0] !== undefined && (this.inFlight.length === 0 || bytes + this.waiting[0].bytes <= maxBytes)) {
      bytes += this.waiting[0].bytes;
      this.inFlight.push(this.waiting.shift()!);
    }
  }
}

describe("delivery queue", () => {
  it("keeps its order, its bound and the entries in flight through any sequence of calls", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 4000 }), fc.array(anyStep, { maxLength: 400 }), (maxBytes, steps) => {
        const queue = aQueue(maxBytes);
        const plain = new PlainQueue(maxBytes);
        let dropped = 0;
        for (const [number, step] of steps.entries()) {
          plain.apply(step, number);
          if (step.kind === "push") dropped += queue.push(numbered(number, step.bytes), number);
          else if (step.kind === "take") queue.take(step.maxBytes);
          else queue.release();
          expect(numbersOf(queue.inFlight)).toEqual(numbersOf(plain.inFlight));
          expect(queue.size).toBe(plain.inFlight.length + plain.waiting.length);
          expect(queue.bytes).toBe(plain.bytes);
          expect(queue.bytes).toBeLessThanOrEqual(maxBytes);
          expect(queue.oldestMs).toBe(plain.waiting[0] === undefined ? Infinity : Number(plain.waiting[0].line));
        }
        expect(dropped).toBe(plain.dropped);
        queue.release();
        expect(numbersOf(queue.take(Infinity))).toEqual(numbersOf(plain.waiting));
      }),
    );
  });

  it("calls back once when the level is reached", () => {
    let calls = 0;
    const queue = aQueue(1000, () => calls++);
    queue.notifyAt(250);
    queue.notifyAt(900);
    for (let number = 0; number < 9; number++) {
      queue.push(numbered(number), 0);
      expect(calls).toBe(number < 2 ? 0 : 1);
    }
  });

  it("is empty after it was cleared", () => {
    const queue = aQueue(1000);
    for (let number = 0; number < 9; number++) queue.push(numbered(number), 0);
    queue.take(300);
    queue.clear();
    expect(queue).toMatchObject({ size: 0, bytes: 0, waitingBytes: 0, inFlight: [], oldestMs: Infinity });
  });
});
