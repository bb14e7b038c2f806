/** Bodies of KServe's V1 protocol, which other servers support too: `instances` in, `predictions` out. */
import { createConfiguredReader } from "../../payload/configured/configured-reader.ts";
import type { BodyReader } from "../../payload/body-content.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import { readTable } from "../../payload/table/feature-table.ts";
import { type JsonProtocol, requestOf, responseOf } from "../../payload/json/json-reader.ts";
import { member } from "../../payload/json/json-value.ts";
import { readPredictions } from "../../payload/table/predictions.ts";

const protocol: JsonProtocol = {
  readRequest: (value, context) => requestOf(readTable(member(value, "instances") ?? member(value, "inputs"), context)),
  readResponse: (value, context) => responseOf(readPredictions(member(value, "predictions"), context)),
};

/** Requests hold `instances` (some clients write `inputs`, which KServe's own models accept), responses `predictions`. */
export function createKserveV1Reader(options: ReaderOptions): BodyReader {
  return createConfiguredReader(protocol, options);
}
