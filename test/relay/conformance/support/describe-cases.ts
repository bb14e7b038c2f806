import { describe, expect, it } from "vitest";
import type { RelayOverrides } from "../../../support/start-relay.ts";
import { recordExchanges, relayOptions, startTestRelay } from "../../../support/start-relay.ts";
import { startUpstream } from "../../../support/scripted-upstream.ts";
import { connectRaw, type RawClient } from "../../../support/raw-client.ts";
import { until } from "../../../support/until.ts";
import type { ConformanceCase, Stage, WireCase } from "./case.ts";
import { checkUpstream, runClient, scriptOf, wholeOf } from "./run-case.ts";

/** Registers one test for each case. */
export function describeCases(title: string, cases: readonly ConformanceCase[]): void {
  describe(title, () => {
    for (const row of cases) {
      it(`${row.rule}: ${row.name}`, async () => {
        await onStage(row.options, (stage) => (row.kind === "story" ? row.run(stage) : runRow(stage, row)));
      });
    }
  });
}

async function runRow(stage: Stage, row: WireCase): Promise<void> {
  stage.upstream.play(scriptOf(row.reply));
  const { address } = stage.relay;
  const view = await runClient({ address, upstream: stage.upstream }, row, wholeOf(row));
  const problems = [...view.problems, ...(await checkUpstream(stage.upstream, row, 1))];
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** Runs `play` in front of a fresh relay and upstream, and takes both down whatever happens. */
export async function onStage(overrides: RelayOverrides, play: (stage: Stage) => Promise<void>): Promise<void> {
  const upstream = await startUpstream();
  const { seen, observer } = recordExchanges();
  const options = relayOptions(
    { kind: "tcp", host: upstream.host, port: upstream.port },
    { ...overrides, observers: [observer] },
  );
  const relay = await startTestRelay(options);
  const clients: RawClient[] = [];
  const connect = async (): Promise<RawClient> => {
    const client = await connectRaw(relay.address);
    clients.push(client);
    return client;
  };
  try {
    await play({ relay, options, upstream, seen, connect });
    expect(relay.counters.observerFailuresTotal).toBe(0);
  } finally {
    for (const client of clients) client.close();
    // The relay looks at its deadlines only now and then: waiting here for what has gone anyway makes stopping quick.
    await until(() => relay.counters.connectionsOpen === 0, "", 100).catch(() => {});
    await relay.stop();
    await upstream.stop();
  }
}
