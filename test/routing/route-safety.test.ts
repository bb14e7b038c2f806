/**
 * The law behind the route tables: whatever way a server has of reading a path, a path that passes is never read as a
 * closed one. The normaliser and the list of what is closed are written here once more, independently of the product.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { protocols } from "../../src/protocols/list.ts";
import type { Protocol } from "../../src/protocols/list.ts";
import { routeTableOf, rowsOf } from "../support/routing-of.ts";
import { anyText } from "../support/any-text.ts";

/** Paths that must never pass, written down apart from the tables. */
const forbidden: Readonly<Partial<Record<Protocol, RegExp>>> = {
  mlflow: /^\/(api|ajax-api|docs|openapi\.json)(\/|$)/,
  "tensorflow-serving": /^\/monitoring(\/|$)|:load|:reload/,
  torchserve: /^\/(models(?!\/[^/]+\/invoke$)|workflows|token|api-description|metrics)(\/|$)/,
  "kserve-v1":
    /^\/(v2\/repository|v2\/models\/stats|docs|openapi\.json|metrics)(\/|$)|^\/v2\/models\/.*\/(config|stats|load|unload|trace\/setting)$/,
  "kserve-v2":
    /^\/(v2\/repository|v2\/models\/stats|v2\/(system|cuda)sharedmemory|v2\/trace|v2\/logging|metrics)(\/|$)|^\/v2\/models\/.*\/(config|stats|load|unload|trace\/setting)$/,
  bentoml: /^\/(metrics|docs\.json|static_content|assets)?(\/|$)/,
  openai:
    /^\/(invocations|inference|pause|resume|scale_elastic_ep|update_weights|collective_rpc|sleep|metrics|version|tokenize|v1\/load_lora_adapter)(\/|$)/,
};

/** Decodes until nothing changes, turns backslashes, drops parameters, collapses, resolves dots, lowers letters. */
function normalise(target: string): string {
  let path = target.replace(/^https?:\/\/[^/?#]*/i, "");
  for (;;) {
    const decoded = path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === path) break;
    path = decoded;
  }
  path = path.replace(/[?#\0].*$/s, "").replaceAll("\\", "/");
  const kept: string[] = [];
  for (const part of path.split("/").map((segment) => segment.replace(/;.*$/s, ""))) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  return `/${kept.join("/")}`.toLowerCase();
}

const sample = (pattern: string): string =>
  pattern
    .replace("/**", "/models/m/load")
    .replaceAll(/\{[a-z]+\}/g, "m")
    .replaceAll("*", "m");

const pathsOf = (protocol: Protocol): readonly string[] =>
  [...rowsOf(protocol).open, ...rowsOf(protocol).closed].map((row) => sample(row.pattern));

const everyPath = [...new Set(protocols.flatMap(pathsOf))];

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** One way of disguising a path at some place. */
const disguise = fc.constantFrom<(path: string, at: number) => string>(
  (path, at) => path.slice(0, at) + percent(path[at] ?? "a") + path.slice(at + 1),
  (path, at) => path.slice(0, at) + percent(path[at] ?? "a").toUpperCase() + path.slice(at + 1),
  (path, at) => path.slice(0, at) + percent(path[at] ?? "a").replace("%", "%25") + path.slice(at + 1),
  ...[
    "/",
    "//",
    "/./",
    "/../",
    "/..;/",
    ";x",
    ";/",
    "\\",
    "%2f",
    "%2F..",
    "%2e%2e/",
    "..%2f",
    "%5c",
    "%00",
    "%0a",
    "#",
    "?",
  ].map((insert) => (path: string, at: number) => path.slice(0, at) + insert + path.slice(at)),
  (path, at) => path.slice(0, at) + (path[at] ?? "").toUpperCase() + path.slice(at + 1),
  (path) => `${path}/`,
  (path) => `http://host${path}`,
  (path, at) => `${path.slice(0, at)}/../..${path}`,
);

const requestFor = (bases: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...bases),
      fc.constantFrom(...everyPath),
      fc.array(fc.tuple(disguise, fc.nat()), { maxLength: 3 }),
    )
    .map(([base, other, disguises]) =>
      disguises.reduce(
        (path, [change, at], index) => change(index === 2 ? path + other : path, at % (path.length + 1)),
        base,
      ),
    );

const request = requestFor(everyPath);

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] as const;

describe.each(Object.entries(forbidden) as [Protocol, RegExp][])("paths that pass for %s", (protocol, closed) => {
  it("are never a closed path in any interpretation, and resolve alike on every server", () => {
    const table = routeTableOf(protocol);
    let passed = 0;
    fc.assert(
      fc.property(fc.oneof(request, requestFor(pathsOf(protocol))), fc.constantFrom(...methods), (target, method) => {
        if (table.decide(method, target).kind === "denied") return;
        passed++;
        const normal = normalise(target);
        expect(normal === "/" && protocol === "bentoml" ? "closed" : normal).not.toMatch(closed);
        // A path with nothing to resolve: only names may have been decoded.
        const [path = ""] = target.replace(/^https?:\/\/[^/?#]*/i, "").split("?");
        expect(normal).toBe(
          `/${path.replace(/^\//, "").replace(/\/$/, "").split("/").map(decodeURIComponent).join("/")}`.toLowerCase(),
        );
      }),
      { numRuns: 4000 },
    );
    // Were nothing allowed, the law would hold for nothing.
    expect(passed).toBeGreaterThan(20);
  });

  it("are decided for any text without an exception", () => {
    const table = routeTableOf(protocol, { allow: ["* /a/**"], deny: ["* /b"] });
    fc.assert(
      fc.property(anyText({ maxLength: 40 }), fc.string({ maxLength: 8 }), (text, method) => {
        for (const target of [text, `/${text}`, `http://${text}`]) {
          expect(["allowed", "denied"]).toContain(table.decide(method, target).kind);
        }
      }),
    );
  });
});

describe("rules of generic", () => {
  it("hold for every interpretation: nothing that normalises into a denied tree passes", () => {
    const table = routeTableOf("generic", { deny: ["* /v2/repository/**", "* /models/**"] });
    let passed = 0;
    fc.assert(
      fc.property(request, (target) => {
        if (table.decide("POST", target).kind === "denied") return;
        passed++;
        expect(normalise(target)).not.toMatch(/^\/(v2\/repository|models)(\/|$)/);
      }),
      { numRuns: 4000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  it("hold for every interpretation: all that passes an allow rule normalises into its tree", () => {
    const table = routeTableOf("generic", { allow: ["* /v2/models/**"] });
    let passed = 0;
    fc.assert(
      fc.property(request, (target) => {
        if (table.decide("POST", target).kind === "denied") return;
        passed++;
        expect(normalise(target)).toMatch(/^\/v2\/models(\/|$)/);
      }),
      { numRuns: 4000 },
    );
    expect(passed).toBeGreaterThan(20);
  });
});
