import { type RawClient, connectRaw } from "../../support/raw-client.ts";
import { latin1 } from "../../support/latin1.ts";
import { until } from "../../support/until.ts";
import type { Field } from "../../support/strict/strict-message.ts";
import type { StrictResponse } from "../../support/strict/strict-responses.ts";

/** A request to be written byte for byte. */
export interface Ask {
  /** GET without a body, POST with one, when left out. */
  readonly method?: string;
  readonly target: string;
  readonly headers?: readonly Field[];
  readonly body?: string | Uint8Array;
}

/** Where two answers to the same question come from: the server itself, and Outrider in front of it. */
export interface BothPorts {
  readonly direct: number;
  readonly via: number;
}

/** Answers may be slow: a model thinks, and the machine is shared or slow. */
const answerLimitMs = 180_000;

/** The bytes of a request, with Host and, where there is a body, Content-Length. */
export function requestBytes({ method, target, headers = [], body }: Ask): Buffer {
  const content = typeof body === "string" ? Buffer.from(body) : body;
  const framing: Field[] = content ? [["Content-Length", String(content.length)]] : [];
  const lines = [["Host", "model.test"] as const, ...headers, ...framing].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const head = `${method ?? (content ? "POST" : "GET")} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([latin1(head), content ?? Buffer.alloc(0)]);
}

/** Asks on a connection of its own and gives the whole answer. */
export async function askOnce(port: number, ask: Ask): Promise<StrictResponse> {
  const client = await connectRaw({ host: "127.0.0.1", port });
  try {
    client.send(requestBytes(ask));
    await untilLongBodyCame(client);
    return await client.response(1, [ask.method ?? "GET"], answerLimitMs);
  } finally {
    client.close();
  }
}

/** Reading an answer again and again while it grows is slow for megabytes: their length is waited for first. */
async function untilLongBodyCame(client: RawClient): Promise<void> {
  await until(() => client.socket.bytesRead > 0 || client.peer !== "open", "an answer", answerLimitMs);
  const length = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(client.bytes().toString("latin1"))?.[1] ?? 0);
  await until(() => client.socket.bytesRead >= length || client.peer !== "open", "the whole answer", answerLimitMs);
}

/** Asks on a connection that has been asked `answered` times before. */
export async function askAgain(client: RawClient, answered: number, ask: Ask): Promise<StrictResponse> {
  client.send(requestBytes(ask));
  return client.response(answered + 1, [], answerLimitMs);
}

/** The fields of a JSON request. */
export const jsonFields: readonly Field[] = [["Content-Type", "application/json"]];

/** A POST of a value as JSON. */
export function postJson(target: string, value: unknown): Ask {
  return { target, headers: jsonFields, body: JSON.stringify(value) };
}
