import type { Protocol } from "./protocol.ts";
import type { BodyReader } from "../payload/reading.ts";
import { bentomlProtocol } from "./bentoml/reader.ts";
import { createConfiguredReader, withConfiguredPaths } from "../payload/configured/configured-reader.ts";
import { genericProtocol } from "./generic/reader.ts";
import { kserveV1Protocol } from "./kserve-v1/reader.ts";
import { createKserveV2Reader } from "./kserve-v2/reader.ts";
import { mlflowProtocol } from "./mlflow/reader.ts";
import { createOpenaiReader } from "./openai/reader.ts";
import type { ReaderOptions } from "../payload/reader-options.ts";
import { tensorflowServingProtocol } from "./tensorflow-serving/reader.ts";
import { createTorchserveReader } from "./torchserve/reader.ts";

const makers: Readonly<Record<Protocol, (options: ReaderOptions) => BodyReader>> = {
  mlflow: (options) => createConfiguredReader(mlflowProtocol(createOpenaiReader(options)), options),
  "tensorflow-serving": (options) => createConfiguredReader(tensorflowServingProtocol, options),
  "kserve-v1": (options) => createConfiguredReader(kserveV1Protocol, options),
  bentoml: (options) => createConfiguredReader(bentomlProtocol, options),
  generic: (options) => createConfiguredReader(genericProtocol(partsOfGeneric(options)), options),
  "kserve-v2": (options) => withConfiguredPaths(createKserveV2Reader(options), options),
  torchserve: (options) => withConfiguredPaths(createTorchserveReader(options), options),
  openai: (options) => withConfiguredPaths(createOpenaiReader(options), options),
};

/**
 * Makes the reader of a protocol's bodies; what the paths of `options` name replaces what the protocol would say. A reader
 * remembers the column names that it saw last, so one serves all exchanges of an upstream. Throws a RangeError when a path
 * is malformed.
 */
export function createReader(protocol: Protocol, options: ReaderOptions): BodyReader {
  return makers[protocol](options);
}

function partsOfGeneric(options: ReaderOptions): Parameters<typeof genericProtocol>[0] {
  return { kserveV2: createKserveV2Reader(options), completions: createOpenaiReader(options) };
}
