import { connect, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedUpstream, startUpstream } from "../../support/scripted-upstream.ts";
import { hasNginx, type NginxPeer, startNginx } from "../support/start-nginx.ts";
import { allCases } from "./support/all-cases.ts";
import type { WireCase } from "./support/case.ts";
import { runClient, scriptOf, wholeOf } from "./support/run-case.ts";
import { type RuleId, rules } from "./support/rules.ts";

const rows = allCases.filter((row): row is WireCase => row.kind === "wire");
const strictRules = (Object.keys(rules) as RuleId[]).filter(
  (id) => rules[id].family === "strict" && rows.some(({ rule }) => rule === id),
);

/** Rules that are seen at the upstream only, and one that a pipe keeps because it is a pipe. */
const notForPipes: ReadonlySet<RuleId> = new Set([
  "internal-headers",
  "connection-cannot-remove",
  "trailer-forbidden",
  "via-loop",
  "response-short",
]);

async function startPipe(
  upstreamPort: number,
): Promise<{ readonly host: string; readonly port: number; stop(): Promise<void> }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const other = connect({ port: upstreamPort, host: "127.0.0.1", allowHalfOpen: true });
    socket.pipe(other).pipe(socket);
    socket.on("error", () => other.destroy());
    other.on("error", () => socket.destroy());
    socket.on("close", () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return { host: "127.0.0.1", port: address.port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

describe("the cases can fail", () => {
  let upstream: ScriptedUpstream;
  let pipe: Awaited<ReturnType<typeof startPipe>>;

  beforeAll(async () => {
    upstream = await startUpstream();
    pipe = await startPipe(upstream.port);
  });

  afterAll(async () => {
    await upstream.stop();
    await pipe.stop();
  });

  for (const id of strictRules.filter((id) => !notForPipes.has(id))) {
    it(`a plain pipe breaks the rule ${id}`, async () => {
      for (const row of rows.filter(({ rule }) => rule === id)) {
        upstream.play(scriptOf(row.reply));
        const view = await runClient({ address: pipe, upstream, limitMs: 400 }, row, wholeOf(row));
        if (view.problems.length > 0) return;
      }
      expect.fail("no case of this rule noticed");
    });
  }
});

/** Where nginx is known to be right, the rows must say that it is: a row that is wrong itself would be noticed here. */
const sharedRules: ReadonlySet<RuleId> = new Set([
  "body-identical",
  "no-body-statuses",
  "close-delimited",
  "response-short",
  "pipelining",
]);

describe.skipIf(!hasNginx() && process.env["CI"] !== "true")("nginx agrees where it is known to be right", () => {
  let upstream: ScriptedUpstream;
  let nginx: NginxPeer;

  beforeAll(async () => {
    upstream = await startUpstream();
    nginx = await startNginx(upstream);
  });

  afterAll(async () => {
    await nginx?.stop();
    await upstream.stop();
  });

  for (const row of rows.filter(({ rule }) => sharedRules.has(rule))) {
    it(`${row.rule}: ${row.name}`, async () => {
      upstream.play(scriptOf(row.reply));
      const view = await runClient({ address: nginx, upstream, limitMs: 3_000 }, row, wholeOf(row));
      expect(view.problems).toEqual([]);
    });
  }
});
