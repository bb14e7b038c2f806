/** Synthetic exchanges for the prediction log, where a network would cost more than the log. */
import type { CapturedBody, Exchange, Route } from "../../src/exchange.ts";
import { predictionBodies, usualNumbers } from "../clients/prediction-bodies.ts";

const answers = 64;
const idLength = 32;
/** Letters in place of hexadecimal digits: no identity looks like the number of a card, which is masked. */
const firstLetter = "a".charCodeAt(0);
/** 32 bits, 4 in each letter. */
const countedLetters = 8;

const captured = (bytes: Uint8Array): CapturedBody => ({
  bytes,
  complete: true,
  contentType: "application/json",
  contentEncoding: "",
});

/** The number of the exchange that had this identity; NaN when no synthetic one had. */
export function numberOfSynthetic(requestId: string): number {
  if (!/^z{24}[a-p]{8}$/.test(requestId)) return Number.NaN;
  let number = 0;
  for (let at = idLength - countedLetters; at < idLength; at++) {
    number = number * 16 + requestId.charCodeAt(at) - firstLetter;
  }
  return number;
}

/**
 * A request for a prediction in MLflow's protocol and its answer; {@link next} makes the next one of the same object. As
 * in the relay, identities are bytes until they are read, and bodies are those of the bench clients in turn.
 */
export class SyntheticExchange implements Exchange {
  readonly route: Route = { kind: "inference", model: "iris", version: "1" };
  readonly model = "iris";
  readonly variant = "stable";
  readonly method = "POST";
  readonly target = "/invocations";
  readonly labelId = "";
  readonly requestHeaders: Readonly<Record<string, string>> = {};
  readonly outcome = "ok";
  readonly errorCode = "";
  readonly status = 200;
  readonly isStreaming = false;
  startedAtMs: number = Date.now();
  readonly durationMs = 12.345_678;
  readonly firstByteMs = 11.234_567;
  readonly upstreamMs = 10.123_456;
  readonly queueMs = 0;
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  readonly retries = 0;
  readonly #id = Buffer.alloc(idLength, "z");
  readonly #requests: readonly Uint8Array[];
  readonly #responses: readonly Uint8Array[];
  #number = 0;

  constructor(numbers: number = usualNumbers) {
    this.#requests = predictionBodies(numbers).map((text) => Buffer.from(text));
    this.#responses = Array.from({ length: answers }, (_, turn) =>
      Buffer.from(`{"predictions":[0.${20_000 + ((turn * 7919) % answers) * 937}]}`),
    );
    this.requestBodyBytes = this.#requests[0]?.length ?? 0;
    this.responseBodyBytes = this.#responses[0]?.length ?? 0;
    this.#writeId();
  }

  /** How many there have been before this one: its number in {@link numberOfSynthetic}. */
  get number(): number {
    return this.#number;
  }

  get requestId(): string {
    return this.#id.toString("latin1");
  }

  get traceId(): string {
    return this.#id.toString("latin1");
  }

  get requestBody(): CapturedBody {
    return captured(this.#requests[this.#number % this.#requests.length] as Uint8Array);
  }

  get responseBody(): CapturedBody {
    return captured(this.#responses[this.#number % this.#responses.length] as Uint8Array);
  }

  /** Becomes the next exchange, which began now. About 30 ns. */
  next(): this {
    this.#number++;
    this.startedAtMs = Date.now();
    this.#writeId();
    return this;
  }

  #writeId(): void {
    for (let place = 0, rest = this.#number; place < countedLetters; place++, rest >>>= 4) {
      this.#id[idLength - 1 - place] = firstLetter + (rest & 15);
    }
  }
}
