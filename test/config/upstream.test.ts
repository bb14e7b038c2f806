import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatUpstream, parseUpstream } from "../../src/config/upstream.ts";

describe("upstreams", () => {
  it.each([
    ["http://127.0.0.1:8080", { kind: "tcp", host: "127.0.0.1", port: 8080 }],
    ["http://127.0.0.1:8080/", { kind: "tcp", host: "127.0.0.1", port: 8080 }],
    ["http://[::1]:8080", { kind: "tcp", host: "::1", port: 8080 }],
    ["http://model", { kind: "tcp", host: "model", port: 80 }],
    ["HTTP://model:1", { kind: "tcp", host: "model", port: 1 }],
    ["unix:/run/model.sock", { kind: "unix", path: "/run/model.sock" }],
    ["unix:///run/model.sock", { kind: "unix", path: "/run/model.sock" }],
  ])("reads %s", (text, value) => {
    expect(parseUpstream(text)).toEqual({ kind: "ok", value });
  });

  it.each([
    ["https://model:443", /TLS/],
    ["grpc://model:8001", /HTTP port/],
    ["ftp://model", /scheme ftp/],
    ["127.0.0.1:8080", /must begin/],
    ["http://model/v1", /path and query/],
    ["http://model?x=1", /path and query/],
    ["http://user:secret@model", /user name and password/],
    ["http://model:0", /1 to 65535/],
    ["http://model:70000", /1 to 65535/],
    ["http://model:x", /1 to 65535/],
    ["http://::1", /brackets/],
    ["http://", /host/],
    ["unix:run/model.sock", /absolute/],
    ["unix:", /absolute/],
    [`unix:/${"x".repeat(107)}`, /107 bytes/],
    ["unix:/a\0b", /NUL/],
  ])("refuses %j and says why", (text, problem) => {
    expect(parseUpstream(text)).toEqual({ kind: "wrong", problem: expect.stringMatching(problem) });
  });

  it("reads back what it writes", () => {
    const tcp = fc.record({
      kind: fc.constant("tcp" as const),
      host: fc.oneof(fc.ipV4(), fc.ipV6()),
      port: fc.integer({ min: 1, max: 65_535 }),
    });
    const unix = fc.record({ kind: fc.constant("unix" as const), path: fc.stringMatching(/^\/[a-z0-9._-]{1,50}$/) });
    fc.assert(
      fc.property(fc.oneof(tcp, unix), (upstream) => {
        expect(parseUpstream(formatUpstream(upstream))).toEqual({ kind: "ok", value: upstream });
      }),
    );
  });
});
