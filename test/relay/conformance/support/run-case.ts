/** Runs conformance rows against a running target and says everything that is not as it should be. */
import { wireErrors } from "../../../../src/errors/wire-errors.ts";
import { latin1, printable } from "../../../support/latin1.ts";
import { connectRaw, type Address, type RawClient } from "../../../support/raw-client.ts";
import type { ScriptedUpstream, UpstreamScript } from "../../../support/scripted-upstream.ts";
import { type Field, valuesOf } from "../../../support/strict/strict-message.ts";
import type { StrictRequest } from "../../../support/strict/strict-reader.ts";
import { headerOf, type StrictResponse } from "../../../support/strict/strict-responses.ts";
import { patienceMs, turnOfTheLoop, until } from "../../../support/until.ts";
import type { ExpectedRequest, ExpectedResponse, Expectation, FieldExpectation, RawReply, WireCase } from "./case.ts";

/** What one run of a row is run against. */
export interface Target {
  readonly address: Address;
  readonly upstream: ScriptedUpstream;
  /** How long to wait for what should happen; the usual patience when absent. */
  readonly limitMs?: number;
}

/** What the client saw of a row: enough to compare two runs. */
export interface ClientView {
  readonly responses: readonly StrictResponse[];
  readonly peer: RawClient["peer"];
  readonly problems: readonly string[];
}

/** The script that answers each complete request with the row's reply. */
export function scriptOf(reply: RawReply): UpstreamScript {
  return {
    onRequest: (connection) => {
      void (async () => {
        for (const piece of reply.pieces) {
          connection.write(piece);
          await turnOfTheLoop();
        }
        if (reply.then === "close") connection.finish();
        if (reply.then === "reset") connection.reset();
      })();
    },
  };
}

/** Sends the row in the given pieces and looks at what the client sees. */
export async function runClient(target: Target, row: WireCase, pieces: readonly Uint8Array[]): Promise<ClientView> {
  const client = await connectRaw(target.address);
  try {
    await client.sendPieces(pieces);
    await settled(client, row, target.limitMs ?? patienceMs);
    const reading = client.reading(row.methods);
    const finals = reading.responses.filter((response) => response.status >= 200);
    const problems =
      row.expect.kind === "refused"
        ? checkRefusal(finals, client, row.expect)
        : checkResponses(finals, row.expect.responses);
    if (reading.error !== "") problems.push(`malformed response (${reading.error}): ${printable(client.bytes())}`);
    if (reading.rest.length > 0) problems.push(`bytes after the last response: ${printable(reading.rest)}`);
    if (row.expect.kind === "passed" && row.expect.closes === false && client.peer !== "open")
      problems.push("the connection was closed");
    return { responses: finals, peer: client.peer, problems };
  } finally {
    client.close();
  }
}

/** Waits for the end of a row: the close where one is due, else the last response. */
async function settled(client: RawClient, row: WireCase, limitMs: number): Promise<void> {
  const { expect } = row;
  try {
    if (expect.kind === "refused" || expect.closes === true) await client.left(limitMs);
    else {
      const count = expect.responses.length;
      const last = expect.responses[count - 1];
      if (last?.complete === false) await client.left(limitMs);
      else await client.response(count, row.methods, limitMs);
      await turnOfTheLoop();
    }
  } catch {
    // What is missing is found, and said with more detail, by the checks of the responses.
  }
}

function checkRefusal(
  finals: readonly StrictResponse[],
  client: RawClient,
  expect: Extract<Expectation, { kind: "refused" }>,
): string[] {
  const problems: string[] = [];
  const refusal = finals[expect.after];
  if (finals.length !== expect.after + 1 || !refusal) {
    return [`${finals.length} responses in place of ${expect.after + 1}: ${printable(client.bytes())}`];
  }
  const code = headerOf(refusal, "x-outrider-error") ?? "";
  const allowed: readonly string[] = expect.codes;
  if (!allowed.includes(code)) problems.push(`code ${JSON.stringify(code)} in place of ${expect.codes.join(" or ")}`);
  else {
    const status: number = wireErrors[code as keyof typeof wireErrors].status;
    if (refusal.status !== status) problems.push(`status ${refusal.status} in place of ${status}`);
  }
  if (headerOf(refusal, "connection")?.toLowerCase() !== "close") problems.push("no Connection: close");
  if (client.peer !== "ended") problems.push(`the peer did not close in order: ${client.peer}`);
  return problems;
}

function checkResponses(finals: readonly StrictResponse[], expected: readonly ExpectedResponse[]): string[] {
  const problems: string[] = [];
  if (finals.length !== expected.length) problems.push(`${finals.length} responses in place of ${expected.length}`);
  expected.forEach((expectation, index) => {
    const response = finals[index];
    if (response)
      problems.push(...checkResponse(response, expectation).map((problem) => `response ${index + 1}: ${problem}`));
  });
  return problems;
}

/** What is not as expected in one response. */
export function checkResponse(response: StrictResponse, expected: ExpectedResponse): string[] {
  const problems = [
    ...differs("status", response.status, expected.status),
    ...differs("reason", response.reason, expected.reason),
    ...differs("version", response.version, expected.version),
    ...differs("framing", response.framing, expected.framing),
    ...differs("body", response.body.toString("latin1"), expected.body),
    ...differs("trailers", JSON.stringify(response.trailers), expected.trailers && JSON.stringify(expected.trailers)),
    ...checkFields(response.headers, expected),
  ];
  const complete = expected.complete ?? true;
  if (response.complete !== complete) problems.push(complete ? "it broke off" : "it looks complete");
  return problems;
}

/** What is not as expected in one forwarded request. */
export function checkRequest(request: StrictRequest, expected: ExpectedRequest): string[] {
  return [
    ...differs("method", request.method, expected.method),
    ...differs("target", request.target, expected.target),
    ...differs("body", request.body.toString("latin1"), expected.body),
    ...differs("trailers", JSON.stringify(request.trailers), expected.trailers && JSON.stringify(expected.trailers)),
    ...checkFields(request.headers, expected),
  ];
}

function differs<T>(what: string, got: T, expected: T | undefined): string[] {
  return expected === undefined || got === expected
    ? []
    : [`${what} ${JSON.stringify(got)} in place of ${JSON.stringify(expected)}`];
}

function checkFields(
  headers: readonly Field[],
  expected: { readonly has?: FieldExpectation; readonly lacks?: readonly string[] },
): string[] {
  const problems: string[] = [];
  for (const [name, wanted] of Object.entries(expected.has ?? {})) {
    const values = valuesOf(headers, name);
    const fits =
      wanted instanceof RegExp
        ? wanted.test(values.join(", "))
        : JSON.stringify(values) === JSON.stringify([wanted].flat());
    if (!fits) problems.push(`${name} is ${JSON.stringify(values)} in place of ${String(wanted)}`);
  }
  for (const name of expected.lacks ?? []) {
    const values = valuesOf(headers, name);
    if (values.length > 0) problems.push(`${name} is there: ${JSON.stringify(values)}`);
  }
  return problems;
}

/** What is not as expected in what reached the upstream, for `runs` runs of the row. */
export async function checkUpstream(upstream: ScriptedUpstream, row: WireCase, runs: number): Promise<string[]> {
  const wanted = row.expect.kind === "refused" ? row.expect.after : row.expect.requests.length;
  await turnOfTheLoop();
  if (upstream.requests.length < wanted * runs)
    await until(() => upstream.requests.length >= wanted * runs, "", 1_000).catch(() => {});
  const problems = upstream.connections
    .filter(({ error }) => error !== "")
    .map(({ error }) => `upstream got a malformed request: ${error}`);
  if (upstream.requests.length !== wanted * runs)
    problems.push(`${upstream.requests.length} requests upstream in place of ${wanted * runs}`);
  if (row.expect.kind === "refused") {
    const bytes = upstream.connections.reduce((sum, connection) => sum + connection.bytes().length, 0);
    if (row.expect.silent && row.expect.after === 0 && bytes > 0) problems.push(`${bytes} bytes went upstream`);
  } else if (runs === 1) {
    row.expect.requests.forEach((expected, index) => {
      const request = upstream.requests[index];
      if (request)
        problems.push(...checkRequest(request, expected).map((problem) => `request ${index + 1}: ${problem}`));
    });
  }
  return problems;
}

/** The row's bytes in one piece. */
export function wholeOf(row: WireCase): readonly Uint8Array[] {
  return [latin1(row.send)];
}
