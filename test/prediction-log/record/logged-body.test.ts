import { createReader } from "../../support/create-reader.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loggedBody, redactedJson, type LoggedBodyPlan } from "../../../src/prediction-log/record/logged-body.ts";
import type { LoggedBody } from "../../../src/prediction-log/prediction-record.ts";
import { areFeaturesGone } from "../../../src/redaction/redaction-check.ts";
import type { Redactor } from "../../../src/redaction/redactor.ts";
import { testLimits } from "../../support/read-json-body.ts";
import { aRedactor, rules } from "../../redaction/a-redactor.ts";

const off = aRedactor({ patterns: [] });
const patterns = aRedactor();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function logged(
  body: string | Uint8Array,
  contentType: string,
  plan: Partial<LoggedBodyPlan> & { readonly redactor: Redactor },
): LoggedBody {
  const bytes = typeof body === "string" ? bytesOf(body) : body;
  const side = { content: { kind: "decoded", bytes }, contentType } as const;
  return loggedBody(side, { bodyBytes: 1_000_000, mayQuoteInput: false, ...plan });
}

const notRedactable = (contentType: string): LoggedBody => ({ content_type: contentType, omitted: "not_redactable" });

describe("a logged body without redaction", () => {
  it("is unchanged text when it is UTF-8, and base64 otherwise", () => {
    expect(logged("\ufeffé\0", "x/y", { redactor: off })).toEqual({ content_type: "x/y", text: "\ufeffé\0" });
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
    const base64 = Buffer.from(bytes).toString("base64");
    expect(logged(bytes, "", { redactor: off })).toEqual({ content_type: "", base64 });
    expect(logged("", "", { redactor: off })).toEqual({ content_type: "", text: "" });
  });

  it("is cut on a whole character", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, (whole) => {
        for (let bodyBytes = 1; bodyBytes <= bytesOf(whole).length + 1; bodyBytes++) {
          const body = logged(whole, "", { redactor: off, bodyBytes });
          expect(body).toHaveProperty("text");
          expectCut(body, whole, bodyBytes);
        }
      }),
    );
  });

  it("is base64 of the first bytes when they are not text", () => {
    const bytes = new Uint8Array([0xff, 1, 2, 3]);
    expect(logged(bytes, "", { redactor: off, bodyBytes: 2 })).toEqual({
      content_type: "",
      base64: Buffer.from([0xff, 1]).toString("base64"),
      truncated: true,
    });
  });

  it("that ends within a character is not text", () => {
    expect(logged(new Uint8Array([0x61, 0xc3]), "", { redactor: off })).toHaveProperty("base64");
  });
});

describe("a logged body with redaction", () => {
  it.each([
    ["application/json", '{"a": 1.0, "b":"joe@example.com"}', '{"a":1.0,"b":"***"}'],
    ["", "[4111111111111111]", '["***"]'],
    ["application/x-www-form-urlencoded", '["joe@example.com"]', '["***"]'],
    ["image/png", '["joe@example.com"]', '["***"]'],
    ["text/plain", "mail joe@example.com", "mail ***"],
    ["text/csv; charset=UTF-8", "a,b\n1,joe@example.com\n", "a,b\n1,***\n"],
    ["Text/Plain;charset=iso-8859-1", "4111 1111 1111 1111", "***"],
    ["text/plain", "joe%40example.com", "***"],
    ["text/plain", "", ""],
    ["", "", ""],
  ])("of type %j is logged without what patterns find: %s", (contentType, body, text) => {
    expect(logged(body, contentType, { redactor: patterns })).toEqual({ content_type: contentType, text });
  });

  it.each([
    ["text/event-stream", 'data: {"delta":"joe@"}\n\ndata: {"delta":"example.com"}\n\n'],
    ["application/x-ndjson", "{}\n{}\n"],
    ["application/json", "{"],
    ["application/json", `${"[".repeat(600)}${"]".repeat(600)}`],
    ["text/html", "<b>joe@</b>example.com"],
    ["multipart/form-data", "--x"],
    ["", "plain"],
    ["text/plain; charset=utf-16", "abc"],
    ["text/plain", "4\u00001\u00001\u00001\u0000"],
    ["text/plain", new Uint8Array([0xff, 0xfe])],
    ["application/json", new Uint8Array([0xff, 0xfe])],
    ["application/octet-stream", new Uint8Array([0, 1])],
  ])("of type %j is left out when it cannot be redacted: %j", (contentType, body) => {
    expect(logged(body, contentType, { redactor: patterns })).toEqual(notRedactable(contentType));
    expect(logged(body, contentType, { redactor: aRedactor({ patterns: [], drop: rules("header:x") }) })).toEqual(
      notRedactable(contentType),
    );
  });

  it("is omitted when it is not JSON and there are rules about features or pointers", () => {
    for (const rule of ["feature:a", "pointer:/a"]) {
      expect(logged("a\n1\n", "text/csv", { redactor: aRedactor({ mask: rules(rule) }) })).toEqual(
        notRedactable("text/csv"),
      );
    }
  });

  it("is omitted when it may quote its request, where rules cannot find the values", () => {
    const body = '{"message":"could not convert 123"}';
    for (const rule of ["feature:a", "pointer:/a"]) {
      const redactor = aRedactor({ mask: rules(rule) });
      const answer = logged(body, "", { redactor, mayQuoteInput: true, isFeatureGone: () => true });
      expect(answer).toEqual(notRedactable(""));
    }
    expect(logged(body, "", { redactor: patterns, mayQuoteInput: true })).toHaveProperty("text", body);
  });

  it("is omitted unless the features are confirmed to be gone", () => {
    const redactor = aRedactor({ mask: rules("feature:a") });
    const body = '{"a":1}';
    expect(logged(body, "", { redactor })).toEqual(notRedactable(""));
    expect(logged(body, "", { redactor, isFeatureGone: () => false })).toEqual(notRedactable(""));
    let asked = "";
    const isFeatureGone = (redacted: Uint8Array): boolean => {
      asked = new TextDecoder().decode(redacted);
      return true;
    };
    expect(logged(body, "", { redactor, isFeatureGone, bodyBytes: 3 })).toEqual({
      content_type: "",
      text: '{"a',
      truncated: true,
    });
    expect(asked).toBe('{"a":"***"}');
  });

  it("gives the reason for its absence, and redacts its media type", () => {
    const side = {
      content: { kind: "unread", reason: "truncated" },
      contentType: "text/plain; x=joe@example.com",
    } as const;
    const plan = { redactor: patterns, bodyBytes: 10, mayQuoteInput: false };
    expect(loggedBody(side, plan)).toEqual({ content_type: "text/plain; x=***", omitted: "truncated" });
  });

  it("is cut after it was redacted, on a whole character", () => {
    const body = '["é joe@example.com","4111 1111 1111 1111","😀"]';
    const whole = '["é ***","***","😀"]';
    for (let bodyBytes = 1; bodyBytes <= bytesOf(whole).length + 1; bodyBytes++) {
      expectCut(logged(body, "", { redactor: patterns, bodyBytes }), whole, bodyBytes);
    }
  });
});

describe("features in a logged body", () => {
  const redactor = aRedactor({ mask: rules("feature:ssn"), drop: rules("feature:0"), hash: rules("feature:x[1]") });

  it.each([
    ["mlflow", { dataframe_split: { columns: ["ssn", "age"], data: [["s1", 1]] } }, true],
    ["mlflow", { dataframe_records: [{ ssn: "s1", age: 1 }] }, true],
    ["mlflow", { inputs: { ssn: ["s1"], age: [1] } }, true],
    ["tensorflow-serving", { examples: [{ age: 1 }], context: { ssn: "s1" } }, true],
    ["kserve-v1", { instances: [{ a: { ssn: "s1" } }] }, true],
    ["kserve-v2", { inputs: [{ name: "ssn", shape: [2], datatype: "FP32", data: [1, 2] }] }, true],
    ["kserve-v2", { inputs: [{ name: "x", shape: [1, 2], datatype: "INT64", data: [[1, 2]] }] }, true],
    ["torchserve", { data: [{ ssn: 1 }] }, true],
    ["bentoml", { customer: { ssn: 1, age: 2 } }, true],
    ["generic", { ssn: 1, age: 2 }, true],
    ["openai", { messages: [{ role: "user", content: "hi" }], ssn: "s1" }, true],
    ["kserve-v1", { instances: [[1, 2]] }, false],
    ["kserve-v1", { something: "else" }, false],
  ] as const)("of %s are gone, or else the body is: %j", (protocol, body, isLogged) => {
    const reader = createReader(protocol, { limits: testLimits });
    const answer = logged(JSON.stringify(body), "application/json", {
      redactor,
      isFeatureGone: (bytes) =>
        areFeaturesGone(reader.readRequest({ bytes, contentType: "application/json", target: "/" }), redactor),
    });
    expect("text" in answer).toBe(isLogged);
    expect(JSON.stringify(answer)).not.toMatch(/s1/);
  });

  it("are not gone from a table that still has one of their values", () => {
    const reader = createReader("kserve-v1", { limits: testLimits });
    const gone = (body: unknown): boolean =>
      areFeaturesGone(
        reader.readRequest({ bytes: bytesOf(JSON.stringify(body)), contentType: "", target: "/" }),
        redactor,
      );
    expect(gone({ instances: [{ ssn: "***" }, { ssn: null }, { age: 1 }] })).toBe(true);
    expect(gone({ instances: [{ ssn: "***" }, { ssn: "x" }] })).toBe(false);
    expect(gone({ instances: [{ ssn: "hash:no" }] })).toBe(false);
    expect(gone({})).toBe(false);
  });
});

describe("redactedJson", () => {
  it("is the whole redacted body, or nothing", () => {
    expect(new TextDecoder().decode(redactedJson(bytesOf(' ["joe@example.com"]'), patterns, 0))).toBe('["***"]');
    expect(redactedJson(bytesOf("joe@example.com"), patterns, 0)).toBeUndefined();
    expect(redactedJson(new Uint8Array([0xff]), patterns, 0)).toBeUndefined();
  });
});

/** As much of the whole as fits, and not one character less. */
function expectCut(body: LoggedBody, whole: string, bodyBytes: number): void {
  const text = "text" in body ? body.text : "";
  expect(whole.startsWith(text)).toBe(true);
  expect(bytesOf(text).length).toBeLessThanOrEqual(bodyBytes);
  const next = String.fromCodePoint(whole.codePointAt(text.length) ?? 0);
  if (text.length < whole.length) expect(bytesOf(text + next).length).toBeGreaterThan(bodyBytes);
  expect("truncated" in body).toBe(text.length < whole.length);
}

it("redacts no body over 256 KiB, unless bodies may be that long in a record", () => {
  const body = `["joe@example.com"${",1".repeat(131_072)}]`;
  const plan = { redactor: patterns, mayQuoteInput: false };
  const side = { content: { kind: "decoded", bytes: bytesOf(body) }, contentType: "" } as const;
  expect(loggedBody(side, { ...plan, bodyBytes: 1000 })).toEqual(notRedactable(""));
  expect(redactedJson(bytesOf(body), patterns, 0)).toBeUndefined();
  expect(loggedBody(side, { ...plan, bodyBytes: 300_000 })).toHaveProperty("text");
  expect(loggedBody(side, { redactor: off, mayQuoteInput: false, bodyBytes: 1000 })).toHaveProperty("truncated", true);
});
