/**
 * The log of predictions of a real MLflow model, through files: what is in it is what MLflow said, it can be read, made a
 * baseline of and asked again, and nothing that is to be redacted is ever in a byte of it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readLabelledRows } from "../../demo/traffic/labelled-rows.ts";
import type { PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import { connectRaw } from "../support/raw-client.ts";
import { until, untilAsync } from "../support/until.ts";
import { describeWith, findInstalled } from "./support/installed.ts";
import { metricValue } from "../support/metric-value.ts";
import { type MlflowServer, startMlflow } from "./support/mlflow-server.ts";
import { buildOutrider, type Outrider, startOutrider } from "./support/outrider-process.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

/** The columns of the classifier's signature, as in test/e2e/models/mlflow/classifier.py. */
const columns = ["mean radius", "mean texture", "mean smoothness", "worst area"];

const card = "4111 1111 1111 1111";
const email = "erika.mustermann@example.org";
const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXRva2Vu";
const secrets = [card, card.replaceAll(" ", ""), card.replaceAll(" ", "-"), email, token];

describeWith("the log of predictions of a real MLflow model", findInstalled("mlflow"), (installation) => {
  const folder = scratchFolder("prediction-log");
  const { features, rows: allRows } = readLabelledRows();
  const rows = allRows.map((row) => columns.map((name) => row[features.indexOf(name)] ?? Number.NaN));
  const sidecars: Outrider[] = [];
  let entry: string;
  let mlflow: MlflowServer;

  beforeAll(async () => {
    entry = await buildOutrider(folder);
    mlflow = await startMlflow(installation, { model: "classifier", folder });
  });

  afterAll(async () => {
    await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
    await mlflow?.stop();
  });

  const directoryOf = (name: string): string => path.join(folder, name);

  interface Logging {
    readonly sample?: string;
    readonly directory?: string;
  }

  async function start(name: string, more: readonly string[] = [], logging: Logging = {}): Promise<Outrider> {
    const { sample = "1", directory = directoryOf(name) } = logging;
    const log = ["--predictions", "--predictions-sample", sample, "--predictions-directory", directory];
    const args = [
      "--model-name",
      "breast-cancer",
      "--model-version",
      "7",
      "--model-digest",
      "sha256:77",
      ...log,
      ...more,
    ];
    const outrider = await startOutrider({ entry, folder, upstreamPort: mlflow.port, args });
    sidecars.push(outrider);
    return outrider;
  }

  const bytesOf = (name: string): string =>
    readdirSync(directoryOf(name))
      .map((file) => readFileSync(path.join(directoryOf(name), file), "utf8"))
      .join("");

  const recordsOf = (name: string): readonly PredictionRecord[] =>
    bytesOf(name)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as PredictionRecord);

  const run = (...args: readonly string[]): { readonly code: number | null; readonly out: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: "utf8" });
    return { code: status, out: stdout + stderr };
  };

  async function post(
    outrider: Outrider,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(`http://127.0.0.1:${outrider.port}/invocations`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    return { status: response.status, text: await response.text() };
  }

  const split = (row: readonly unknown[]): string => JSON.stringify({ dataframe_split: { columns, data: [row] } });

  const sent = async (outrider: Outrider): Promise<number> =>
    (await outrider.metric("outrider_prediction_log_sent_total", { sink: "file" })) ?? 0;

  it("holds what MLflow was asked and said; commands show it, make a baseline of it, and ask it again", async () => {
    const outrider = await start("whole", ["--predictions-bodies"]);
    const answers: unknown[] = [];
    for (const row of rows.slice(0, 60)) answers.push(JSON.parse((await post(outrider, split(row))).text));
    expect((await post(outrider, '{"dataframe_split": 1}')).status).toBe(400);
    await untilAsync(async () => (await sent(outrider)) === 61, "61 records in files");
    const records = recordsOf("whole");
    const good = records.filter(({ outcome }) => outcome === "ok");
    expect(good.map(({ prediction }) => ({ predictions: prediction }))).toEqual(answers);
    expect(good.map((record) => columns.map((name) => record.features?.[0]?.[name]))).toEqual(rows.slice(0, 60));
    expect(records.find(({ status }) => status === 400)).toMatchObject({
      outcome: "client_error",
      model: "breast-cancer",
    });
    expect(good[0]).toMatchObject({ version: "7", digest: "sha256:77", rows: 1, sampling: { probability: 1 } });

    const place = ["--directory", directoryOf("whole")];
    const shown = run("predictions", ...place, "--json");
    expect(
      shown.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(records);
    const input = path.join(folder, "live.csv");
    expect(run("predictions", "export", ...place, "--outcome", "ok", "--for-baseline", "-o", input).code).toBe(0);
    const build = ["baseline", "build", "--input", input, "--prediction", "prediction", "--weight", "weight"];
    execFileSync(process.execPath, [entry, ...build, "-o", path.join(folder, "live.json")], { stdio: "pipe" });
    expect(run("baseline", "show", path.join(folder, "live.json")).out).toContain("mean radius");
    const upstream = ["--upstream", `http://127.0.0.1:${mlflow.port}`];
    const replayed = run("replay", ...place, ...upstream, "--outcome", "ok", "--rate", "200");
    expect(replayed.code, replayed.out).toBe(0);
    expect(replayed.out).toMatch(/60/);
  });

  it("logs time-outs and failures beside a sample of nothing, with their features", async () => {
    const outrider = await start("failures", ["--timeouts-first-byte-ms", "200ms"], { sample: "0" });
    mlflow.signal("SIGSTOP");
    const { status } = await post(outrider, split(rows[0] ?? [])).finally(() => mlflow.signal("SIGCONT"));
    expect(status).toBe(504);
    await untilAsync(async () => (await sent(outrider)) === 1, "the time-out in a file");
    expect(recordsOf("failures")[0]).toMatchObject({
      outcome: "timeout",
      status: 504,
      sampling: { reason: "timeout", probability: 1 },
      features: [{ "mean radius": rows[0]?.[0] }],
    });
  });

  it("has not a byte of what is redacted, however it comes in", async () => {
    const outrider = await start("redacted", ["--predictions-bodies", "--predictions-headers", "x-note"]);
    const escaped = split(rows[0] ?? []).replace("mean texture", email.replace("@", "\\u0040"));
    const bodies = [
      split([...(rows[0] ?? []).slice(0, 3), card]),
      split([...(rows[0] ?? []).slice(0, 3), Number(card.replaceAll(" ", ""))]),
      escaped,
      JSON.stringify({ note: JSON.stringify({ deeper: [email, { [card]: token }] }) }),
      JSON.stringify({ dataframe_records: [{ [email]: 1, token: `Bearer ${token}` }] }),
      `not json ${card} ${email}`,
    ];
    for (const body of bodies) {
      await post(outrider, body, { "x-note": `call ${email}`, "x-request-id": email });
      await post(outrider, gzipSync(body), { "content-encoding": "gzip", "x-note": card });
    }
    await post(outrider, `mean radius,who\n1,${email}\n`, { "content-type": "text/csv" });
    const client = await connectRaw({ host: "127.0.0.1", port: outrider.port });
    const body = split([card, email, token, 1]);
    const head = `POST /invocations?key=${token} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
    client.send(`${head}Content-Length: ${body.length}\r\n\r\n`);
    await client.sendPieces(body.match(/.{1,7}/g) ?? []);
    const count = bodies.length * 2 + 2;
    await untilAsync(async () => (await sent(outrider)) === count, `${count} records in files`);
    client.socket.destroy();
    const written = bytesOf("redacted");
    for (const secret of secrets) expect(written).not.toContain(secret);
    expect(written).toContain("***");
    expect(written.split("\n").filter((line) => line !== "")).toHaveLength(count);
  });

  it("is delivered when the sidecar is asked to end, and accounts for everything until then", async () => {
    const outrider = await start("ended");
    for (const row of rows.slice(0, 20)) await post(outrider, split(row));
    const { body } = await outrider.admin("/metrics");
    const sum = (...names: readonly string[]): number =>
      names.reduce((total, name) => total + (metricValue(body, `outrider_prediction_log_${name}`) ?? Number.NaN), 0);
    expect(sum("accepted_total", "recovered_total")).toBe(
      sum("sent_total", "dropped_total", "queue_entries", "spool_entries"),
    );
    outrider.signal("SIGTERM");
    await until(outrider.hasExited, "the sidecar to end");
    expect(recordsOf("ended")).toHaveLength(20);
  });

  it("does not keep it from serving that the folder cannot be written", async () => {
    const outrider = await start("unwritable", [], { directory: "/proc/outrider" });
    for (const row of rows.slice(0, 5)) expect((await post(outrider, split(row))).status).toBe(200);
    await until(
      () =>
        /delivery of predictions fails.*\/proc\/outrider|\/proc\/outrider.*delivery of predictions fails/.test(
          outrider.log(),
        ),
      "a log line that names the folder",
    );
    expect(await outrider.metric("outrider_prediction_log_queue_entries", { sink: "file" })).toBe(5);
  });
});
