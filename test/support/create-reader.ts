import type { BodyReader } from "../../src/payload/body-content.ts";
import type { ReaderOptions } from "../../src/payload/reader-options.ts";
import { definitions, protocols, type Protocol } from "../../src/protocols/list.ts";
import type { ReaderFactory } from "../../src/protocols/protocol.ts";

const factories = new Map<Protocol, ReaderFactory>(
  await Promise.all(protocols.map(async (name) => [name, await definitions[name].loadReader()] as const)),
);

/** The reader of a protocol's bodies, whose code is loaded already. */
export function createReader(protocol: Protocol, options: ReaderOptions): BodyReader {
  const create = factories.get(protocol);
  if (create === undefined) throw new Error(`no reader of ${protocol}`);
  return create(options);
}
