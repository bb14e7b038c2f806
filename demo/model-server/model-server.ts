/** The embedded model server: one model behind the request shapes of three serving protocols, in one small process. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { ModelFile } from "./classifier.ts";
import { kserveV2Shape } from "./kserve-v2-shape.ts";
import { mlflowShape } from "./mlflow-shape.ts";
import { shapeNames } from "./serving-shape.ts";
import type { Answer, ModelRequest, ServingShape, ShapeName } from "./serving-shape.ts";
import { tensorflowServingShape } from "./tensorflow-serving-shape.ts";

/** Options of {@link startModelServer}. */
export interface ModelServerOptions {
  readonly model: ModelFile;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /**
   * Whose health, version and metadata routes it answers, and so what it is recognised as. Requests for predictions
   * are answered in every shape whatever is chosen.
   */
  readonly protocol: ShapeName | "all";
  /** Time to wait before the next prediction is answered, milliseconds; 0 for none. */
  nextLatencyMs(): number;
}

/** A listening server; `stop` lets requests in flight end. */
export interface RunningModelServer {
  readonly host: string;
  readonly port: number;
  /** Takes no new connections and resolves when the requests being answered are done. */
  stop(): Promise<void>;
}

/** Longest request body that is read, in bytes; more is answered 413. */
export const maxBodyBytes: number = 16 * 1024 * 1024;

/** Starts the server; resolves when it listens, rejects when it cannot. */
export async function startModelServer(options: ModelServerOptions): Promise<RunningModelServer> {
  const server = createServer((request, response) => {
    void serve(request, response, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { host: options.host, port, stop: () => close(server) };
}

/** The answer to one request, decided by nothing but its arguments. */
export function answer(request: ModelRequest, model: ModelFile, protocol: ShapeName | "all"): Answer {
  const known = protocol === "all" ? shapeNames : [protocol];
  for (const name of shapeNames) {
    const shape = shapes[name];
    const found = shape.infer(request, model) ?? (known.includes(name) ? shape.describe(request, model) : undefined);
    if (found !== undefined) {
      return found;
    }
  }
  return shapes[protocol === "all" ? "mlflow" : protocol].refuse(request);
}

const shapes: Readonly<Record<ShapeName, ServingShape>> = {
  mlflow: mlflowShape,
  "tensorflow-serving": tensorflowServingShape,
  "kserve-v2": kserveV2Shape,
};

async function serve(request: IncomingMessage, response: ServerResponse, options: ModelServerOptions): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    send(response, { status: 413, contentType: "text/plain; charset=utf-8", body: "Request body too large" });
    return;
  }
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  const asked = { method: request.method ?? "", path, contentType: request.headers["content-type"] ?? "", body };
  const found = answer(asked, options.model, options.protocol);
  const latencyMs = request.method === "POST" ? options.nextLatencyMs() : 0;
  if (latencyMs > 0) {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, latencyMs);
    });
  }
  send(response, found);
}

/** The body as text; nothing when it is too long or the client left while sending it. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // The rest is read and dropped: a client that is still sending would not see the answer if the connection were cut.
      if (bytes <= maxBodyBytes) {
        chunks.push(chunk);
      }
    }
  } catch {
    return undefined;
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString("utf8") : undefined;
}

function send(response: ServerResponse, found: Answer): void {
  const headers: Record<string, string | number> = { "Content-Length": Buffer.byteLength(found.body) };
  if (found.contentType !== "") {
    headers["Content-Type"] = found.contentType;
  }
  if (found.allow !== undefined) {
    headers["Allow"] = found.allow;
  }
  response.writeHead(found.status, headers).end(found.body);
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
}
