import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccessLog, isSampled } from "../../src/logging/access-log.ts";
import { anExchange } from "../support/an-exchange.ts";

const recording = () => {
  const lines: Record<string, unknown>[] = [];
  return { lines, logger: { info: (fields: object) => void lines.push({ ...fields }) } };
};

describe("access log", () => {
  it("writes one line a request when it is on, and none when it is off", () => {
    const { lines, logger } = recording();
    const log = new AccessLog(logger, { isOn: false, sampleRatio: 1 });
    log.observe(anExchange());
    expect(lines).toHaveLength(0);
    log.configure({ isOn: true, sampleRatio: 1 });
    log.observe(anExchange({ outcome: "shed", status: 429, errorCode: "concurrency_exceeded", durationMs: 0.123456 }));
    expect(lines).toEqual([
      expect.objectContaining({
        request_id: "3f1c9a52",
        status: 429,
        outcome: "shed",
        code: "concurrency_exceeded",
        duration_ms: 0.123,
        path: "/v2/models/iris/infer",
      }),
    ]);
  });

  it("holds neither query nor bodies", () => {
    const { lines, logger } = recording();
    const body = { bytes: Buffer.from("secret-body"), complete: true, contentType: "text/plain", contentEncoding: "" };
    new AccessLog(logger, { isOn: true, sampleRatio: 1 }).observe(
      anExchange({ target: "/predict?api_key=secret-key", requestBody: body, responseBody: body }),
    );
    expect(JSON.stringify(lines)).not.toContain("secret");
    expect(lines[0]!["path"]).toBe("/predict");
  });

  it("bounds the path", () => {
    const { lines, logger } = recording();
    new AccessLog(logger, { isOn: true, sampleRatio: 1 }).observe(anExchange({ target: `/${"x".repeat(9000)}` }));
    expect(String(lines[0]!["path"]).length).toBeLessThan(520);
  });

  it("keeps a request in or out by its id alone, and in at every higher ratio", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (id, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(isSampled(id, low)).toBe(isSampled(id, low));
          if (isSampled(id, low)) expect(isSampled(id, high)).toBe(true);
          expect(isSampled(id, 1)).toBe(true);
          expect(isSampled(id, 0)).toBe(false);
        },
      ),
    );
  });

  it.each([0.01, 0.1, 0.5])("takes %f of ids that differ little, within 20 %%", (ratio) => {
    const taken = Array.from({ length: 50_000 }, (_, i) => `request-${i}`).filter((id) => isSampled(id, ratio)).length;
    expect(Math.abs(taken / 50_000 / ratio - 1)).toBeLessThan(0.2);
  });
});
