import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeliveryQueue } from "../../src/delivery/delivery-queue.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { numbered, numbersOf } from "./support/scripted-destination.ts";

const aQueue = (maxBytes: number, onAlert: () => void = () => {}): DeliveryQueue =>
  new DeliveryQueue({ maxBytes, onAlert });

type Step =
  | { readonly kind: "push"; readonly bytes: number }
  | { readonly kind: "hold"; readonly maxBytes: number }
  | { readonly kind: "letGo"; readonly count: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("push" as const), bytes: fc.integer({ min: 1, max: 60 }) }) },
  fc.record({ kind: fc.constant("hold" as const), maxBytes: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ kind: fc.constant("letGo" as const), count: fc.integer({ min: 1, max: 10 }) }),
);

/** The same queue, as plain arrays. */
class PlainQueue {
  waiting: LogEntry[] = [];
  held: LogEntry[] = [];
  dropped = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return [...this.waiting, ...this.held].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  take(step: Step, number: number): void {
    if (step.kind === "push") this.#push(numbered(number, step.bytes));
    else if (step.kind === "letGo") this.held.splice(0, step.count);
    else if (this.held.length === 0) this.#hold(step.maxBytes);
  }

  #push(entry: LogEntry): void {
    this.waiting.push(entry);
    while (this.bytes > this.#maxBytes) {
      const held = this.held.reduce((sum, { bytes }) => sum + bytes, 0);
      if (held + entry.bytes > this.#maxBytes) this.waiting.pop();
      else this.waiting.shift();
      this.dropped++;
    }
  }

  #hold(maxBytes: number): void {
    let bytes = 0;
    while (this.waiting[0] !== undefined && (this.held.length === 0 || bytes + this.waiting[0].bytes <= maxBytes)) {
      bytes += this.waiting[0].bytes;
      this.held.push(this.waiting.shift()!);
    }
  }
}

describe("delivery queue", () => {
  it("keeps its order, its bound and what is held, whatever is done with it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 4000 }), fc.array(anyStep, { maxLength: 400 }), (maxBytes, steps) => {
        const queue = aQueue(maxBytes);
        const plain = new PlainQueue(maxBytes);
        let dropped = 0;
        for (const [number, step] of steps.entries()) {
          plain.take(step, number);
          if (step.kind === "push") dropped += queue.push(numbered(number, step.bytes), number);
          else if (step.kind === "hold") queue.hold(step.maxBytes);
          else queue.letGo(Math.min(step.count, queue.held.length));
          expect(numbersOf(queue.held)).toEqual(numbersOf(plain.held));
          expect(queue.size).toBe(plain.held.length + plain.waiting.length);
          expect(queue.bytes).toBe(plain.bytes);
          expect(queue.bytes).toBeLessThanOrEqual(maxBytes);
          expect(queue.oldestMs).toBe(plain.waiting[0] === undefined ? Infinity : Number(plain.waiting[0].line));
        }
        expect(dropped).toBe(plain.dropped);
        queue.letGo(queue.held.length);
        expect(numbersOf(queue.hold(Infinity))).toEqual(numbersOf(plain.waiting));
      }),
    );
  });

  it("alerts once when so much waits", () => {
    let alerts = 0;
    const queue = aQueue(1000, () => alerts++);
    queue.alertAt(250);
    queue.alertAt(900);
    for (let number = 0; number < 9; number++) {
      queue.push(numbered(number), 0);
      expect(alerts).toBe(number < 2 ? 0 : 1);
    }
  });

  it("is empty after it was cleared", () => {
    const queue = aQueue(1000);
    for (let number = 0; number < 9; number++) queue.push(numbered(number), 0);
    queue.hold(300);
    queue.clear();
    expect(queue).toMatchObject({ size: 0, bytes: 0, waitingBytes: 0, held: [], oldestMs: Infinity });
  });
});
