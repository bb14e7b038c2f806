import { describe, expect, it } from "vitest";

import { protocols } from "../../src/protocols/list.ts";
import type { Protocol } from "../../src/protocols/list.ts";
import type { RouteDecision } from "../../src/routing/route-decision.ts";
import { expectations } from "./route-expectations.ts";
import type { Rows } from "./route-expectations.ts";
import { routeTableOf as tableOf, rowsOf, type TableChoices } from "../support/routing-of.ts";

/** `kind model version` when allowed, else the code. */
function summary(decision: RouteDecision): string {
  if (decision.kind === "denied") return decision.code;
  const { kind, model, version } = decision.route;
  return [kind, model, version].filter((part) => part !== "").join(" ");
}

const decide = (protocol: Protocol, request: string, more: TableChoices = {}): string => {
  const [method = "", target = ""] = request.split(" ");
  return summary(tableOf(protocol, more).decide(method, target));
};

describe.each(Object.entries(expectations) as [Protocol, Rows][])("routes of %s", (protocol, rows) => {
  it.each(rows)("%s: %s", (request, verdict) => {
    expect(decide(protocol, request)).toBe(verdict);
  });

  it("never passes CONNECT, TRACE or a target without a path", () => {
    for (const request of ["CONNECT host:443", "TRACE /ping", "OPTIONS *", "GET host"]) {
      expect(decide(protocol, request)).toMatch(/^(route|method)_denied$/);
    }
  });

  it("opens every path that its table declares, and keeps every closed one closed", () => {
    const sample = (pattern: string): string =>
      pattern
        .replace("/**", "/rest")
        .replaceAll(/\{[a-z]+\}/g, "some")
        .replaceAll("*", "any");
    for (const row of rowsOf(protocol).open) {
      for (const method of row.methods) expect(decide(protocol, `${method} ${sample(row.pattern)}`)).toMatch(row.kind);
    }
    for (const row of rowsOf(protocol).closed) {
      for (const method of row.methods.length === 0 ? ["GET", "POST", "DELETE"] : row.methods) {
        expect(decide(protocol, `${method} ${sample(row.pattern)}`)).toBe("route_denied");
      }
    }
  });
});

describe("labels", () => {
  const named = { modelName: "iris", modelVersion: "3" };

  it("come from the configuration when the path names no model", () => {
    expect(decide("mlflow", "POST /invocations", named)).toBe("inference iris 3");
    expect(decide("generic", "POST /any", named)).toBe("other iris 3");
  });

  it("come from the path when it names one, and the configured version stays with the configured model", () => {
    expect(decide("kserve-v2", "POST /v2/models/iris/infer", named)).toBe("inference iris 3");
    expect(decide("kserve-v2", "POST /v2/models/iris/versions/4/infer", named)).toBe("inference iris 4");
    expect(decide("kserve-v2", "POST /v2/models/rose/infer", named)).toBe("inference rose");
  });

  it("are bounded and printable whatever the client sends", () => {
    const long = tableOf("kserve-v2").decide("POST", `/v2/models/${"x".repeat(5000)}/versions/%E2%80%AEv/infer`);
    expect(long).toMatchObject({ kind: "allowed", route: { model: "x".repeat(256), version: "_v" } });
  });
});

describe("the user's rules", () => {
  it("open a closed path, counted as other", () => {
    const allow = ["POST /v2/repository/**"];
    expect(decide("kserve-v2", "POST /v2/repository/index", { allow })).toBe("other");
    expect(decide("kserve-v2", "GET /v2/repository/index", { allow })).toBe("route_denied");
    expect(decide("kserve-v2", "POST /v2/repository/models/%6D/load", { allow })).toBe("other");
    expect(decide("kserve-v2", "POST /v2/repository/../models", { allow })).toBe("path_ambiguous");
  });

  it("open another method of an open path", () => {
    expect(decide("torchserve", "GET /predictions/m", { allow: ["GET /predictions/*"] })).toBe("other");
    expect(decide("torchserve", "POST /predictions/m", { allow: ["* /**"] })).toBe("inference m");
  });

  it("close an open path, in any letter case and encoding, and win over allow rules", () => {
    const deny = ["POST /v2/models/secret/**"];
    const more = { deny, allow: ["* /**"] };
    expect(decide("kserve-v2", "POST /v2/models/secret/infer", more)).toBe("route_denied");
    expect(decide("kserve-v2", "POST /v2/models/s%65cret/infer", more)).toBe("route_denied");
    expect(decide("kserve-v2", "POST /v2/models/SECRET/infer", more)).toBe("route_denied");
    expect(decide("kserve-v2", "POST /v2/models/public/infer", more)).toBe("inference public");
  });
});

describe("routes of generic", () => {
  it("pass all but CONNECT when there are no rules", () => {
    for (const request of ["GET /", "PATCH /a/../b%2f", "OPTIONS *", "BREW /pot", "GET /%ff", "GET http://h/x"]) {
      expect(decide("generic", request)).toBe("other");
    }
    expect(decide("generic", "CONNECT host:443")).toBe("method_denied");
  });

  it("open only the paths that allow rules cover in every interpretation", () => {
    const allow = ["POST /predict", "GET /files/**"];
    expect(decide("generic", "POST /predict", { allow })).toBe("other");
    expect(decide("generic", "GET /files/a/b", { allow })).toBe("other");
    expect(decide("generic", "GET /files/a%20b", { allow })).toBe("other");
    for (const path of ["/files/../admin", "/files/%2e%2e/admin", "/files/..%2fadmin", "/files/%252e%252e/admin"]) {
      expect(decide("generic", `GET ${path}`, { allow })).toBe("route_denied");
    }
    expect(decide("generic", "POST /admin", { allow })).toBe("route_denied");
    expect(decide("generic", "OPTIONS *", { allow })).toBe("route_denied");
    expect(decide("generic", "GET /files/%00", { allow })).toBe("path_ambiguous");
  });

  it("close the paths that deny rules cover in any interpretation", () => {
    const deny = ["* /admin/**"];
    expect(decide("generic", "GET /public", { deny })).toBe("other");
    for (const path of ["/admin", "/admin/x", "/Admin/x", "/%61dmin/x", "//admin", "/x/../admin", "/x/..;/admin/y"]) {
      expect(decide("generic", `GET ${path}`, { deny })).toBe("route_denied");
    }
    expect(decide("generic", "get /admin", { deny })).toBe("route_denied");
    expect(decide("generic", "OPTIONS *", { deny })).toBe("other");
  });
});

describe("a denial", () => {
  it("says how to open a management path", () => {
    const denied = tableOf("kserve-v2").decide("POST", "/v2/repository/models/m/load");
    expect(denied).toMatchObject({ kind: "denied", code: "route_denied", allow: [] });
    expect(denied).toHaveProperty("reason", expect.stringContaining('routes: { allow: ["* /v2/repository/**"] }'));
  });

  it("says the same to HEAD as to GET", () => {
    const table = tableOf("torchserve");
    const denied = table.decide("GET", "/models/m");
    expect(denied).toHaveProperty("reason", expect.stringContaining("to allow it"));
    expect(table.decide("HEAD", "/models/m")).toEqual(denied);
  });

  it("lists the methods that are open", () => {
    expect(tableOf("mlflow").decide("PUT", "/ping")).toMatchObject({ code: "method_denied", allow: ["GET", "HEAD"] });
    expect(tableOf("openai").decide("GET", "/v1/completions")).toMatchObject({ allow: ["POST", "OPTIONS"] });
    expect(tableOf("generic").decide("CONNECT", "h:1")).toMatchObject({ allow: [] });
  });

  it("repeats nothing that the client sent", () => {
    for (const protocol of protocols) {
      const table = tableOf(protocol, { deny: ["* /zebra"] });
      for (const target of ["/zebra", "/zebra/%2e", "/models/zebra", "/v2/models/zebra/config", "zebra"]) {
        const decision = table.decide("ZEBRA", target);
        if (decision.kind === "denied") expect(`${decision.reason}${decision.allow.join("")}`).not.toMatch(/zebra/i);
      }
    }
  });
});

describe("memory", () => {
  it("gives one Route object for one kind, model and version, in every form of the target", () => {
    const table = tableOf("kserve-v2", { modelName: "m", modelVersion: "1" });
    const routeOf = (target: string): unknown => {
      const decision = table.decide("POST", target);
      return decision.kind === "allowed" ? decision.route : undefined;
    };
    const first = routeOf("/v2/models/m/infer");
    for (let model = 0; model < 1000; model++) routeOf(`/v2/models/model-${model}/infer`);
    expect(first).toBeDefined();
    expect(routeOf("/v2/models/m/infer?a=1")).toBe(first);
    expect(routeOf("/v2/models/%6d/infer")).toBe(first);
    expect(routeOf("/v2/models/m/versions/1/infer")).toBe(first);
    expect(routeOf(`http://${"h".repeat(600)}/v2/models/m/infer`)).toBe(first);
  });

  it("stays bounded while a client invents paths, and keeps the route that is in use", () => {
    const table = tableOf("kserve-v2");
    const hot = table.decide("POST", "/v2/models/hot/infer");
    for (let index = 0; index < 20_000; index++) {
      table.decide("POST", `/v2/models/m${index}/infer`);
      table.decide("GET", `/random/${index}`);
      expect(table.decide("POST", "/v2/models/hot/infer")).toBe(hot);
    }
    expect(table.remembered.decisions).toBeLessThanOrEqual(2048);
    expect(table.remembered.routes).toBeLessThanOrEqual(2048);
  });

  it("remembers no path that is long", () => {
    const table = tableOf("mlflow");
    for (let index = 0; index < 10; index++) table.decide("GET", `/${"x".repeat(600)}${index}`);
    expect(table.remembered.decisions).toBe(0);
  });
});
