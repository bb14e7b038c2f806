import { describe, expect, it } from "vitest";
import { type Address, formatAddress, type TcpAddress } from "../../src/text/address.ts";

describe("the text of an address", () => {
  it.each<[TcpAddress | Address, string]>([
    [{ host: "127.0.0.1", port: 0 }, "127.0.0.1:0"],
    [{ kind: "tcp", host: "model.prod.svc", port: 80 }, "model.prod.svc:80"],
    [{ host: "::1", port: 8080 }, "[::1]:8080"],
    [{ kind: "unix", path: "/run/model.sock" }, "unix:/run/model.sock"],
  ])("of %j is %s", (address, text) => {
    expect(formatAddress(address)).toBe(text);
  });
});
