import { describe, expect, it } from "vitest";

import { definitions, protocols } from "../../src/protocols/list.ts";
import { wireErrors } from "../../src/errors/wire-errors.ts";
import type { WireErrorCode } from "../../src/errors/wire-errors.ts";

const busy = { code: "concurrency_exceeded", status: 429, message: 'say "later"\n' } as const;

describe("an error answer", () => {
  it.each([
    ["mlflow", { error_code: "REQUEST_LIMIT_EXCEEDED", message: busy.message }],
    ["tensorflow-serving", { error: busy.message }],
    ["torchserve", { code: 429, type: "TooManyRequestsException", message: busy.message }],
    ["kserve-v1", { error: busy.message }],
    ["kserve-v2", { error: busy.message }],
    ["bentoml", { error: busy.message }],
    ["openai", { error: { message: busy.message, type: "RateLimitError", param: null, code: 429 } }],
    ["generic", { error: busy.message, code: "concurrency_exceeded" }],
  ] as const)("has the shape of %s", (protocol, shape) => {
    const { contentType, body } = definitions[protocol].renderError(busy);
    expect(contentType).toBe("application/json");
    expect(JSON.parse(body)).toEqual(shape);
  });

  it("is laid out as TorchServe lays out its own", () => {
    const { body } = definitions.torchserve.renderError({ code: "route_denied", status: 404, message: "no" });
    expect(body).toBe('{\n  "code": 404,\n  "type": "ResourceNotFoundException",\n  "message": "no"\n}\n');
  });

  it("exists for every error and protocol", () => {
    for (const code of Object.keys(wireErrors) as WireErrorCode[]) {
      const { status, message } = wireErrors[code];
      for (const protocol of protocols) {
        const { body } = definitions[protocol].renderError({ code, status, message });
        expect(body).toContain(message);
        expect(body).not.toContain("undefined");
      }
    }
  });
});
