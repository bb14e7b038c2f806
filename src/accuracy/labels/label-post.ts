/** One `POST /labels`, processed in slices so that requests do not wait for a long body. */
import { labelBody } from "./label-body.ts";
import type { LabelInput } from "./label-input.ts";
import { labelResults, type LabelResult } from "../join/label-join.ts";
import type { LabelMonitor } from "../label-monitor.ts";

/** Maximum number of items of one body; the response says when there were more. */
export const maxItems = 200_000;

/** Maximum number of problems in a response; all are counted. */
const maxProblems = 20;

/** The response to a post of labels. JSON-able. */
export interface LabelPostAnswer {
  /** 202 when at least one label could be read, whatever its result; 400 when none could. */
  readonly status: 202 | 400;
  readonly body: {
    /** Labels that could be read, and items that could not. */
    readonly taken: number;
    readonly invalid: number;
    /** Accepted labels by result; only results that occurred. */
    readonly results: Partial<Record<LabelResult, number>>;
    /** The first of the invalid ones, with the reasons. */
    readonly problems: readonly { readonly at: string; readonly reason: string }[];
  };
}

/** Processes the body of one `POST /labels` in steps, so that a long one does not block the event loop. */
export class LabelPost {
  readonly #monitor: LabelMonitor;
  readonly #items: ReturnType<typeof labelBody>;
  readonly #counts = new Map<LabelResult, number>();
  readonly #problems: { readonly at: string; readonly reason: string }[] = [];
  #pending: readonly LabelInput[] = [];
  #next = 0;
  #itemCount = 0;
  #isDone = false;

  /** The bytes must not change until it is done. */
  constructor(monitor: LabelMonitor, bytes: Uint8Array, contentType: string) {
    this.#monitor = monitor;
    this.#items = labelBody(bytes, contentType);
  }

  /** Processes `count` labels or items, about 1 µs each; true when nothing is left. */
  step(nowMs: number, count: number): boolean {
    for (let done = 0; done < count && !this.#isDone; done++) {
      const input = this.#pending[this.#next++];
      if (input === undefined) this.#readItem();
      else this.#add(this.#monitor.label(input, nowMs));
    }
    return this.#isDone;
  }

  /** The response for the items processed so far. */
  answer(): LabelPostAnswer {
    const counted = labelResults.filter((result) => this.#counts.has(result));
    const results = Object.fromEntries(counted.map((result) => [result, this.#counts.get(result) ?? 0]));
    const invalid = this.#counts.get("invalid") ?? 0;
    const taken = [...this.#counts.values()].reduce((sum, one) => sum + one, 0) - invalid;
    delete results["invalid"];
    return { status: taken > 0 ? 202 : 400, body: { taken, invalid, results, problems: this.#problems } };
  }

  #readItem(): void {
    this.#pending = [];
    this.#next = 0;
    const { done, value } = this.#items.next();
    if (done === true) {
      this.#isDone = true;
    } else if (this.#itemCount++ === maxItems) {
      this.#fail("body", `more than ${maxItems} items: send the rest in another body`);
      this.#isDone = true;
    } else if (value.kind === "labels") {
      this.#pending = value.labels;
    } else {
      this.#fail(value.at, value.reason);
    }
  }

  #fail(at: string, reason: string): void {
    this.#monitor.countInvalid();
    this.#add("invalid");
    if (this.#problems.length < maxProblems) this.#problems.push({ at, reason });
  }

  #add(result: LabelResult): void {
    this.#counts.set(result, (this.#counts.get(result) ?? 0) + 1);
  }
}
