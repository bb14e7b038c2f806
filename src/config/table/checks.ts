/** Checks between fields: each value is right alone, but not beside another. */
import { formatAddress, type Address } from "../address.ts";
import type { Assembly } from "../layers/assemble.ts";
import type { Mistake } from "../mistake.ts";
import type { Config } from "./table.ts";

interface CrossCheck {
  /** The field that is blamed, then the ones it is held against. */
  readonly paths: readonly [string, ...string[]];
  /** True when a field that only has its default is not to be blamed, because the relay takes the smaller of the two. */
  readonly onlyWhenGiven?: true;
  problem(config: Config): string | undefined;
}

const checks: readonly CrossCheck[] = [
  {
    paths: ["admin.listen", "listen"],
    problem: ({ listen, admin }) =>
      isSameListener(listen, admin.listen)
        ? `clients and administration need different ports, and \`listen\` is ${formatAddress(listen)}`
        : undefined,
  },
  {
    paths: ["upstream", "listen"],
    problem: ({ upstream, listen }) => loopProblem(upstream, listen, "listen"),
  },
  {
    paths: ["upstream", "admin.listen"],
    problem: ({ upstream, admin }) => loopProblem(upstream, admin.listen, "admin.listen"),
  },
  {
    paths: ["pool.max_idle_connections", "pool.max_connections"],
    onlyWhenGiven: true,
    problem: ({ pool }) => moreThan(pool.maxIdleConnections, pool.maxConnections, "pool.max_connections"),
  },
  {
    paths: ["tap.body_bytes", "tap.total_bytes"],
    problem: ({ tap }) => moreThan(tap.bodyBytes, tap.totalBytes, "tap.total_bytes"),
  },
  {
    paths: ["limits.target_bytes", "limits.head_bytes"],
    onlyWhenGiven: true,
    problem: ({ limits }) => moreThan(limits.targetBytes, limits.headBytes, "limits.head_bytes"),
  },
  {
    paths: ["drift.warn_psi", "drift.critical_psi"],
    problem: ({ drift }) => moreThan(drift.warnPsi, drift.criticalPsi, "drift.critical_psi"),
  },
  {
    paths: ["labels.id_header"],
    problem: ({ labels }) =>
      /^[\w!#$%&'*+.^`|~-]*$/.test(labels.idHeader)
        ? undefined
        : `${JSON.stringify(labels.idHeader)} is no header name`,
  },
  {
    paths: ["redis.prefix"],
    problem: ({ redis }) =>
      /^[\w.:-]{1,128}$/.test(redis.prefix)
        ? undefined
        : `${JSON.stringify(redis.prefix)} is no name of a fleet: letters, digits, and . _ : - are`,
  },
  {
    paths: ["labels.stream", "redis.url"],
    problem: ({ labels, redis }) =>
      labels.stream !== "" && redis.url === "" ? "a stream is read from Redis, and `redis.url` is not set" : undefined,
  },
  {
    paths: ["registry.url", "model.name", "model.version"],
    problem: ({ registry, model, drift }) =>
      registry.url !== "" && drift.baseline === "" && (model.name === "" || model.version === "")
        ? "a baseline is looked up by `model.name` and `model.version`, and they are not both set"
        : undefined,
  },
  ...(["drift.baseline", "redis.url", "registry.url"] as const).map((path): CrossCheck => ({
    paths: [path, "reading.sample"],
    problem: ({ drift, redis, registry, reading }) => {
      const value = { "drift.baseline": drift.baseline, "redis.url": redis.url, "registry.url": registry.url }[path];
      return value !== "" && reading.sample === 0
        ? "it is used for what bodies say, and `reading.sample` is 0"
        : undefined;
    },
  })),
  {
    paths: ["loki.url", "predictions.sinks"],
    problem: ({ loki, predictions }) =>
      predictions.enabled && predictions.sinks.includes("loki") && loki.url === ""
        ? "predictions are to go to Loki, and `loki.url` is not set"
        : undefined,
  },
  {
    paths: ["loki.password_file", "loki.username"],
    problem: ({ loki }) =>
      (loki.username === "") === (loki.passwordFile === "")
        ? undefined
        : "basic authentication needs both `loki.username` and `loki.password_file`",
  },
  {
    paths: ["loki.token_file", "loki.username"],
    problem: ({ loki }) =>
      loki.tokenFile !== "" && loki.username !== ""
        ? "a request has one Authorization header: basic authentication or a token"
        : undefined,
  },
  {
    paths: ["loki.cert_file", "loki.key_file"],
    problem: ({ loki }) =>
      (loki.certFile === "") === (loki.keyFile === "")
        ? undefined
        : "a certificate is shown with its key: `loki.cert_file` and `loki.key_file` are set together",
  },
  {
    paths: ["loki.static_labels", "loki.labels"],
    problem: ({ loki }) => labelProblem(loki),
  },
  {
    paths: ["predictions.sinks"],
    problem: ({ predictions }) =>
      predictions.enabled && predictions.sinks.length === 0
        ? "predictions are to be logged, and no sink is named"
        : undefined,
  },
  {
    paths: ["predictions.bodies", "tap.body_bytes"],
    problem: ({ predictions, tap }) =>
      predictions.enabled && predictions.bodies && tap.bodyBytes === 0
        ? "bodies are to be logged, and `tap.body_bytes` is 0, so none are kept"
        : undefined,
  },
  {
    paths: ["predictions.record_bytes", "loki.line_bytes"],
    problem: ({ predictions, loki }) =>
      predictions.enabled && predictions.sinks.includes("loki")
        ? moreThan(predictions.recordBytes, loki.lineBytes, "loki.line_bytes")
        : undefined,
  },
  {
    paths: ["predictions.record_bytes", "predictions.queue_bytes"],
    problem: ({ predictions }) =>
      predictions.recordBytes > predictions.queueBytes / 2
        ? `${predictions.recordBytes} is more than half of \`predictions.queue_bytes\`, which is ${predictions.queueBytes}`
        : undefined,
  },
  {
    paths: ["predictions.file_bytes", "predictions.directory_bytes"],
    problem: ({ predictions }) =>
      moreThan(predictions.fileBytes, predictions.directoryBytes, "predictions.directory_bytes"),
  },
  {
    paths: ["predictions.directory"],
    problem: ({ predictions }) =>
      predictions.enabled && predictions.sinks.includes("file") && predictions.directory === ""
        ? "predictions are to go to files, and no folder is named"
        : undefined,
  },
  {
    paths: ["loki.spool_directory", "predictions.directory"],
    problem: ({ loki, predictions }) =>
      loki.spoolDirectory !== "" && loki.spoolDirectory === predictions.directory
        ? "the spool and the files of the log need folders of their own"
        : undefined,
  },
  {
    paths: ["predictions.headers", "redaction.drop"],
    problem: ({ predictions, redaction }) => headersProblem(predictions.headers, redaction),
  },
  {
    paths: ["loki.url"],
    problem: ({ loki }) => lokiUrlProblem(loki.url),
  },
  {
    paths: ["redaction.key_file", "redaction.hash"],
    problem: ({ redaction }) =>
      redaction.keyFile === "" && (redaction.hash.length > 0 || redaction.patternAction === "hash")
        ? "hashes need a key, and `redaction.key_file` is not set"
        : undefined,
  },
  {
    paths: ["drain.min_ms", "drain.timeout_ms"],
    problem: ({ drain }) => moreThan(drain.minMs, drain.timeoutMs, "drain.timeout_ms"),
  },
];

/** The mistakes between fields. Fields that are wrong by themselves are left out: what they would be is not known. */
export function crossCheck(assembly: Assembly): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const check of checks) {
    const [path] = check.paths;
    const origin = assembly.origins.get(path) ?? { kind: "default" };
    const isSkipped = check.onlyWhenGiven === true && origin.kind === "default";
    if (isSkipped || check.paths.some((name) => assembly.brokenPaths.has(name))) {
      continue;
    }
    const problem = check.problem(assembly.config);
    if (problem !== undefined) {
      mistakes.push({ origin: blamedOrigin(assembly, check.paths), path, problem });
    }
  }
  return mistakes;
}

/** A default cannot be corrected where it stands; the field that clashes with it can. */
function blamedOrigin(assembly: Assembly, paths: readonly string[]): Mistake["origin"] {
  const origins = paths.map((path) => assembly.origins.get(path) ?? ({ kind: "default" } as const));
  return origins.find((origin) => origin.kind !== "default") ?? { kind: "default" };
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const credentialHeaders: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie"]);

/** Credentials have no business in a log; as a hash they may tell callers apart. */
function headersProblem(names: readonly string[], { drop, mask, hash }: Config["redaction"]): string | undefined {
  const rules = new Set([...drop, ...mask, ...hash].map((rule) => rule.toLowerCase()));
  const wrong = names.find((name) => !headerName.test(name));
  if (wrong !== undefined) return `${JSON.stringify(wrong)} is no header name`;
  const secret = names.find(
    (name) => credentialHeaders.has(name.toLowerCase()) && !rules.has(`header:${name.toLowerCase()}`),
  );
  return secret === undefined
    ? undefined
    : `${secret} carries credentials: leave it out, or name header:${secret} in \`redaction.hash\``;
}

function lokiUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  if (url.username !== "") return "a name or token does not stand in the address: `loki.username`, `loki.token_file`";
  return /\/loki\/api\/v1(\/|$)/.test(url.pathname)
    ? "it is given without /loki/api/v1/push, which is added"
    : undefined;
}

/** Labels that one stream may have, as Loki allows by default, with the one that it adds itself. */
const maxLabels = 14;

function labelProblem({ labels, staticLabels }: Config["loki"]): string | undefined {
  const names = [...labels, ...staticLabels.map((pair) => pair.slice(0, pair.indexOf("=")))];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `the label ${twice} is named twice`;
  if (names.length === 0) return "a stream needs at least one label";
  return names.length > maxLabels ? `${names.length} labels are more than ${maxLabels}` : undefined;
}

function moreThan(value: number, bound: number, boundPath: string): string | undefined {
  return value > bound ? `${value} is more than \`${boundPath}\`, which is ${bound}` : undefined;
}

const anyHosts: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

function isSameListener(left: Address, right: Address): boolean {
  if (left.port !== right.port || left.port === 0) {
    return false;
  }
  return left.host === right.host || anyHosts.has(left.host) || anyHosts.has(right.host);
}

function loopProblem(upstream: Config["upstream"], own: Address, path: string): string | undefined {
  if (upstream?.kind !== "tcp" || upstream.port !== own.port) {
    return undefined;
  }
  const isLoopback = /^(127\.|localhost$|::1$|0\.0\.0\.0$|::$)/.test(upstream.host);
  const isOwn = upstream.host === own.host || (isLoopback && anyHosts.has(own.host));
  return isOwn ? `this is Outrider's own address (\`${path}\`); name the model server's port` : undefined;
}
