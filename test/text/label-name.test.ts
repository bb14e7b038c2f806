import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cleanLabelName, maxLabelNameLength } from "../../src/text/label-name.ts";
import { anyText } from "../support/any-text.ts";

describe("cleanLabelName", () => {
  it.each([
    ["resnet-18", "resnet-18"],
    ["meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B"],
    ["modèle ünï 模型 🦊", "modèle ünï 模型 🦊"],
    ["a\nb\u0000c\u009fd", "a_b_c_d"],
    ["right\u202eleft\u2028", "right_left_"],
    ["\ud800x", "_x"],
    ["", ""],
  ])("turns %j into %j", (name, cleaned) => {
    expect(cleanLabelName(name)).toBe(cleaned);
  });

  it("bounds the length, never breaks a character in two, and changes nothing the second time", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 600 }), (name) => {
        const cleaned = cleanLabelName(name);
        expect(cleaned.length).toBeLessThanOrEqual(maxLabelNameLength);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleanLabelName(cleaned)).toBe(cleaned);
      }),
    );
  });
});
