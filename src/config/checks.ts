/** Checks between fields: each value is right alone, but not beside another. */
import { formatAddress, type Address } from "./address.ts";
import type { Assembly } from "./assemble.ts";
import type { Mistake } from "./mistake.ts";
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
