import { afterAll, beforeAll } from "vitest";
import type { BothPorts } from "./ask.ts";
import type { Installation } from "./installed.ts";
import { buildOutrider, type Outrider, startOutrider } from "./outrider-process.ts";
import { startTriton, type Triton } from "./triton-server.ts";

/** Both servers and their ports; to be read while tests run. */
export interface TritonBehindOutrider {
  readonly triton: Triton;
  readonly outrider: Outrider;
  readonly ports: BothPorts;
  /** Entry file of the product, to start more of it. */
  readonly entry: string;
}

/** Starts a Triton and an Outrider in front of it for all tests of a suite, and stops both after them. */
export function tritonBehindOutrider(installation: Installation<"triton">, folder: string): () => TritonBehindOutrider {
  let servers: TritonBehindOutrider | undefined;
  let triton: Triton | undefined;
  beforeAll(async () => {
    const entry = await buildOutrider(folder);
    triton = await startTriton(installation, folder);
    const outrider = await startOutrider({ entry, folder, upstreamPort: triton.port });
    servers = { triton, outrider, entry, ports: { direct: triton.port, via: outrider.port } };
  });
  afterAll(async () => {
    await servers?.outrider.stop();
    await triton?.stop();
  });
  return () => {
    if (servers === undefined) throw new Error("the servers are not started yet");
    return servers;
  };
}
