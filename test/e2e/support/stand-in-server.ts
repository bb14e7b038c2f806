import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A whole request, as it came. */
export interface StandInRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A whole answer. */
export interface StandInAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A server of the tests that plays a model server which is not installed. */
export interface StandInServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts one that answers each request as the function says; JSON and 200 unless that says otherwise. */
export async function startStandIn(answer: (request: StandInRequest) => StandInAnswer): Promise<StandInServer> {
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const given = answer({ method, target: url, headers, body: Buffer.concat(pieces) });
      response.writeHead(given.status ?? 200, { "content-type": "application/json", ...given.headers }).end(given.body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
