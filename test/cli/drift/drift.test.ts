import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";

import { DriftMonitor } from "../../../src/drift/monitor/drift-monitor.ts";
import type { DriftReport } from "../../../src/drift/monitor/drift-report.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import type { Cell } from "../../../src/payload/body-content.ts";
import { aSubject, baselineOf, categorical, numeric } from "../../drift/support/some-baselines.ts";
import { dispatched } from "../support/recorded-context.ts";
import { startedServer } from "../support/started-server.ts";

const utf8 = { LANG: "C.UTF-8" };

/** An admin port that gives these answers to `GET /drift`, the last one again and again. */
async function startAdmin(
  ...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]
): Promise<{ readonly address: string; readonly calls: string[] }> {
  const calls: string[] = [];
  const address = await startedServer((request, response) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    calls.push(`${request.method} ${request.url}`);
    answer?.(request, response);
  });
  return { address, calls };
}

const giving =
  (...reports: readonly DriftReport[]) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ reports }));
  };

/** The report after so many windows in which each row is drawn like this. */
function reportOf(
  windows: number,
  draw: (index: number) => Readonly<Record<string, Cell>>,
  requests = 700,
): DriftReport {
  const baseline = baselineOf([
    numeric("age", [0, 10, 20, 30, 40], { counts: [500, 500, 500, 500] }),
    categorical("plan", { basic: 1500, pro: 500 }),
  ]);
  const options = {
    learnRequests: 100,
    windowMs: 1000,
    longWindowsMs: [],
    thresholds: defaultThresholds,
    maxFeatures: 100,
    formatTime: String,
  };
  const monitor = new DriftMonitor(aSubject, options, baseline, 0);
  for (let window = 0; window < windows; window++) {
    for (let index = 0; index < requests; index++) {
      const row = draw(index);
      const columns = { names: Object.keys(row), isPositional: false };
      monitor.add({ columns, rowCount: 1, cells: Object.values(row) }, undefined, window * 1000);
    }
    monitor.advance((window + 1) * 1000);
    while (monitor.step());
  }
  return monitor.report();
}

const plan = (index: number): string => (index % 4 === 0 ? "pro" : "basic");
const calm = reportOf(2, (index) => ({ age: index % 40, plan: plan(index) }));
const odd = reportOf(2, (index) => ({ age: (index % 40) * 12, plan: plan(index) }));

describe("outrider drift", () => {
  it("prints each model with its targets, worst first, and says by its exit code that all is well", async () => {
    const admin = await startAdmin(giving(calm));
    const { exitCode, output, errors } = await dispatched(["drift", "--admin", admin.address], { environment: utf8 });
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output).toContain("churn 7 stable: ok\n");
    expect(output).toContain("baseline  train.csv, 2,000 rows, made 2026-11-24T00:00:00Z\n");
    expect(output).toContain("1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z, 700 requests, 700 rows, n 700\n");
    expect(output).toMatch(/ok +age .* ·████· +·████·\n/);
    expect(output).toMatch(/ok +plan .* █▃··/);
    expect(output).not.toContain("\u001b");
    expect(admin.calls).toEqual(["GET /drift"]);
  });

  it("ends with 3 when something drifted critically, and names it first", async () => {
    const admin = await startAdmin(giving(odd));
    const { exitCode, output } = await dispatched(["drift", "--admin", admin.address, "--top", "1"]);
    expect(exitCode).toBe(3);
    expect(output).toMatch(/CRITICAL +age/);
    expect(output).toContain("… and 1 more (--top 2)");
    expect(output).not.toMatch(/^ok +plan/m);
  });

  it("ends with 4 on a warning, and with 5 when there is no verdict", async () => {
    const warning: DriftReport = { ...calm, state: "warn" };
    const answers = await startAdmin(giving(calm, warning), giving(), giving(reportOf(1, () => ({ age: 5 }), 5)));
    const ask = async (): Promise<{ exitCode: number; output: string }> =>
      dispatched(["drift", "--admin", answers.address]);
    expect((await ask()).exitCode).toBe(4);
    expect(await ask()).toMatchObject({ exitCode: 5, output: "No model has been seen yet.\n" });
    const short = await ask();
    expect(short.exitCode).toBe(5);
    expect(short.output).toContain("not ready too few requests: 5 of 600; they are carried into the next window\n");
  });

  it("names what is absent, unknown or of another type, and new values", async () => {
    const report = reportOf(2, (index) => ({ age: `${index % 40}`, plan: "gold", "extra\u001b[2J": 1 }));
    const lacking = reportOf(2, () => ({ plan: "basic" }));
    const admin = await startAdmin(giving(report, lacking));
    const { output } = await dispatched(["drift", "--admin", admin.address], { isTerminal: false });
    expect(output).toContain("unknown   extra?[2J (700 rows)\n");
    expect(output).toContain("retyped   age (numbers came as text)\n");
    expect(output, "the row says why").toMatch(/^CRITICAL +age .* came as text, 100\.0% of the rows$/m);
    expect(output).toContain("new: gold");
    expect(output).toContain("absent    age\n");
  });

  it("shows the age of a verdict and the progress of the next one", async () => {
    const next: DriftReport = {
      ...calm,
      ready: false,
      reason: "too few requests: 120 of 600",
      window: { ...calm.window!, to_ms: Date.now() - 600_000 },
      collecting: { requests: 130, effective_rows: 120.5, needed: 600 },
    };
    const admin = await startAdmin(giving(next), giving({ ...next, scope: "fleet" }));
    const first = await dispatched(["drift", "--admin", admin.address]);
    expect(first.output).toMatch(/^verdict {3}10 min old; since then: 120 of 600 requests$/m);
    expect(first.output).not.toContain("not ready");
    expect((await dispatched(["drift", "--admin", admin.address])).output).toMatch(/^verdict {3}10 min old$/m);
  });

  it("lists the known models when the wanted one is unknown", async () => {
    const admin = await startAdmin(giving(), giving(calm, odd, { ...calm, model: "fraud\u001b[2J" }));
    const { exitCode, output } = await dispatched(["drift", "--admin", admin.address, "--model", "nope"]);
    expect({ exitCode, output }).toEqual({
      exitCode: 5,
      output: 'There is no model "nope"; the models are: churn, fraud?[2J\n',
    });
    expect(admin.calls).toEqual(["GET /drift?model=nope", "GET /drift"]);
  });

  it("prints the reason when the sidecar reads no bodies", async () => {
    const body = { reports: [], reason: "no bodies are read: `reading.sample` or `tap.body_bytes` is 0" };
    const admin = await startAdmin((_, response) => void response.end(JSON.stringify(body)));
    const words = ["drift", "--admin", admin.address, "--model", "churn"];
    const { exitCode, output } = await dispatched(words);
    expect({ exitCode, output }).toEqual({ exitCode: 5, output: `There is no drift report: ${body.reason}\n` });
    expect(JSON.parse((await dispatched([...words, "--json"])).output)).toEqual(body);
  });

  it.each([200, 109, 80, 60, 40, 24])("keeps to a terminal of %i columns", async (columns) => {
    const long = { ...odd, targets: odd.targets.map((target) => ({ ...target, name: `${target.name}-`.repeat(20) })) };
    const admin = await startAdmin(giving(long));
    const words = ["drift", "--admin", admin.address];
    const { output } = await dispatched(words, { isTerminal: true, columns, environment: { NO_COLOR: "1", ...utf8 } });
    const table = output.slice(output.indexOf("\nstate") + 1).split("\n");
    // State, name and PSI always stay.
    for (const line of table) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 9 + 2 + 28 + 2 + 6));
    expect(table[0]?.includes("baseline")).toBe(columns >= 110);
    expect(table[0]?.includes("missing")).toBe(columns >= 60);
    expect(table[1]).toContain("CRITICAL");
  });

  it("colours states on a terminal only", async () => {
    const admin = await startAdmin(giving(odd));
    const words = ["drift", "--admin", admin.address];
    expect((await dispatched(words, { isTerminal: true })).output).toContain("\u001b[31;1mCRITICAL\u001b[0m");
    const plain = await dispatched(words, { isTerminal: true, environment: { NO_COLOR: "1" } });
    expect(plain.output).not.toContain("\u001b");
    expect(plain.output).toMatch(/^[\u0000-\u007f…]*$/);
  });

  it("asks for one model, and prints JSON as the sidecar gave it", async () => {
    const admin = await startAdmin(giving(calm));
    const { output } = await dispatched(["drift", "--admin", admin.address, "--model", "a b&c", "--json"]);
    expect(admin.calls).toEqual(["GET /drift?model=a%20b%26c"]);
    expect(JSON.parse(output)).toEqual({ reports: [JSON.parse(JSON.stringify(calm))] });
  });

  it("refreshes while it watches, prints changes, and fails when the sidecar is gone", async () => {
    const gone = (request: IncomingMessage): void => void request.socket.destroy();
    const admin = await startAdmin(giving(calm), giving(calm), giving(odd), gone);
    const { exitCode, output, errors } = await dispatched(
      ["drift", "--admin", admin.address, "--watch", "--interval", "1ms"],
      { isTerminal: true },
    );
    expect(exitCode).toBe(1);
    expect(errors).toContain("(admin_unreachable)");
    expect(output.split("\u001b[H\u001b[2J")).toHaveLength(3);
    expect(output, "what scrolled by stays").not.toContain("\u001b[3J");
  });

  it("prints every report of a watch without a terminal", async () => {
    const gone = (request: IncomingMessage): void => void request.socket.destroy();
    const admin = await startAdmin(giving(calm), giving(calm), giving(calm), gone);
    const { output } = await dispatched(["drift", "--admin", admin.address, "--watch", "--interval", "1ms"]);
    expect(output.split("churn 7 stable: ok\n")).toHaveLength(4);
    expect(output).not.toContain("\u001b");
  });

  it("ends its watch at a signal, with the exit code of the last report", async () => {
    let asked = 0;
    const admin = await startAdmin((request, response) => {
      giving(odd)(request, response);
      if (++asked === 3) process.emit("SIGTERM", "SIGTERM");
    });
    const { exitCode } = await dispatched(["drift", "--admin", admin.address, "--watch", "--interval", "1ms"]);
    expect(exitCode).toBe(3);
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  it.each([
    ["a refusal", 403, "a token is needed", "403: a token is needed (admin_refused)"],
    ["text", 200, "hello", "is this the admin port of a sidecar?"],
    ["another JSON", 200, '{"reports":[null]}', "is this the admin port of a sidecar?"],
  ])("fails on %s", async (_, status, body, hint) => {
    const admin = await startAdmin((__, response) => void response.writeHead(status).end(body));
    const { exitCode, errors } = await dispatched(["drift", "--admin", admin.address]);
    expect(exitCode).toBe(1);
    expect(errors).toContain(hint);
  });

  it.each([
    [["--admin", "nowhere"], "the port is missing"],
    [["--top", "0"], "a whole number of at least 1"],
    [["--top", "some"], "a whole number of at least 1"],
    [["--interval", "never"], "e.g. 2s"],
    [["--interval", "2s"], "--interval needs --watch"],
    [["--token-file", "/nowhere/token"], "/nowhere/token"],
  ])("refuses %j", async (words, hint) => {
    const { exitCode, errors } = await dispatched(["drift", ...words]);
    expect(exitCode).toBe(2);
    expect(errors).toContain(hint);
  });
});
