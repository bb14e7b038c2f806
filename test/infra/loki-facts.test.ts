/** What the delivery of predictions takes for granted of a real Loki. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../e2e/support/installed.ts";
import { scratchFolder } from "../e2e/support/scratch-folder.ts";
import { untilAsync } from "../support/until.ts";
import { findLoki, lokiSetUp, type LokiServer, startLoki } from "./support/loki-server.ts";
import { lokiTenant } from "./support/loki-tenant.ts";

const firstNs = BigInt(Date.now()) * 1_000_000n;

/** Entry `index` of every stream here: a time and a line of its own. */
const entry = (index: number): readonly [string, string] => [String(firstNs + BigInt(index)), `line ${index}`];
const entries = (from: number, to: number): (readonly [string, string])[] =>
  Array.from({ length: to - from }, (_, index) => entry(from + index));

function describeLoki(program: string): void {
  const folder = scratchFolder("loki-facts");
  let loki: LokiServer;

  beforeAll(async () => {
    loki = await startLoki({
      program,
      folder,
      tenants: { narrow: { ingestion_burst_size_mb: 1, ingestion_rate_mb: 1 } },
    });
  });

  afterAll(() => loki?.stop());

  /** The status and the text of the answer to a push. */
  async function push(tenant: string, values: readonly (readonly [string, string])[]): Promise<string> {
    const response = await fetch(`${loki.url}/loki/api/v1/push`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-scope-orgid": tenant },
      body: JSON.stringify({ streams: [{ stream: { service_name: "facts" }, values }] }),
    });
    return `${response.status} ${await response.text()}`.trim();
  }

  const stored = async (tenant: string): Promise<(readonly [string, string])[]> =>
    (await lokiTenant(loki.url, tenant).lines('{service_name="facts"}')).map(({ timeNs, line }) => [timeNs, line]);

  const count = (tenant: string): Promise<number> =>
    lokiTenant(loki.url, tenant).number('sum(count_over_time({service_name="facts"}[1h]))');

  it("returns all lines in order over any number of pages", async () => {
    expect(await push("pages", entries(0, 12_000))).toBe("204");
    expect(await stored("pages")).toEqual(entries(0, 12_000));
    expect(await count("pages")).toBe(12_000);
  });

  it("stores entries once that are sent twice, with chunks written between or not", async () => {
    expect(await push("twice", entries(0, 20))).toBe("204");
    expect(await push("twice", entries(10, 30))).toBe("204");
    expect(await stored("twice")).toEqual(entries(0, 30));
    await loki.flush();
    expect(await push("twice", entries(20, 40))).toBe("204");
    expect(await stored("twice")).toEqual(entries(0, 40));
    // A count holds them twice as long as the chunk that was written stays in memory as well; lines never are.
    await untilAsync(async () => (await count("twice")) === 40, "each to be counted once");
    expect(await stored("twice")).toEqual(entries(0, 40));
  });

  it("keeps acknowledged entries when it is killed", async () => {
    expect(await push("killed", entries(0, 100))).toBe("204");
    await loki.flush();
    expect(await push("killed", entries(100, 200))).toBe("204");
    await loki.kill();
    await expect(push("killed", entries(200, 201))).rejects.toThrow("fetch failed");
    await loki.restart();
    expect(await push("killed", entries(150, 300))).toBe("204");
    expect(await stored("killed")).toEqual(entries(0, 300));
  });

  it("narrows the limits of one tenant", async () => {
    const large = [[entry(0)[0], "x".repeat(200_000)]] as const;
    const answers = await Promise.all(Array.from({ length: 10 }, () => push("narrow", large)));
    expect(
      answers.filter((answer) => answer.startsWith("429 ingestion rate limit exceeded for user narrow")),
    ).not.toEqual([]);
    const discarded = await loki.metric("loki_discarded_samples_total", { tenant: "narrow", reason: "rate_limited" });
    expect(discarded).toBe(answers.filter((answer) => answer.startsWith("429")).length);
  });
}

describeWith("a real Loki", findLoki(), describeLoki, lokiSetUp);
