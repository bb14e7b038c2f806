import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latin1, printable } from "../support/latin1.ts";
import { connectRaw } from "../support/raw-client.ts";
import { valuesOf } from "../support/strict/strict-message.ts";
import { relayOptions, startTestRelay } from "../support/start-relay.ts";
import { readRequests, type RequestContent, type StrictRequest } from "../support/strict/strict-reader.ts";
import { headerOf, type StrictResponse } from "../support/strict/strict-responses.ts";
import { until } from "../support/until.ts";
import { type EchoUpstream, fingerprint, startEchoUpstream } from "./echo-upstream.ts";
import { cutAtRandom, mutatedRequest } from "./mutate.ts";
import { SeededRandom } from "./random.ts";

/** The seed of this run; set OUTRIDER_FUZZ_SEED to repeat one. */
const seed = Number(process.env["OUTRIDER_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const wantedInputs = Number(process.env["OUTRIDER_FUZZ_INPUTS"] ?? 100_000);
/** The run ends after this time in any case; that it had too few inputs by then is an error in CI only. */
const maxMs = Number(process.env["OUTRIDER_FUZZ_MS"] ?? 240_000);

const clientsAtOnce = 64;
const requestsPerConnection = 6;

type TestRelay = Awaited<ReturnType<typeof startTestRelay>>;

interface Tally {
  inputs: number;
  forwarded: number;
  refused: number;
  readonly findings: string[];
}

describe("differential fuzz through the relay", () => {
  let upstream: EchoUpstream;
  let relay: TestRelay;

  beforeAll(async () => {
    upstream = await startEchoUpstream();
    relay = await startTestRelay(
      relayOptions(
        { kind: "tcp", host: upstream.host, port: upstream.port },
        // A length that was mutated into a very long one is not a fault for the strict reader.
        { timeouts: { halfCloseMs: 10_000 }, limits: { bodyBytes: Number.MAX_SAFE_INTEGER } },
      ),
    );
  });

  afterAll(async () => {
    await relay.stop();
    await upstream.stop();
  });

  it(`forwards exactly what a strict reader and Node's parser see (seed ${seed})`, async () => {
    const tally: Tally = { inputs: 0, forwarded: 0, refused: 0, findings: [] };
    let connections = 0;
    const deadline = performance.now() + maxMs;
    const worker = async (): Promise<void> => {
      while (tally.inputs < wantedInputs && performance.now() < deadline && tally.findings.length < 10) {
        // Each connection has numbers of its own, so that a run does the same whatever order its workers come in.
        const random = new SeededRandom(seed ^ Math.imul(++connections, 0x9e3779b1));
        await oneConnection(relay, random, tally);
      }
    };
    await Promise.all(Array.from({ length: clientsAtOnce }, worker));
    await until(() => relay.counters.connectionsOpen === 0, "").catch(() => {
      tally.findings.push(`the relay holds ${relay.counters.connectionsOpen} connections after all clients have left`);
    });
    tally.findings.push(...compareUpstream(upstream, tally.forwarded));
    process.stdout.write(
      `fuzz: seed ${seed}, ${tally.inputs} inputs, ${tally.forwarded} forwarded, ${tally.refused} refused
`,
    );
    expect(tally.findings, `seed ${seed}`).toEqual([]);
    if (process.env["CI"] === "true") expect(tally.inputs).toBeGreaterThanOrEqual(wantedInputs);
    expect(tally.forwarded).toBeGreaterThan(tally.inputs / 20);
    expect(tally.refused).toBeGreaterThan(tally.inputs / 20);
  });
});

interface Sent extends RequestContent {
  /** True when no bytes can make what is left a request. */
  readonly isLostCause: boolean;
  /** False when the request that is left was cut off within its head, where some faults do not show yet. */
  readonly hasWholeHead: boolean;
}

/** Sends several mutated requests on one connection and compares the answers with a strict reading of what was sent. */
async function oneConnection(relay: TestRelay, random: SeededRandom, tally: Tally): Promise<void> {
  const bytes = latin1(Array.from({ length: requestsPerConnection }, () => mutatedRequest(random)).join(""));
  const pieces = cutAtRandom(bytes, random);
  const client = await connectRaw(relay.address);
  await client.sendPieces(pieces);
  client.finish();
  const hasLeft = await client.left().then(
    () => true,
    () => false,
  );
  // Half a line may be beyond hope before its end has come.
  const ended = readRequests(Buffer.concat([bytes, latin1("\r\n\r\n")]));
  const read = readRequests(bytes);
  const hasWholeHead = bytes.includes("\r\n\r\n", read.consumed);
  const sent = { ...read, hasWholeHead, isLostCause: ended.error !== "" };
  const reading = client.reading(sent.requests.map(({ method }) => method));
  client.close();
  const answers = reading.responses.filter(({ status }) => status >= 200);
  const problems = compareAnswers(sent, answers, tally);
  if (!hasLeft) problems.push("the relay did not close");
  if (reading.error !== "") problems.push(`malformed answer (${reading.error})`);
  const lengths = pieces.map(({ length }) => length).join(", ");
  const context = `${printable(bytes, 2_000)} in pieces of ${lengths} answered ${printable(client.bytes(), 600)}`;
  tally.findings.push(...problems.map((problem) => `${problem}: ${context}`));
  tally.inputs += answers.length;
}

/** Says what is wrong with the answers to a connection's requests, and counts them. */
function compareAnswers(sent: Sent, answers: readonly StrictResponse[], tally: Tally): string[] {
  const passed = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status !== 200);
  tally.refused += refused.length;
  const problems = passed.map((answer, index) => comparePassed(answer, sent.requests[index], tally));
  const last = sent.requests.findIndex(isLast);
  const served = last === -1 ? sent.requests.length : last + 1;
  if (passed.length < served) {
    const code = refused.map((answer) => headerOf(answer, "x-outrider-error")).join();
    problems.push(`${passed.length} requests were served in place of ${served} (${code || "no refusal"})`);
  }
  return [...problems, compareRefusals(sent, refused.length, last !== -1)].filter((problem) => problem !== "");
}

function comparePassed(answer: StrictResponse, request: StrictRequest | undefined, tally: Tally): string {
  const echo = headerOf(answer, "x-echo");
  if (echo !== undefined) tally.forwarded += 1;
  if (!request) return `a request was served where the strict reader sees none (${echo})`;
  const isSame = echo === undefined ? isAnsweredHere(request) : echo === fingerprint(request);
  return isSame ? "" : `a request was forwarded as ${echo} and sent as ${fingerprint(request)}`;
}

function compareRefusals(sent: Sent, refusals: number, isOver: boolean): string {
  const mustRefuse = !isOver && sent.error !== "" && sent.hasWholeHead;
  const mayRefuse = !isOver && (sent.error !== "" || sent.isLostCause);
  const isRight = refusals >= (mustRefuse ? 1 : 0) && refusals <= (mayRefuse ? 1 : 0);
  return isRight ? "" : `${refusals} refusals (the reader says: ${sent.error})`;
}

/** RFC 9110 §7.6.2: these go no further. */
function isAnsweredHere({ method, headers }: StrictRequest): boolean {
  return (method === "OPTIONS" || method === "TRACE") && /^0+$/.test(valuesOf(headers, "max-forwards").join());
}

/** True when nothing after this request is served on the connection. */
function isLast({ version, headers }: StrictRequest): boolean {
  return version === "HTTP/1.0" || /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(valuesOf(headers, "connection").join());
}

/** The bytes the upstream got, read by the strict reader and by Node's parser. */
function compareUpstream(upstream: EchoUpstream, forwarded: number): string[] {
  const findings: string[] = [];
  let strict = 0;
  for (const connection of upstream.connections) {
    strict += connection.fingerprints.length;
    if (connection.error !== "")
      findings.push(`the upstream got malformed bytes (${connection.error}): ${printable(connection.tail)}`);
    for (const { node, expected } of connection.readings) {
      if (node.fingerprints.join("\n") === expected.join("\n")) continue;
      findings.push(
        `Node's parser (${node.error()}) saw ${node.fingerprints.join(", ")} in place of ${expected.join(", ")}`,
      );
    }
  }
  if (strict !== forwarded) findings.push(`the upstream got ${strict} requests, the clients got ${forwarded} answers`);
  return findings.slice(0, 10);
}
