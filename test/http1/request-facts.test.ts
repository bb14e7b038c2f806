import { describe, expect, it } from "vitest";
import { Progress } from "../../src/http1/header-section.ts";
import { createRequestFacts, inspectRequest } from "../../src/http1/request-facts.ts";
import { RequestHead } from "../../src/http1/request-head.ts";
import { bytesOf } from "./support/cuts.ts";
import { wideLimits } from "./support/head-pictures.ts";

describe("what is found in a request head", () => {
  const withLines = (...lines: readonly string[]): string =>
    `GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
  const absent = createRequestFacts();
  const facts = createRequestFacts();
  const head = new RequestHead(wideLimits);
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const viaName = "outrider-0123456789ab";

  function inspect(text: string): void {
    const base = 5;
    const bytes = bytesOf(`xxxxx${text}body`);
    head.reset();
    if (head.read(bytes, base, bytes.length) !== Progress.done) throw new Error(`${head.fault}: ${text}`);
    inspectRequest({ head, facts, bytes, base }, { viaName: bytesOf(viaName), upgradeProtocols: ["websocket"] });
  }

  it.each([
    [["X-Request-Id: a"], { requestIdLine: 1 }],
    [["X-Request-Id: a", "X-Request-Id: a"], {}],
    [["X-Request-Id: a b"], {}],
    [["Traceparent: x"], {}],
    [["X-Forwarded-For: a", "X-Forwarded-For: b"], { forwardedForLine: 2 }],
    [["Via: 1.1 a", "Via: 1.1 b"], { viaLine: 2 }],
    [[`Via: 1.1 a, 1.1 ${viaName}`, "Via: 1.1 b"], { viaLine: 2, isLoop: true }],
    [["Upgrade: websocket"], {}],
    [["Upgrade: WebSocket", "Connection: upgrade"], { upgradeLine: 1 }],
    [["Upgrade: h2c", "Connection: upgrade"], {}],
    [["TE: gzip, trailers"], { teTrailersLine: 1 }],
    [["TE: gzip"], {}],
    [["Max-Forwards: 0"], { maxForwards: 0 }],
    [["Max-Forwards: x"], {}],
    [["X-Request-Id: a b", "X-Request-Id: a"], {}],
    [[`Traceparent: ${traceparent}`], { traceparentLine: 1 }],
    [[`Traceparent: ${traceparent}`, "Traceparent: x"], {}],
    [["Traceparent: x", `Traceparent: ${traceparent}`], {}],
  ])("%j", (lines, found) => {
    inspect(withLines(...lines));
    expect(facts).toEqual({ ...absent, ...found });
  });

  it("does not know an upgrade in HTTP/1.0", () => {
    inspect("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(facts).toEqual(absent);
  });

  it("is found on the first line as well", () => {
    inspect("GET / HTTP/1.1\r\nX-Request-Id: a\r\nHost: a\r\n\r\n");
    expect(facts).toEqual({ ...absent, requestIdLine: 0 });
  });

  it("does not take lines of an earlier head for its own", () => {
    inspect(withLines("X-Request-Id: a", "X-Request-Id: b"));
    inspect(withLines("X-Request-Id: a"));
    expect(facts).toEqual({ ...absent, requestIdLine: 1 });
  });

  it("is found anew for each head", () => {
    inspect(
      withLines("X-Request-Id: a", "Via: 1.1 b", "TE: trailers", "Max-Forwards: 3", `Traceparent: ${traceparent}`),
    );
    inspect(withLines());
    expect(facts).toEqual(absent);
  });
});
