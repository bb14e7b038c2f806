import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latin1, printable } from "../support/latin1.ts";
import { connectRaw } from "../support/raw-client.ts";
import { relayOptions, startTestRelay } from "../support/start-relay.ts";
import { readRequests } from "../support/strict-reader.ts";
import { headerOf } from "../support/strict-responses.ts";
import { until } from "../support/until.ts";
import { type EchoUpstream, fingerprint, startEchoUpstream } from "./echo-upstream.ts";
import { cutAtRandom, mutatedRequest } from "./mutate.ts";
import { SeededRandom } from "./random.ts";

/** The seed of this run; set OUTRIDER_FUZZ_SEED to repeat one. */
const seed = Number(process.env["OUTRIDER_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const wantedInputs = Number(process.env["OUTRIDER_FUZZ_INPUTS"] ?? 100_000);
/** The run also ends after this time; fewer inputs than wanted are then an error only where time is not short. */
const longestMs = Number(process.env["OUTRIDER_FUZZ_MS"] ?? 120_000);

const clientsAtOnce = 64;
const requestsPerConnection = 6;

type TestRelay = Awaited<ReturnType<typeof startTestRelay>>;

interface Tally {
  inputs: number;
  forwarded: number;
  refused: number;
  /** Requests that the strict reader takes and the relay refuses, by error code. */
  readonly overRefused: Map<string, number>;
  readonly findings: string[];
}

describe("differential fuzz through the relay", () => {
  let upstream: EchoUpstream;
  let relay: TestRelay;

  beforeAll(async () => {
    upstream = await startEchoUpstream();
    relay = await startTestRelay(
      relayOptions({ kind: "tcp", host: upstream.host, port: upstream.port }, { timeouts: { halfCloseMs: 10_000 } }),
    );
  });

  afterAll(async () => {
    await relay.stop();
    await upstream.stop();
  });

  it(`forwards exactly what a strict reader and Node's parser see (seed ${seed})`, async () => {
    const tally: Tally = { inputs: 0, forwarded: 0, refused: 0, overRefused: new Map(), findings: [] };
    const random = new SeededRandom(seed);
    const deadline = performance.now() + longestMs;
    const worker = async (): Promise<void> => {
      while (tally.inputs < wantedInputs && performance.now() < deadline && tally.findings.length < 10) {
        await oneConnection(relay, random, tally);
      }
    };
    await Promise.all(Array.from({ length: clientsAtOnce }, worker));
    await until(() => relay.counters.connectionsOpen === 0, "").catch(() => {
      tally.findings.push(`the relay holds ${relay.counters.connectionsOpen} connections after all clients have left`);
    });
    tally.findings.push(...compareUpstream(upstream, tally.forwarded));
    const over = [...tally.overRefused].map(([code, count]) => `${code} ${count}`).join(", ");
    process.stdout.write(
      `fuzz: seed ${seed}, ${tally.inputs} inputs, ${tally.forwarded} forwarded, ${tally.refused} refused (stricter than the reader: ${over || "none"})\n`,
    );
    expect(tally.findings, `seed ${seed}`).toEqual([]);
    expect(tally.forwarded).toBeGreaterThan(tally.inputs / 20);
    expect(tally.refused).toBeGreaterThan(tally.inputs / 20);
  });
});

/** Sends several mutated requests on one connection and compares the answers with a strict reading of what was sent. */
async function oneConnection(relay: TestRelay, random: SeededRandom, tally: Tally): Promise<void> {
  const text = Array.from({ length: requestsPerConnection }, () => mutatedRequest(random)).join("");
  const bytes = latin1(text);
  const client = await connectRaw(relay.address);
  const pieces = cutAtRandom(bytes, random);
  await client.sendPieces(pieces);
  client.finish();
  const hasLeft = await client.left().then(
    () => true,
    () => false,
  );
  const expected = readRequests(bytes);
  const answers = client.reading(expected.requests.map(({ method }) => method));
  client.close();
  const finals = answers.responses.filter(({ status }) => status >= 200);
  const echoes = finals.filter(({ status }) => status === 200).map((response) => headerOf(response, "x-echo") ?? "");
  const report = (what: string): void =>
    void tally.findings.push(
      `${what}: ${printable(bytes, 2_000)} in pieces of ${pieces.map(({ length }) => length).join(", ")} answered ${printable(client.bytes(), 600)}`,
    );
  echoes.forEach((echo, index) => {
    const request = expected.requests[index];
    if (!request) report(`request ${index + 1} was forwarded, and the strict reader sees none (${expected.error})`);
    else if (fingerprint(request) !== echo)
      report(`request ${index + 1} was forwarded as ${echo} and sent as ${fingerprint(request)}`);
  });
  if (!hasLeft) report("the relay did not close");
  if (answers.error !== "") report(`malformed answer (${answers.error})`);
  if (finals.some(({ status }) => status >= 500 && status !== 501)) report("a server error");
  tally.forwarded += echoes.length;
  const refusal = finals[echoes.length];
  if (refusal) {
    tally.refused += 1;
    if (expected.requests.length > echoes.length) {
      const code = headerOf(refusal, "x-outrider-error") ?? `${refusal.status}`;
      if (process.env["OUTRIDER_FUZZ_VERBOSE"] === "1")
        process.stdout.write(
          `stricter: ${code} ${printable(bytes, 2_000)} in pieces of ${pieces.map(({ length }) => length).join(", ")} after ${echoes.length}\n`,
        );
      tally.overRefused.set(code, (tally.overRefused.get(code) ?? 0) + 1);
    }
  }
  tally.inputs += Math.min(requestsPerConnection, echoes.length + 1);
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
