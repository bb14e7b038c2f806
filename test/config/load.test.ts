import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { effectiveValues } from "../../src/config/effective.ts";
import { loadConfig, type ConfigSources, type LoadedConfig } from "../../src/config/load.ts";
import { formatMistakes, type Mistake } from "../../src/config/mistake.ts";
import { routeRules } from "../support/route-rules.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const nothing: ConfigSources = { file: undefined, environment: {}, flags: [], isUpstreamRequired: false };

async function loaded(sources: Partial<ConfigSources>): Promise<LoadedConfig> {
  const result = await loadConfig({ ...nothing, ...sources });
  expect(result.kind === "mistakes" ? formatMistakes(result.mistakes) : "").toBe("");
  return result.kind === "loaded" ? result.loaded : expect.fail();
}

async function mistakes(sources: Partial<ConfigSources>): Promise<readonly Mistake[]> {
  const result = await loadConfig({ ...nothing, ...sources });
  return result.kind === "mistakes" ? result.mistakes : [];
}

async function fileOf(text: string): Promise<string> {
  const file = path.join(await temporaryDirectory(), "outrider.yaml");
  await writeFile(file, text);
  return file;
}

describe("loading the configuration", () => {
  it("gives the defaults when there is nothing else", async () => {
    const { config, origins, file } = await loaded({});
    expect(config).toMatchObject({
      listen: { host: "0.0.0.0", port: 18_080 },
      upstream: undefined,
      protocol: "auto",
      variant: "stable",
      admin: { listen: { host: "0.0.0.0", port: 18_090 }, tokenFile: "" },
      limits: { headBytes: 32_768, bodyBytes: 1_073_741_824, retryAfterSeconds: 1 },
      timeouts: { headerMs: 10_000, totalMs: 0 },
      pool: { maxConnections: 256, idleMs: 4000, retryUnsafe: false },
      tap: { bodyBytes: 262_144 },
      memory: { budgetBytes: 0 },
      inference: { features: [], prediction: undefined },
      upgrade: { protocols: ["websocket"] },
      log: { level: "info", format: "auto", access: false, accessSample: 1 },
    });
    expect(new Set([...origins.values()].map((origin) => origin.kind))).toEqual(new Set(["default"]));
    expect(file).toBeUndefined();
  });

  it("lets the file override defaults, the environment the file, and flags all; and remembers which", async () => {
    const file = await fileOf(
      "log: { level: debug, format: json }\nlimits:\n  queued: 7\n  head_bytes: 64KiB\nvariant: a\n",
    );
    const environment = { OUTRIDER_LOG_FORMAT: "human", OUTRIDER_LIMITS_QUEUED: "8", OUTRIDER_VARIANT: "b" };
    const result = await loaded({ file, environment, flags: [{ flag: "--variant", text: "c" }] });
    const rows = new Map(effectiveValues(result).map(({ path, value, origin }) => [path, [value, origin]]));
    expect(rows.get("log.level")).toEqual(["debug", `${file}:1:8`]);
    expect(rows.get("limits.head_bytes")).toEqual([65_536, `${file}:4:3`]);
    expect(rows.get("log.format")).toEqual(["human", "OUTRIDER_LOG_FORMAT"]);
    expect(rows.get("limits.queued")).toEqual([8, "OUTRIDER_LIMITS_QUEUED"]);
    expect(rows.get("variant")).toEqual(["c", "--variant"]);
    expect(rows.get("limits.connections")).toEqual([16_384, "default"]);
  });

  it("lets the strongest source win whichever sources give a value", async () => {
    const file = await fileOf("variant: from-file\n");
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.boolean(), fc.boolean(), async (inFile, inEnvironment, inFlag) => {
        const { config } = await loaded({
          file: inFile ? file : undefined,
          environment: inEnvironment ? { OUTRIDER_VARIANT: "from-environment" } : {},
          flags: inFlag ? [{ flag: "--variant", text: "from-flag" }] : [],
        });
        const expected = inFlag ? "from-flag" : inEnvironment ? "from-environment" : inFile ? "from-file" : "stable";
        expect(config.variant).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  it("takes the file named by OUTRIDER_CONFIG, and --config before it", async () => {
    const one = await fileOf("variant: one\n");
    const two = await fileOf("variant: two\n");
    expect((await loaded({ environment: { OUTRIDER_CONFIG: one } })).config.variant).toBe("one");
    expect((await loaded({ environment: { OUTRIDER_CONFIG: one }, file: two })).config.variant).toBe("two");
  });

  it("adds up a list flag that is given more than once, and refuses any other given twice", async () => {
    const allow = { flag: "--routes-allow", text: "GET /a,GET /b" };
    const { config } = await loaded({ flags: [allow, { ...allow, text: "GET /c" }] });
    expect(config.routes.allow).toEqual(routeRules("GET /a", "GET /b", "GET /c"));
    const found = await mistakes({
      flags: [
        { flag: "--variant", text: "a" },
        { flag: "--variant", text: "b" },
      ],
    });
    expect(found).toMatchObject([{ problem: "this flag is given more than once" }]);
  });

  it("lets an empty environment variable take a list back", async () => {
    const file = await fileOf("upgrade: { protocols: [websocket, foo] }\n");
    const { config } = await loaded({ file, environment: { OUTRIDER_UPGRADE_PROTOCOLS: "" } });
    expect(config.upgrade.protocols).toEqual([]);
  });

  it("reports every mistake of every source at once, those of the file by line", async () => {
    const file = await fileOf(
      "listen: nowhere\nlimts: {}\nlimits:\n  queued: -1\n  connections: many\nlog:\n  level: loud\nroutes:\n  allow: [GET]\n",
    );
    const environment = { OUTRIDER_TIMEOUTS_IDLE_MS: "5 minutes", OUTRIDER_UPSTRAEM: "x" };
    const flags = [{ flag: "--pool-retry-unsafe", text: "yes" }];
    const found = await mistakes({ file, environment, flags, isUpstreamRequired: true });
    expect(found.map(({ origin, path }) => [origin.kind === "file" ? origin.line : origin.kind, path])).toEqual([
      [1, "listen"],
      [2, "limts"],
      [4, "limits.queued"],
      [5, "limits.connections"],
      [7, "log.level"],
      [9, "routes.allow"],
      ["environment", ""],
      ["environment", "timeouts.idle_ms"],
      ["flag", "pool.retry_unsafe"],
      ["default", "upstream"],
    ]);
  });

  it("tells with each wrong value the place, what was given, and what is expected with an example", async () => {
    const file = await fileOf("limits:\n  head_bytes: 12\n");
    expect(formatMistakes(await mistakes({ file }))).toBe(
      [
        `${file}:2:3: limits.head_bytes: the value is not valid`,
        "    given     12",
        "    expected  a size from 1KiB to 1MiB, units B, KiB, MiB, GiB, e.g. 32KiB",
      ].join("\n"),
    );
  });

  it("reports a wrong value even where a stronger source covers it", async () => {
    const file = await fileOf("log: { level: loud }\n");
    expect(await mistakes({ file, environment: { OUTRIDER_LOG_LEVEL: "info" } })).toHaveLength(1);
  });

  it("shows no password of an upstream and no more than 80 characters of a value", async () => {
    const [secret, long] = await mistakes({
      environment: { OUTRIDER_UPSTREAM: "http://user:hunter2@model", OUTRIDER_LISTEN: "x".repeat(5000) },
    });
    expect(secret?.given).toBe('"http://***@model"');
    expect(long?.given?.length).toBe(80);
  });

  it("asks for an upstream only where one is needed, and once", async () => {
    expect(await mistakes({ isUpstreamRequired: false })).toEqual([]);
    expect(await mistakes({ isUpstreamRequired: true })).toMatchObject([
      { path: "upstream", problem: expect.stringContaining("--upstream"), expected: expect.stringContaining("e.g.") },
    ]);
    const environment = { OUTRIDER_UPSTREAM: "nonsense" };
    expect(await mistakes({ isUpstreamRequired: true, environment })).toHaveLength(1);
  });
});

const logging = { OUTRIDER_PREDICTIONS_ENABLED: "true" };
const bodies = { OUTRIDER_PREDICTIONS_BODIES: "true" };

describe("checks between fields", () => {
  it.each([
    ["admin.listen: the admin port must differ", { OUTRIDER_ADMIN_LISTEN: "127.0.0.1:18080" }],
    ["admin.listen: the admin port must differ", { OUTRIDER_LISTEN: "0.0.0.0:18090" }],
    ["upstream: this is Outrider's own address (`listen`)", { OUTRIDER_UPSTREAM: "http://localhost:18080" }],
    ["upstream: this is Outrider's own address (`admin.listen`)", { OUTRIDER_UPSTREAM: "http://127.0.0.1:18090" }],
    ["memory.budget_bytes: 5 is less than the minimum of 8388608 (8 MiB)", { OUTRIDER_MEMORY_BUDGET_BYTES: "5" }],
    ["drift.warn_psi: 0.3 is more than `drift.critical_psi`, which is 0.2", { OUTRIDER_DRIFT_WARN_PSI: "0.3" }],
    ['labels.id_header: "x order" is not a header name', { OUTRIDER_LABELS_ID_HEADER: "x order" }],
    ["registry.url: the baseline is fetched by", { OUTRIDER_REGISTRY_URL: "http://mlflow", OUTRIDER_MODEL_NAME: "a" }],
    ["redis.url: it needs bodies to be read", { OUTRIDER_REDIS_URL: "redis://r", OUTRIDER_READING_SAMPLE: "0" }],
    ["drift.baseline: it needs bodies to be read", { OUTRIDER_DRIFT_BASELINE: "/b", OUTRIDER_READING_SAMPLE: "0" }],
    ["drift.baseline: the file /nowhere/b.json cannot be read: ENOENT", { OUTRIDER_DRIFT_BASELINE: "/nowhere/b.json" }],
    ['redis.prefix: "my model" is not a key prefix', { OUTRIDER_REDIS_PREFIX: "my model" }],
    ["redis.ca_file: the file /nowhere/ca.pem cannot", { OUTRIDER_REDIS_CA_FILE: "/nowhere/ca.pem" }],
    ["redis.password_file: the file /nowhere/secret cannot", { OUTRIDER_REDIS_PASSWORD_FILE: "/nowhere/secret" }],
    ["labels.stream: labels are read from a Redis stream", { OUTRIDER_LABELS_STREAM: "truth" }],
    ["redis.url: the configuration holds no passwords", { OUTRIDER_REDIS_URL: "redis://me:secret@redis" }],
    ["redis.url: the database is not a number", { OUTRIDER_REDIS_URL: "redis://redis/one" }],
    ["loki.ca_file: the file /dev/null holds no certificate", { OUTRIDER_LOKI_CA_FILE: "/dev/null" }],
    ["redis.url: the scheme http is not known", { OUTRIDER_REDIS_URL: "http://redis:6379" }],
    ["registry.url: this is not a URL", { OUTRIDER_REGISTRY_URL: "mlflow" }],
    [
      'labels.id_path: "rows" is not a JSON Pointer: path rows does not begin with /',
      { OUTRIDER_LABELS_ID_PATH: "rows" },
    ],
    ['inference.features: "/a~b" is not a JSON Pointer', { OUTRIDER_INFERENCE_FEATURES: "/rows/*,/a~b" }],
    ["loki.url: `predictions.sinks` contains loki", { ...logging, OUTRIDER_PREDICTIONS_SINKS: "loki" }],
    ["loki.url: leave out /loki/api/v1/push", { OUTRIDER_LOKI_URL: "http://loki:3100/loki/api/v1/push" }],
    ["loki.url: leave the user name or token out", { OUTRIDER_LOKI_URL: "http://token@loki:3100" }],
    ["loki.password_file: basic authentication needs both", { OUTRIDER_LOKI_USERNAME: "me" }],
    ["loki.cert_file: a client certificate needs both", { OUTRIDER_LOKI_CERT_FILE: "/dev/null" }],
    ["loki.static_labels: the label model occurs twice", { OUTRIDER_LOKI_STATIC_LABELS: "model=a" }],
    ["loki.static_labels: a stream needs at least one", { OUTRIDER_LOKI_STATIC_LABELS: "", OUTRIDER_LOKI_LABELS: "" }],
    [
      "predictions.sinks: `predictions.enabled` is true, but there is no sink",
      { ...logging, OUTRIDER_PREDICTIONS_SINKS: "" },
    ],
    ["predictions.directory: `predictions.sinks` contains file", { ...logging, OUTRIDER_PREDICTIONS_DIRECTORY: "" }],
    ["predictions.bodies: bodies cannot be logged", { ...logging, ...bodies, OUTRIDER_TAP_BODY_BYTES: "0" }],
    ["predictions.headers: cookie carries credentials", { OUTRIDER_PREDICTIONS_HEADERS: "x-a,cookie" }],
    ['predictions.headers: ":path" is not a header name', { OUTRIDER_PREDICTIONS_HEADERS: ":path" }],
    [
      "predictions.file_bytes: 10000 is more than `predictions.directory_bytes`, which is 9000",
      { OUTRIDER_PREDICTIONS_FILE_BYTES: "10000", OUTRIDER_PREDICTIONS_DIRECTORY_BYTES: "9000" },
    ],
    [
      "loki.spool_directory: the spool and the sink",
      { OUTRIDER_LOKI_SPOOL_DIRECTORY: "/d", OUTRIDER_PREDICTIONS_DIRECTORY: "/d" },
    ],
    ["redaction.key_file: hashing needs a key", { OUTRIDER_REDACTION_HASH: "feature:id" }],
    ['redaction.drop: "ssn" is not a redaction rule', { OUTRIDER_REDACTION_DROP: "ssn" }],
    ['predictions.sample_rules: "fine=1" is not a sampling rule', { OUTRIDER_PREDICTIONS_SAMPLE_RULES: "fine=1" }],
    [
      "drain.min_ms: 2 is more than `drain.timeout_ms`, which is 1",
      { OUTRIDER_DRAIN_MIN_MS: "2", OUTRIDER_DRAIN_TIMEOUT_MS: "1" },
    ],
    [
      "admin.token_file: the file /nowhere/token cannot be read: ENOENT",
      { OUTRIDER_ADMIN_TOKEN_FILE: "/nowhere/token" },
    ],
  ])("find %s", async (text, environment) => {
    expect(formatMistakes(await mistakes({ environment }))).toContain(text);
  });

  it.each([
    ["port 0 twice", { OUTRIDER_LISTEN: "127.0.0.1:0", OUTRIDER_ADMIN_LISTEN: "127.0.0.1:0" }],
    ["one port on two addresses", { OUTRIDER_LISTEN: "127.0.0.1:5", OUTRIDER_ADMIN_LISTEN: "127.0.0.2:5" }],
    ["an upstream elsewhere with our port", { OUTRIDER_UPSTREAM: "http://10.0.0.9:18080" }],
    [
      "credentials that are hashed",
      { OUTRIDER_PREDICTIONS_HEADERS: "Cookie", OUTRIDER_REDACTION_MASK: "header:cookie" },
    ],
    ["sinks of a log that is off", { OUTRIDER_PREDICTIONS_SINKS: "loki" }],
  ])("let be %s", async (_, environment) => {
    expect(await mistakes({ environment })).toEqual([]);
  });

  it("do not judge by a field that is wrong itself", async () => {
    const environment = { OUTRIDER_LISTEN: "127.0.0.1:18090", OUTRIDER_ADMIN_LISTEN: "x" };
    expect(await mistakes({ environment })).toMatchObject([{ path: "admin.listen" }]);
  });

  it("want the key of hashes to be long enough", async () => {
    const file = await fileOf("too short\n");
    const environment = { OUTRIDER_REDACTION_KEY_FILE: file, OUTRIDER_REDACTION_HASH: "feature:id" };
    expect(await mistakes({ environment })).toMatchObject([
      { path: "redaction.key_file", problem: expect.stringContaining("at least 16 are needed") },
    ]);
    await writeFile(file, "0123456789abcdef\n");
    expect(await mistakes({ environment })).toEqual([]);
  });

  it("want the token file to hold something", async () => {
    const file = await fileOf(" \n");
    expect(await mistakes({ environment: { OUTRIDER_ADMIN_TOKEN_FILE: file } })).toMatchObject([
      { path: "admin.token_file", problem: expect.stringContaining("is empty") },
    ]);
    await writeFile(file, "secret\n");
    await chmod(file, 0o400);
    expect(await mistakes({ environment: { OUTRIDER_ADMIN_TOKEN_FILE: file } })).toEqual([]);
  });
});
