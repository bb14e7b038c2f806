import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPushAnswer, type PushOutcome } from "../../../src/loki/push/push-answer.ts";

const nowMs = Date.parse("2026-11-25T01:00:00Z");
const read = (status: number, text: string, { entries = 10, retryAfter = "" } = {}): PushOutcome =>
  readPushAnswer({ status, retryAfter, body: Buffer.from(text) }, { entries, nowMs });

/** The refused by reason, of an answer that settles a push. */
function refusedOf(outcome: PushOutcome): Readonly<Record<string, number>> {
  if (outcome.kind !== "settled") throw new Error(JSON.stringify(outcome));
  return Object.fromEntries(outcome.refused);
}

const labels = '{app="demo", service_name="demo"}';
const old = (seconds: number): string =>
  `entry for stream '${labels}' has timestamp too old: 2026-11-24T23:10:0${seconds}Z, oldest acceptable timestamp is: 2026-11-25T00:10:21Z`;
const behind = (ignored: number, arrived: number): string =>
  `entry with timestamp 2026-11-23 08:33:47.891 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-11-23T08:33:47Z, oldest acceptable timestamp is: 2026-11-23T08:38:47Z',\nuser 't1', total ignored: ${ignored} out of ${arrived} for stream: ${labels}`;
const streamRate = `entry with timestamp 2026-11-23 08:43:47.908 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 256KB/sec) while attempting to ingest for stream '${labels}' totaling 4000B, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased',\nuser 't', total ignored: 1 out of 1 for stream: ${labels}`;

describe("the answer to a push", () => {
  it.each<[what: string, text: string, refused: Readonly<Record<string, number>>]>([
    ["one too old", old(1), { too_old: 1 }],
    ["groups", `5 errors like: ${old(1)}; 3 errors like: ${old(2)}`, { too_old: 8 }],
    ["one too new", `entry for stream '${labels}' has timestamp too new: 2026-11-23T09:43:47Z`, { too_new: 1 }],
    [
      "different reasons",
      `2 errors like: ${old(1)}; 1 errors like: max entry size '4096' bytes exceeded for stream '${labels}' while adding an entry with length '5000' bytes`,
      { too_old: 2, line_too_long: 1 },
    ],
    ["too far behind", behind(3, 10), { too_far_behind: 3 }],
    ["too far behind, and others that never arrived", behind(1, 7), { too_far_behind: 1, refused: 3 }],
    ["more too far behind than were sent", behind(90, 90), { too_far_behind: 10 }],
    [
      "order",
      `entry with timestamp x ignored, reason: 'entry out of order',\nuser 't', total ignored: 2 out of 10 for stream: ${labels}`,
      { too_far_behind: 2 },
    ],
    ["too many labels", `entry for stream '${labels}' has 8 label names; limit 6`, { bad_labels: 10 }],
    [
      "a long label value",
      `stream '${labels}' has label value too long: 'vvv has timestamp too old'`,
      { bad_labels: 10 },
    ],
    ["a long label name", `stream '${labels}' has label name too long: 'nnn'`, { bad_labels: 10 }],
    [
      "labels that are none",
      "couldn't parse labels: 1:3: parse error: unexpected character inside braces: '-'",
      { bad_labels: 10 },
    ],
    [
      "enforced labels",
      `missing required labels 'env' for user 't' for stream '${labels}' (policy: '')`,
      { bad_labels: 10 },
    ],
    [
      "metadata too large",
      `stream '${labels}' has structured metadata too large: '3003' bytes, limit: '2048' bytes. Please see \`limits_config.max_structured_metadata_size\` or contact your Loki administrator to increase it`,
      { bad_metadata: 1 },
    ],
    [
      "too much metadata",
      `2 errors like: stream '${labels}' has too many structured metadata labels: '12', limit: '8'. Please see`,
      { bad_metadata: 2 },
    ],
    [
      "a body that cannot be read",
      "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: decode slice: expect [ or n",
      { refused: 10 },
    ],
    ["an unknown error", "the moon is full", { refused: 10 }],
    ["a group with an unknown error", `2 errors like: ${old(1)}; 1 errors like: the moon is full`, { refused: 10 }],
    ["nothing", "", { refused: 10 }],
    // Labels may be anything that a client has sent.
    [
      "a stream with a name that looks like an answer",
      old(1).replace("demo", String.raw`x\"} 9 errors like: ; 9 errors like: label names; limit`),
      { too_old: 1 },
    ],
  ])("of 400 counts the refused: %s", (_what, text, refused) => {
    expect(refusedOf(read(400, text))).toEqual(refused);
  });

  it("refuses from 1 to all of the entries, for any text of a 400", () => {
    const piece = fc.constantFrom(
      old(1),
      behind(2, 3),
      behind(0, 0),
      "9 errors like: ",
      "0 errors like: ",
      "; ",
      "has timestamp too new",
      labels,
      "'",
      "{",
    );
    const text = fc.array(fc.oneof(piece, fc.string())).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (said, entries) => {
        const outcome = read(400, said, { entries });
        if (outcome.kind !== "settled") return;
        const total = [...outcome.refused.values()].reduce((sum, count) => sum + count, 0);
        expect(total).toBeGreaterThanOrEqual(1);
        expect(total).toBeLessThanOrEqual(entries);
        expect(outcome.detail.length).toBeLessThanOrEqual(200);
      }),
    );
  });

  it.each<[status: number, text: string, expected: Readonly<Record<string, unknown>>]>([
    [204, "", { kind: "settled" }],
    [200, "", { kind: "settled" }],
    [413, "request body too large: 9 bytes, limit: 8 bytes", { kind: "too_large" }],
    [413, "<html>413 Request Entity Too Large</html>", { kind: "too_large" }],
    [
      500,
      "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5002507 vs. 4194304)",
      { kind: "too_large" },
    ],
    [400, "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unexpected EOF", { kind: "too_large" }],
    [
      400,
      "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: readStringSlowPath: unexpected end of input, error found in #1 byte of ...|x|...",
      { kind: "too_large" },
    ],
    [400, "compressed message size 9 exceeds limit 8", { kind: "too_large" }],
    [400, "tenant ID is too long: max 150 characters", { kind: "later", reason: "unauthorized" }],
    [400, "<html>The plain HTTP request was sent to HTTPS port</html>", { kind: "later", reason: "not_found" }],
    [200, "<!doctype html><title>Log in</title>", { kind: "later", reason: "not_found" }],
    [302, "", { kind: "later", reason: "not_found" }],
    [401, "no org id", { kind: "later", reason: "unauthorized" }],
    [403, "<html>Forbidden</html>", { kind: "later", reason: "unauthorized" }],
    [404, "404 page not found", { kind: "later", reason: "not_found" }],
    [405, "", { kind: "later", reason: "not_found" }],
    [408, "", { kind: "later", reason: "timeout" }],
    [418, "", { kind: "later", reason: "server_error" }],
    [500, "empty ring", { kind: "later", reason: "server_error" }],
    [503, "<html>Service Unavailable</html>", { kind: "later", reason: "server_error" }],
    [504, "", { kind: "later", reason: "timeout" }],
    [
      429,
      "ingestion rate limit exceeded for user t3 (limit: 1048576 bytes/sec) while attempting to ingest '175' lines totaling '700000' bytes, reduce log volume",
      { kind: "rate_limited", scope: "tenant", bytesPerSecond: 1_048_576 },
    ],
    [429, "<html>Too Many Requests</html>", { kind: "later", reason: "rate_limited" }],
    [429, "slow down", { kind: "rate_limited", scope: "tenant", bytesPerSecond: 0 }],
    [429, streamRate, { kind: "rate_limited", scope: "stream", bytesPerSecond: 262_144 }],
    // The last one was too far behind, so the whole is a 400; those for the rate may still pass.
    [400, `${streamRate.split("\n")[0]}\n${behind(2, 2)}`, { kind: "rate_limited", scope: "stream" }],
    [
      429,
      `maximum active stream limit exceeded when trying to create stream ${labels}, reduce the number`,
      { kind: "stream_limit" },
    ],
  ])("takes %i %s for what it is", (status, text, expected) => {
    expect(read(status, text)).toMatchObject(expected);
  });

  it("refuses all entries when the tenant is blocked", () => {
    expect(refusedOf(read(422, "error at least one valid stream is required for ingestion"))).toEqual({ refused: 10 });
    const blocked = "ingestion blocked for user 't' until '2100-01-01T00:00:00Z' with status code '260'";
    expect(refusedOf(read(260, blocked))).toEqual({ refused: 10 });
    expect(refusedOf(read(204, ""))).toEqual({});
  });

  it.each<[retryAfter: string, afterMs: number | undefined]>([
    ["7", 7000],
    [" 0 ", undefined],
    ["Wed, 25 Nov 2026 01:00:30 GMT", 30_000],
    ["Wed, 25 Nov 2026 00:00:00 GMT", undefined],
    ["soon", undefined],
    ["-5", undefined],
    ["", undefined],
    ["9".repeat(400), undefined],
  ])("waits as long as Retry-After says: %s", (retryAfter, afterMs) => {
    const outcome = read(503, "", { retryAfter });
    expect(outcome).toMatchObject({ kind: "later" });
    expect("afterMs" in outcome ? outcome.afterMs : undefined).toBe(afterMs);
  });

  it("keeps the contents of the body out of the log", () => {
    const quoted =
      'loghttp.PushRequest.Streams: []loghttp.LogProtoStream: Value is string, error found in #10 byte of ...|"secret"}]]}]}|..., bigger context ...|secret|...';
    const outcome = read(400, quoted);
    expect(outcome).toMatchObject({
      detail: "400 loghttp.PushRequest.Streams: []loghttp.LogProtoStream: Value is string",
    });
    expect(read(500, `a\u0007b\n\t<b>c</b>${"d".repeat(900)}`)).toMatchObject({
      detail: expect.stringMatching(/^500 a b c d{190}$/) as string,
    });
  });
});
