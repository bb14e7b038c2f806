import type { CapturedBody, Exchange } from "../../src/exchange.ts";
import type { ExchangeContent } from "../../src/payload/exchange-content.ts";
import type {
  BodyReader,
  DecodedBody,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../../src/payload/body-content.ts";
import type { CaptureCounters } from "../../src/metrics/predictions/capture-counters.ts";
import { anExchange } from "../support/an-exchange.ts";

/** A body as the tap gives it. */
export const captured = (content: string | Uint8Array, over: Partial<CapturedBody> = {}): CapturedBody => ({
  bytes: Buffer.from(content),
  complete: true,
  contentType: "application/json",
  contentEncoding: "",
  ...over,
});

/** An exchange with these two bodies. */
export const exchangeOf = (
  request: CapturedBody | string | undefined,
  response: CapturedBody | string | undefined,
  over: Partial<Exchange> = {},
): Exchange =>
  anExchange({
    requestBody: typeof request === "string" ? captured(request) : request,
    responseBody: typeof response === "string" ? captured(response) : response,
    ...over,
  });

/** Reads the first word of a body as the model's name and each further one as an identity; throws for `throw`. */
export const wordReader: BodyReader = {
  readRequest: (body) => readWords<RequestContent>(body, { droppedColumns: 0 }),
  readResponse: (body) => readWords<ResponseContent>(body, {}),
};

function readWords<Value>({ bytes }: DecodedBody, rest: object): ReadResult<Value> {
  const [model = "", ...ids] = Buffer.from(bytes).toString("latin1").split(" ");
  if (model === "throw") throw new Error("a reader that breaks");
  if (model === "unread") return { kind: "unread", reason: "unknown_shape" };
  return { kind: "read", value: { model, version: "", ids, ...rest } as Value };
}

/** A sink that keeps what it is given, as text. */
export function recordReadings(): { readonly seen: ExchangeContent[]; count(reading: ExchangeContent): void } {
  const seen: ExchangeContent[] = [];
  return { seen, count: (reading) => void seen.push(reading) };
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What the counters promise to be equal, as pairs. */
export function balances(counters: Readonly<CaptureCounters>): readonly (readonly [number, number])[] {
  const { offeredTotal, dropped, queuedExchanges, decodingExchanges, doneTotal, loggedOnlyTotal, read, unread } =
    counters;
  return [
    [offeredTotal, sumOf(dropped) + queuedExchanges + decodingExchanges + doneTotal],
    [doneTotal, loggedOnlyTotal + read.request + sumOf(unread.request)],
    [doneTotal, loggedOnlyTotal + read.response + sumOf(unread.response)],
  ];
}
