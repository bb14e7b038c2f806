import { beginsOpen, capturesOf, compilePattern, firstLiteral, matchesPattern } from "./path-pattern.ts";
import type { Captures, MatchOptions, PathPattern } from "./path-pattern.ts";
import type { Admission, DeniedRoute, RouteDecider } from "./route-decision.ts";
import { closedByRule, denyAmbiguous, denyMethod, denyRoute } from "./route-decision.ts";
import { coversRequest } from "./route-rule.ts";
import type { RouteRule } from "./route-rule.ts";
import type { PrivateRow, ListedRoutes, RouteRow } from "./server-routes.ts";
import { readPlainPath } from "./target-path.ts";
import type { PlainPath } from "./target-path.ts";

interface OpenRow {
  readonly row: RouteRow;
  readonly pattern: PathPattern;
  readonly hasOpenStart: boolean;
}

interface ClosedRow {
  readonly methods: readonly string[];
  readonly pattern: PathPattern;
  readonly denial: DeniedRoute;
}

interface Table {
  readonly open: readonly OpenRow[];
  readonly closed: readonly ClosedRow[];
  /** Lower-case first segments that a pattern with an open start may not swallow. */
  readonly reserved: ReadonlySet<string>;
  readonly routes: ListedRoutes;
  readonly options: MatchOptions;
}

/** The user's additions to a table. Deny rules win over everything; allow rules win over closed rows. */
export interface UserRules {
  readonly allow: readonly RouteRule[];
  readonly deny: readonly RouteRule[];
}

const denyOptions: MatchOptions = { ignoreCase: true };

/**
 * Decides for a server whose paths are listed. The order: ambiguous paths, deny rules, closed rows, open rows, allow
 * rules. A path whose encoded and decoded forms match different rows is ambiguous, because servers differ in which one
 * they use. `name` is the server's name in denials.
 */
export function createListedDecider(name: string, routes: ListedRoutes, rules: UserRules): RouteDecider {
  const table = compileTable(routes);
  const unlisted = denyRoute(
    `this path is not among the inference paths of ${name}; ` +
      'to allow it, add it to the configuration, e.g. routes: { allow: ["GET /path"] }',
  );
  return (method, path) => {
    if (!path.startsWith("/")) return unlisted;
    const plain = readPlainPath(path);
    if (plain.kind === "ambiguous") return denyAmbiguous(plain.reason);
    if (isDenied(rules.deny, method, plain)) return closedByRule;
    const isOpened = isAllowed(rules.allow, method, plain, table.options);
    const closed = findClosed(table, method, plain);
    if (closed !== undefined) return isOpened ? other : closed.denial;
    const matching = table.open.filter((row) => matchesOpen(table, row, plain.raw));
    if (dependsOnDecoding(table, matching, plain)) return denyAmbiguous("the path is encoded where it need not be");
    const found = matching.find((row) => opensMethod(row.row, method, routes));
    if (found !== undefined) return admit(found, method, plain);
    if (isOpened) return other;
    return matching.length === 0 ? unlisted : denyMethod(methodsOf(matching, routes));
  };
}

const other: Admission = { kind: "admitted", routeKind: "other", model: "", version: "" };

function compileTable(routes: ListedRoutes): Table {
  const open = routes.open.map((row) => {
    const pattern = compilePattern(row.pattern);
    return { row, pattern, hasOpenStart: beginsOpen(pattern) };
  });
  const closed = routes.closed.map(compileClosed);
  const firsts = [...open, ...closed].map((row) => firstLiteral(row.pattern).toLowerCase());
  return { open, closed, reserved: new Set(firsts), routes, options: { ignoreCase: routes.ignoreCase } };
}

function compileClosed(row: PrivateRow): ClosedRow {
  const pattern = compilePattern(row.pattern);
  const rule = `${row.methods[0] ?? "*"} ${row.pattern}`;
  const reason = `it ${row.doc}; to allow it, add it to the configuration, e.g. routes: { allow: ["${rule}"] }`;
  return { methods: row.methods, pattern, denial: denyRoute(reason) };
}

function isDenied(deny: readonly RouteRule[], method: string, plain: PlainPath): boolean {
  const upper = method.toUpperCase();
  return deny.some(
    (rule) =>
      coversRequest(rule, upper, plain.raw, denyOptions) || coversRequest(rule, upper, plain.decoded, denyOptions),
  );
}

function isAllowed(allow: readonly RouteRule[], method: string, plain: PlainPath, options: MatchOptions): boolean {
  const covers = (segments: readonly string[]): boolean =>
    allow.some((rule) => coversRequest(rule, method, segments, options));
  return covers(plain.raw) && (plain.decoded === plain.raw || covers(plain.decoded));
}

/** Closed rows are matched without regard to case: keeping too much closed is the safe mistake. */
function findClosed(table: Table, method: string, plain: PlainPath): ClosedRow | undefined {
  const asked = method === "HEAD" ? "GET" : method;
  return table.closed.find(
    (row) =>
      (row.methods.length === 0 || row.methods.includes(asked)) &&
      matchesPattern(row.pattern, plain.decoded, denyOptions),
  );
}

function matchesOpen(table: Table, row: OpenRow, segments: readonly string[]): boolean {
  if (!matchesPattern(row.pattern, segments, table.options)) return false;
  if (row.hasOpenStart && table.reserved.has((segments[0] ?? "").toLowerCase())) return false;
  if (!table.routes.colonEndsNames) return true;
  return !Object.values(capturesOf(row.pattern, segments)).some((name) => name.includes(":"));
}

function dependsOnDecoding(table: Table, matching: readonly OpenRow[], plain: PlainPath): boolean {
  if (plain.decoded === plain.raw) return false;
  return table.open.some((row) => matchesOpen(table, row, plain.decoded) !== matching.includes(row));
}

function opensMethod(row: RouteRow, method: string, routes: ListedRoutes): boolean {
  if (row.methods.includes(method)) return true;
  if (method === "HEAD") return row.methods.includes("GET");
  return method === "OPTIONS" && routes.hasPreflight;
}

function methodsOf(rows: readonly OpenRow[], routes: ListedRoutes): readonly string[] {
  const methods = new Set(rows.flatMap((row) => row.row.methods));
  if (methods.has("GET")) methods.add("HEAD");
  if (routes.hasPreflight) methods.add("OPTIONS");
  return [...methods];
}

function admit(found: OpenRow, method: string, plain: PlainPath): Admission {
  const captures: Captures = capturesOf(found.pattern, plain.decoded);
  // A preflight or HEAD request runs no model, so it must not count towards the latency of inference.
  const routeKind = method === "OPTIONS" && found.row.kind !== "health" ? "metadata" : found.row.kind;
  return { kind: "admitted", routeKind, model: captures["model"] ?? "", version: captures["version"] ?? "" };
}
