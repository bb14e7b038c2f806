import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cleanLabelName } from "../../../src/text/label-name.ts";
import { findModelName, maxScannedBytes } from "../../../src/payload/json/model-name.ts";

const find = (text: string): string | undefined => findModelName(new TextEncoder().encode(text));

const chunk = '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"llama","choices":[]}';

describe("findModelName", () => {
  it.each([
    ['{"model":"gpt-4o","messages":[]}', "gpt-4o"],
    ['{"messages":[{"role":"user","content":"hi"}],"model":"late"}', "late"],
    [' \r\n\t{ "model" \n:\t"spaced" }', "spaced"],
    ['\ufeff{"model":"marked"}', "marked"],
    ['{"model":"meta-llama\\/Llama \\u00e9 \\"q\\""}', 'meta-llama/Llama é "q"'],
    ['{"\\u006dodel":"escaped key"}', "escaped key"],
    ['{"model":"模型"}', "模型"],
    [`data: ${chunk}\n\ndata: [DONE]\n\n`, "llama"],
    [`data:${chunk}\r\n\r\n`, "llama"],
    [`: keep-alive\n\nevent: message\nid: 1\ndata: ${chunk}\n\n`, "llama"],
  ])("finds the model in %j", (text, name) => {
    expect(find(text)).toBe(name);
  });

  it.each([
    [""],
    ["[]"],
    ["null"],
    ['"model"'],
    ['[{"model":"in a list"}]'],
    ['{"a":{"model":"nested"}}'],
    ['{"a":[{"model":"nested"}],"b":1}'],
    ['{"a":"\\"model\\":\\"in text\\""}'],
    ['{"a":"{\\"model\\":\\"x\\"}","b":["model",":","y"]}'],
    ['{"a":"model","b":"x"}'],
    ['{"Model":"other key"}'],
    ['{"model":42}'],
    ['{"model":null,"model":"second"}'],
    ['{"model":{"model":"x"}}'],
    ['{"model":""}'],
    ['{"model":"bad \\x escape"}'],
    ['{}{"model":"after the end"}'],
    ["data: [DONE]\n\n"],
    ['event: data: {"model":"x"}\n\n'],
    ["model=form&x=1"],
    ['--boundary\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper'],
  ])("finds none in %j", (text) => {
    expect(find(text)).toBeUndefined();
  });

  it("finds a whole name or none, wherever the body is cut", () => {
    const body = new TextEncoder().encode('{"messages":[{"content":"a \\"quoted\\" word"}],"model":"llama-3","n":1}');
    const end = new TextDecoder().decode(body).indexOf('llama-3"') + 8;
    for (let cut = 0; cut <= body.length; cut++) {
      expect(findModelName(body.subarray(0, cut))).toBe(cut >= end ? "llama-3" : undefined);
    }
  });

  it("bounds the name and how far it looks", () => {
    expect(find(`{"model":"${"x".repeat(1000)}"}`)).toBe("x".repeat(256));
    expect(find(`{"model":"${"x".repeat(5000)}"}`)).toBeUndefined();
    expect(find(`{"a":"${"x".repeat(maxScannedBytes)}","model":"too late"}`)).toBeUndefined();
    expect(find('{"model":"line\\nfeed\\u202e"}')).toBe("line_feed_");
  });

  it("agrees with a full parse for every object whose model comes once", () => {
    const key = fc.string({ maxLength: 8 }).filter((text) => text !== "model" && text !== "__proto__");
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.jsonValue())),
        name,
        fc.array(fc.tuple(key, fc.jsonValue())),
        (before, model, after) => {
          const members = [...before, ["model", model] as const, ...after];
          const text = `{${members.map(([k, value]) => `${JSON.stringify(k)}:${JSON.stringify(value)}`).join(",")}}`;
          expect(find(text)).toBe(cleanLabelName(model));
          expect(find(`data: ${text}\n\n`)).toBe(cleanLabelName(model));
        },
      ),
    );
  });

  it("never throws, whatever the bytes", () => {
    const noisy = fc.array(fc.constantFrom(...'{}[]":,\\ model\ndata:\u00ff'.split("")), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          noisy.map((parts) => Buffer.from(parts.join(""), "latin1")),
        ),
        (bytes) => {
          expect(["string", "undefined"]).toContain(typeof findModelName(bytes));
        },
      ),
    );
  });
});
