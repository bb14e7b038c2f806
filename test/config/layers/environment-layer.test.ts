import { describe, expect, it } from "vitest";

import { environmentLayer } from "../../../src/config/layers/environment-layer.ts";

describe("environment variables", () => {
  it("give fields by their derived names, as numbers, switches and lists where the field is one", () => {
    const { entries, mistakes } = environmentLayer({
      OUTRIDER_LISTEN: "127.0.0.1:0",
      OUTRIDER_LIMITS_QUEUED: "5",
      OUTRIDER_LIMITS_HEAD_BYTES: "64KiB",
      OUTRIDER_LOG_ACCESS: "true",
      OUTRIDER_LOG_ACCESS_SAMPLE: "0.25",
      OUTRIDER_ROUTES_ALLOW: "GET /a, POST /b/**",
      OUTRIDER_UPGRADE_PROTOCOLS: "",
      OUTRIDER_MODEL_VERSION: "1.10",
    });
    expect(mistakes).toEqual([]);
    expect(Object.fromEntries(entries.map(({ row, input }) => [row.path, input]))).toEqual({
      listen: "127.0.0.1:0",
      "limits.queued": 5,
      "limits.head_bytes": "64KiB",
      "log.access": true,
      "log.access_sample": 0.25,
      "routes.allow": ["GET /a", "POST /b/**"],
      "upgrade.protocols": [],
      "model.version": "1.10",
    });
  });

  it("of unknown fields are mistakes, with the nearest name", () => {
    const { mistakes } = environmentLayer({ OUTRIDER_LISTN: "x", OUTRIDER_ADMIN_LISTE: "x", OUTRIDER_QQQQQQ: "x" });
    expect(mistakes.map(({ origin, nearest }) => [origin, nearest])).toEqual([
      [{ kind: "environment", name: "OUTRIDER_LISTN" }, "OUTRIDER_LISTEN"],
      [{ kind: "environment", name: "OUTRIDER_ADMIN_LISTE" }, "OUTRIDER_ADMIN_LISTEN"],
      [{ kind: "environment", name: "OUTRIDER_QQQQQQ" }, undefined],
    ]);
  });

  it.each([
    "OUTRIDER_SERVICE_HOST",
    "OUTRIDER_SERVICE_PORT",
    "OUTRIDER_SERVICE_PORT_HTTP_METRICS",
    "OUTRIDER_PORT",
    "OUTRIDER_PORT_18080_TCP",
    "OUTRIDER_PORT_18080_TCP_PROTO",
    "OUTRIDER_PORT_18080_TCP_PORT",
    "OUTRIDER_PORT_18080_TCP_ADDR",
    "OUTRIDER_PORT_53_UDP_ADDR",
    "OUTRIDER_ADMIN_SERVICE_HOST",
    "OUTRIDER_ADMIN_PORT_18090_TCP",
  ])("set by Kubernetes for a service are let be: %s", (name) => {
    expect(environmentLayer({ [name]: "tcp://10.0.0.1:18080" })).toEqual({ entries: [], mistakes: [] });
  });

  it.each(["OUTRIDER_CONFIG", "PATH", "outrider_listen"])("with another purpose are let be: %s", (name) => {
    expect(environmentLayer({ [name]: "x" })).toEqual({ entries: [], mistakes: [] });
  });

  it.each(["OUTRIDER_PORTS", "OUTRIDER_PORT_TCP", "OUTRIDER_SERVICE", "OUTRIDER_CACHE"])(
    "that only resemble those are mistakes: %s",
    (name) => {
      expect(environmentLayer({ [name]: "x" }).mistakes).toHaveLength(1);
    },
  );
});
