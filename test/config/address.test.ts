import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatAddress } from "../../src/text/address.ts";
import { parseAddress } from "../../src/config/address.ts";

describe("addresses to listen on", () => {
  it.each([
    ["0.0.0.0:18080", "0.0.0.0", 18_080],
    ["127.0.0.1:0", "127.0.0.1", 0],
    ["[::]:18080", "::", 18_080],
    ["[fe80::1]:65535", "fe80::1", 65_535],
    ["localhost:80", "localhost", 80],
  ])("reads %s", (text, host, port) => {
    expect(parseAddress(text)).toEqual({ kind: "ok", value: { host, port } });
  });

  it.each([
    ["18080", /port alone .* 0\.0\.0\.0:18080/],
    ["localhost", /port is missing/],
    ["http://0.0.0.0:80", /no scheme/],
    ["::1", /brackets/],
    ["::1:8080", /brackets/],
    ["1.2.3.4:65536", /65535/],
    ["1.2.3.400:80", /not an address or a host name/],
    ["[1.2.3.4]:80", /not an address or a host name/],
    ["a b:80", /not an address or a host name/],
    [":80", /not an address or a host name/],
    ["x:http", /not a number/],
    ["", /port is missing/],
  ])("refuses %j and says why", (text, problem) => {
    expect(parseAddress(text)).toEqual({ kind: "wrong", problem: expect.stringMatching(problem) });
  });

  it("reads back what it writes", () => {
    const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("localhost", "a-b.example"));
    fc.assert(
      fc.property(hosts, fc.integer({ min: 0, max: 65_535 }), (host, port) => {
        expect(parseAddress(formatAddress({ host, port }))).toEqual({ kind: "ok", value: { host, port } });
      }),
    );
  });

  it("never throws, whatever it reads", () => {
    fc.assert(fc.property(fc.string(), (text) => ["ok", "wrong"].includes(parseAddress(text).kind)));
  });
});
