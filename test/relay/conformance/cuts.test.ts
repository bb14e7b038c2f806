import { describe, it } from "vitest";
import { latin1 } from "../../support/latin1.ts";
import type { UpstreamScript } from "../../support/scripted-upstream.ts";
import { turnOfTheLoop } from "../../support/until.ts";
import { allCases } from "./support/all-cases.ts";
import type { RawReply, WireCase } from "./support/case.ts";
import { onStage } from "./support/describe-cases.ts";
import { checkUpstream, runClient, scriptOf } from "./support/run-case.ts";

/** More bytes than this are cut at a sample of places, early ones first. */
const maxCuts = 220;

/** The row's bytes cut in two at each place, and once into single bytes (the first of them, where there are many). */
function cutsOf(bytes: Uint8Array): Uint8Array[][] {
  const step = Math.max(1, Math.floor(bytes.length / maxCuts));
  const places = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1).filter(
    (at) => at < maxCuts / 2 || at % step === 0,
  );
  const cuts = places.map((at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  const single = Math.min(bytes.length, 2_000);
  const letters = Array.from({ length: single }, (_, at) => bytes.subarray(at, at + 1));
  return [...cuts, single === bytes.length ? letters : [...letters, bytes.subarray(single)]];
}

const rows = allCases.filter((row): row is WireCase => row.kind === "wire");

/** One row of those that differ only in the answer. */
const distinctRequests = [...new Map(rows.map((row) => [`${row.send} ${JSON.stringify(row.options)}`, row])).values()];

describe("a request cut at any byte has the same verdict", () => {
  for (const row of distinctRequests) {
    it(`${row.rule}: ${row.name}`, async () => {
      await onStage(row.options, async ({ relay, upstream }) => {
        upstream.play(scriptOf(row.reply));
        const cuts = cutsOf(latin1(row.send));
        const views = await Promise.all(
          cuts.map((pieces) => runClient({ address: relay.address, upstream }, row, pieces)),
        );
        const problems = views.flatMap((view, index) =>
          view.problems.map((problem) => `cut after ${cuts[index]?.[0]?.length ?? 0}: ${problem}`),
        );
        problems.push(...(await checkUpstream(upstream, row, cuts.length)));
        if (problems.length > 0) throw new Error(problems.slice(0, 10).join("\n"));
      });
    });
  }
});

/** Answers each request in two pieces, cut one byte later than the one before. */
function cutReplies(reply: RawReply): UpstreamScript {
  const bytes = latin1(reply.pieces.join(""));
  return {
    onRequest: (connection, _request, index) => {
      void (async () => {
        connection.write(bytes.subarray(0, index));
        await turnOfTheLoop();
        connection.write(bytes.subarray(index));
        await turnOfTheLoop();
        if (reply.then === "close") connection.finish();
        if (reply.then === "reset") connection.reset();
      })();
    },
  };
}

/** A fault in the body that comes together with the head is a 502, a later one breaks the response: those rows stay out. */
const wholeAnswers = rows.filter(
  ({ expect }) => expect.kind === "passed" && expect.requests.length === 1 && expect.responses[0]?.complete !== false,
);

describe("a response cut at any byte has the same verdict", () => {
  for (const row of wholeAnswers) {
    it(`${row.rule}: ${row.name}`, async () => {
      await onStage(row.options, async ({ relay, upstream }) => {
        upstream.play(cutReplies(row.reply));
        const runs = Array.from({ length: Math.min(maxCuts, row.reply.pieces.join("").length) });
        const target = { address: relay.address, upstream };
        const views = await Promise.all(runs.map(() => runClient(target, row, [latin1(row.send)])));
        const problems = views.flatMap((view) => view.problems);
        if (problems.length > 0) throw new Error(problems.slice(0, 10).join("\n"));
      });
    });
  }
});
