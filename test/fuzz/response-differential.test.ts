import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { latin1, printable } from "../support/latin1.ts";
import { connectRaw } from "../support/raw-client.ts";
import { relayOptions, startTestRelay } from "../support/start-relay.ts";
import { readResponses, type ResponseContent, type StrictResponse } from "../support/strict/strict-responses.ts";
import { turnOfTheLoop } from "../support/until.ts";
import { cutAtRandom, mutated } from "./mutate.ts";
import { SeededRandom } from "./random.ts";

const seed = Number(process.env["OUTRIDER_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const wantedInputs = Math.ceil(Number(process.env["OUTRIDER_FUZZ_INPUTS"] ?? 100_000) / 4);
const maxMs = Number(process.env["OUTRIDER_FUZZ_MS"] ?? 240_000);
const clientsAtOnce = 64;

const head = (lines: readonly string[], body: string = ""): string => `${lines.join("\r\n")}\r\n\r\n${body}`;

const templates: readonly string[] = [
  head(["HTTP/1.1 200 OK", "Content-Length: 5", "Content-Type: text/plain"], "hello"),
  head(["HTTP/1.1 200 ", "content-length: 0"]),
  head(
    ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Connection: x-a", "X-A: 1"],
    "5\r\nhello\r\n1;x\r\n!\r\n0\r\n\r\n",
  ),
  head(["HTTP/1.1 200 OK", "Trailer: X-T", "transfer-encoding: CHUNKED"], "a\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n"),
  head(["HTTP/1.1 200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2"], "until the end"),
  head(["HTTP/1.0 200 OK", "Content-Type: text/plain"], "until the end"),
  head(["HTTP/1.1 204 No Content", "X: y"]),
  head(["HTTP/1.1 304 Not Modified", "ETag: a", "Content-Length: 5"]),
  head(["HTTP/1.1 500 Internal Server Error", "Content-Length: 5", "Connection: close"], "wrong"),
  head(["HTTP/1.1 103 Early Hints", "Link: x"]) + head(["HTTP/1.1 200 OK", "Content-Length: 2"], "ok"),
  head(["HTTP/1.1 100 Continue"]) +
    head(["HTTP/1.1 404 Not Found", "Transfer-Encoding: chunked"], "2\r\nno\r\n0\r\n\r\n"),
  head(["HTTP/1.1 200 OK", "Content-Length: 2"], "ok") + head(["HTTP/1.1 200 OK", "Content-Length: 4"], "evil"),
];

interface Tally {
  inputs: number;
  passed: number;
  refused: number;
  readonly findings: string[];
}

type TestRelay = Awaited<ReturnType<typeof startTestRelay>>;

describe("differential fuzz of responses", () => {
  it(`passes what a strict reader takes and breaks or refuses all else (seed ${seed})`, async () => {
    const answers = new Map<string, readonly Uint8Array[]>();
    const upstream = createServer((socket) => void answer(socket, answers));
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const address = upstream.address();
    if (address === null || typeof address === "string") throw new Error("no address");
    // Bytes that come late on a reused connection cannot be told apart from the answer to the next request.
    const options = { pool: { maxIdleConnections: 0 } };
    const relay = await startTestRelay(relayOptions({ kind: "tcp", host: "127.0.0.1", port: address.port }, options));

    const tally: Tally = { inputs: 0, passed: 0, refused: 0, findings: [] };
    const deadline = performance.now() + maxMs;
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < wantedInputs && performance.now() < deadline && tally.findings.length < 10) {
        await oneExchange({ relay, answers, tally }, ++next);
      }
    };
    await Promise.all(Array.from({ length: clientsAtOnce }, worker));
    await relay.stop();
    upstream.close();
    process.stdout.write(
      `fuzz of responses: seed ${seed}, ${tally.inputs} inputs, ${tally.passed} passed, ${tally.refused} refused or broken\n`,
    );
    expect(tally.findings, `seed ${seed}`).toEqual([]);
    expect(tally.passed).toBeGreaterThan(tally.inputs / 20);
    expect(tally.refused).toBeGreaterThan(tally.inputs / 20);
  });
});

/** Answers the one request of a connection with the pieces that wait under its target, then closes. */
async function answer(socket: Socket, answers: ReadonlyMap<string, readonly Uint8Array[]>): Promise<void> {
  socket.on("error", () => {});
  const [request] = await new Promise<[Buffer]>((resolve) => socket.once("data", (...data: [Buffer]) => resolve(data)));
  for (const piece of answers.get(request.toString("latin1").split(" ")[1] ?? "") ?? []) {
    socket.write(piece);
    await turnOfTheLoop();
  }
  socket.end();
}

interface Bench {
  readonly relay: TestRelay;
  readonly answers: Map<string, readonly Uint8Array[]>;
  readonly tally: Tally;
}

async function oneExchange({ relay, answers, tally }: Bench, index: number): Promise<void> {
  const random = new SeededRandom(seed ^ Math.imul(index, 0x9e3779b1));
  const bytes = latin1(mutated(random.pick(templates), random));
  const method = random.pick(["GET", "GET", "GET", "HEAD"]);
  const target = `/${index}`;
  answers.set(target, cutAtRandom(bytes, random));
  const client = await connectRaw(relay.address);
  client.send(`${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await client.left().catch(() => {});
  answers.delete(target);
  const seen = client.reading([method]);
  client.close();
  tally.inputs += 1;
  const problem = compare(readResponses(bytes, [method], true), seen, tally);
  if (problem !== "") {
    tally.findings.push(
      `${problem}: ${method} answered ${printable(bytes, 1_500)}, the client got ${printable(client.bytes(), 600)}`,
    );
  }
}

const isFinal = ({ status }: StrictResponse): boolean => status >= 200;

/** What is wrong with what the client saw, given what the upstream sent; empty when nothing. */
function compare(sent: ResponseContent, seen: ResponseContent, tally: Tally): string {
  if (seen.error !== "") return `the client got malformed bytes (${seen.error})`;
  const finals = seen.responses.filter(isFinal);
  const [got] = finals;
  if (finals.length !== 1 || !got || seen.rest.length > 0) return `the client got ${finals.length} responses`;
  const wanted = sent.responses.find(isFinal);
  const hasTunnel = sent.responses.some(({ status }) => status === 101);
  if (wanted?.complete === true && !hasTunnel) {
    tally.passed += 1;
    return compareWhole(wanted, got);
  }
  // Framing fields on a 1xx or 204 are taken out, not refused.
  if (sent.error.startsWith("framing fields")) return "";
  tally.refused += 1;
  const isRefused = got.status === 502 || !got.complete;
  return isRefused ? "" : `what the reader refuses (${sent.error || "incomplete"}) was passed on`;
}

function compareWhole(wanted: StrictResponse, got: StrictResponse): string {
  const isSame = got.status === wanted.status && got.body.equals(wanted.body) && got.complete;
  return isSame ? "" : `${wanted.status} with ${wanted.body.length} bytes became ${got.status} with ${got.body.length}`;
}
