/** Checks between fields: values that are valid alone, but not together. */
import { formatAddress, type TcpAddress } from "../../text/address.ts";
import type { Assembly } from "../layers/assemble.ts";
import { minBudgetBytes } from "../fields/capture.ts";
import type { Mistake } from "../mistake.ts";
import type { Config } from "./table.ts";

interface CrossCheck {
  /** The field that is reported, then the other fields of the check. */
  readonly paths: readonly [string, ...string[]];
  problem(config: Config): string | undefined;
}

const checks: readonly CrossCheck[] = [
  {
    paths: ["admin.listen", "listen"],
    problem: ({ listen, admin }) =>
      isSameListener(listen, admin.listen)
        ? `the admin port must differ from the port for clients; \`listen\` is ${formatAddress(listen)}`
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
    paths: ["memory.budget_bytes"],
    problem: ({ memory }) =>
      memory.budgetBytes > 0 && memory.budgetBytes < minBudgetBytes
        ? `${memory.budgetBytes} is less than the minimum of ${minBudgetBytes} (8 MiB)`
        : undefined,
  },
  {
    paths: ["drift.warn_psi", "drift.critical_psi"],
    problem: ({ drift }) => moreThan(drift.warnPsi, drift.criticalPsi, "drift.critical_psi"),
  },
  {
    paths: ["labels.stream", "redis.url"],
    problem: ({ labels, redis }) =>
      labels.stream !== "" && redis.url === ""
        ? "labels are read from a Redis stream, but `redis.url` is not set"
        : undefined,
  },
  {
    paths: ["registry.url", "model.name", "model.version"],
    problem: ({ registry, model, drift }) =>
      registry.url !== "" && drift.baseline === "" && (model.name === "" || model.version === "")
        ? "the baseline is fetched by `model.name` and `model.version`; set both"
        : undefined,
  },
  ...(["drift.baseline", "redis.url", "registry.url"] as const).map((path): CrossCheck => ({
    paths: [path, "reading.sample"],
    problem: ({ drift, redis, registry, reading }) => {
      const value = { "drift.baseline": drift.baseline, "redis.url": redis.url, "registry.url": registry.url }[path];
      return value !== "" && reading.sample === 0 ? "it needs bodies to be read, but `reading.sample` is 0" : undefined;
    },
  })),
  {
    paths: ["loki.url", "predictions.sinks"],
    problem: ({ loki, predictions }) =>
      predictions.enabled && predictions.sinks.includes("loki") && loki.url === ""
        ? "`predictions.sinks` contains loki, but `loki.url` is not set"
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
        ? "use basic authentication or a token, not both: a request has one Authorization header"
        : undefined,
  },
  {
    paths: ["loki.cert_file", "loki.key_file"],
    problem: ({ loki }) =>
      (loki.certFile === "") === (loki.keyFile === "")
        ? undefined
        : "a client certificate needs both `loki.cert_file` and `loki.key_file`",
  },
  {
    paths: ["loki.static_labels", "loki.labels"],
    problem: ({ loki }) => labelProblem(loki),
  },
  {
    paths: ["predictions.sinks"],
    problem: ({ predictions }) =>
      predictions.enabled && predictions.sinks.length === 0
        ? "`predictions.enabled` is true, but there is no sink"
        : undefined,
  },
  {
    paths: ["predictions.bodies", "tap.body_bytes"],
    problem: ({ predictions, tap }) =>
      predictions.enabled && predictions.bodies && tap.bodyBytes === 0
        ? "bodies cannot be logged: `tap.body_bytes` is 0, so none are captured"
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
    paths: ["predictions.file_bytes", "predictions.directory_bytes"],
    problem: ({ predictions }) =>
      moreThan(predictions.fileBytes, predictions.directoryBytes, "predictions.directory_bytes"),
  },
  {
    paths: ["predictions.directory"],
    problem: ({ predictions }) =>
      predictions.enabled && predictions.sinks.includes("file") && predictions.directory === ""
        ? "`predictions.sinks` contains file, but there is no folder"
        : undefined,
  },
  {
    paths: ["loki.spool_directory", "predictions.directory"],
    problem: ({ loki, predictions }) =>
      loki.spoolDirectory !== "" && loki.spoolDirectory === predictions.directory
        ? "the spool and the sink `file` need different folders"
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
        ? "hashing needs a key, but `redaction.key_file` is not set"
        : undefined,
  },
  {
    paths: ["drain.min_ms", "drain.timeout_ms"],
    problem: ({ drain }) => moreThan(drain.minMs, drain.timeoutMs, "drain.timeout_ms"),
  },
];

/** The mistakes between fields. A check that involves a field with a wrong value is skipped. */
export function crossCheck(assembly: Assembly): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  for (const check of checks) {
    const [path] = check.paths;
    if (check.paths.some((name) => assembly.brokenPaths.has(name))) {
      continue;
    }
    const problem = check.problem(assembly.config);
    if (problem !== undefined) {
      mistakes.push({ origin: blamedOrigin(assembly, check.paths), path, problem });
    }
  }
  return mistakes;
}

/** The first of the fields that was set: a default has no place to correct it. */
function blamedOrigin(assembly: Assembly, paths: readonly string[]): Mistake["origin"] {
  const origins = paths.map((path) => assembly.origins.get(path) ?? ({ kind: "default" } as const));
  return origins.find((origin) => origin.kind !== "default") ?? { kind: "default" };
}

const credentialHeaders: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie"]);

/** Credentials must not be logged in the clear; as a hash they can tell callers apart. */
function headersProblem(names: readonly string[], { drop, mask, hash }: Config["redaction"]): string | undefined {
  const redacted = [...drop, ...mask, ...hash].flatMap((rule) => (rule.kind === "header" ? [rule.name] : []));
  const secret = names.find((name) => credentialHeaders.has(name) && !redacted.includes(name));
  return secret === undefined
    ? undefined
    : `${secret} carries credentials: leave it out, or add header:${secret} to \`redaction.hash\``;
}

function lokiUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  if (url.username !== "")
    return "leave the user name or token out of the URL: use `loki.username` or `loki.token_file`";
  return /\/loki\/api\/v1(\/|$)/.test(url.pathname) ? "leave out /loki/api/v1/push: Outrider adds it" : undefined;
}

/** Maximum number of labels of a stream: Loki's default, minus the one that Loki adds itself. */
const maxLabels = 14;

function labelProblem({ labels, staticLabels }: Config["loki"]): string | undefined {
  const names = [...labels, ...staticLabels.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `the label ${twice} occurs twice`;
  if (names.length === 0) return "a stream needs at least one label";
  return names.length > maxLabels ? `${names.length} labels are more than ${maxLabels}` : undefined;
}

function moreThan(value: number, bound: number, boundPath: string): string | undefined {
  return value > bound ? `${value} is more than \`${boundPath}\`, which is ${bound}` : undefined;
}

const anyHosts: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

function isSameListener(left: TcpAddress, right: TcpAddress): boolean {
  if (left.port !== right.port || left.port === 0) {
    return false;
  }
  return left.host === right.host || anyHosts.has(left.host) || anyHosts.has(right.host);
}

function loopProblem(upstream: Config["upstream"], own: TcpAddress, path: string): string | undefined {
  if (upstream?.kind !== "tcp" || upstream.port !== own.port) {
    return undefined;
  }
  const isLoopback = /^(127\.|localhost$|::1$|0\.0\.0\.0$|::$)/.test(upstream.host);
  const isOwn = upstream.host === own.host || (isLoopback && anyHosts.has(own.host));
  return isOwn ? `this is Outrider's own address (\`${path}\`); give the model server's port` : undefined;
}
