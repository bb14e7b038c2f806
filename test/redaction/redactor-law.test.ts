/**
 * The law of redaction: a secret that was planted never shows in what is logged, wherever it was planted, however it was
 * written and wherever the log was cut.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Protocol } from "../../src/protocols/list.ts";
import { createReader } from "../support/create-reader.ts";
import { loggedBody } from "../../src/prediction-log/record/logged-body.ts";
import type { LoggedBody } from "../../src/prediction-log/prediction-record.ts";
import { areFeaturesGone } from "../../src/redaction/redaction-check.ts";
import type { RedactionAction } from "../../src/redaction/redaction-rule.ts";
import type { Redactor } from "../../src/redaction/redactor.ts";
import { testLimits } from "../support/read-json-body.ts";
import { aRedactor, harmlessJson, Literal, rules, writeJson, writingChoices } from "./a-redactor.ts";
import { namedSecret, patternSecret, plainOf, secretText, writtenForms } from "./secrets.ts";

/** A value within lists, objects and keys, among values that are harmless. */
function nested(value: unknown, steps: readonly number[], others: readonly unknown[]): unknown {
  return steps.reduce<unknown>((inner, step, index) => {
    const other = others.length === 0 ? 0 : others[index % others.length];
    if (step === 0) return [inner];
    if (step === 1) return [other, inner, other];
    if (step === 2 && (typeof inner === "string" || inner instanceof Literal)) {
      return { a: other, [inner instanceof Literal ? inner.text : inner]: other };
    }
    return step === 3 ? { a: other, b: inner, c: other } : { inner };
  }, value);
}

const plantedBody = fc
  .record({
    secret: patternSecret,
    steps: fc.array(fc.nat(4), { maxLength: 6 }),
    others: fc.array(harmlessJson, { maxLength: 3 }),
    choices: writingChoices,
  })
  .map(({ secret, steps, others, choices }) => ({
    secret,
    body: writeJson(nested(secret.planted, steps, others), choices),
  }));

const action = fc.constantFrom<RedactionAction>("drop", "mask", "hash");
const contentTypes = fc.constantFrom(
  "application/json",
  "",
  "text/plain",
  "application/vnd.kserve+json; charset=utf-8",
);

function bodyOf(text: string, contentType: string, redactor: Redactor, bodyBytes = 1e6): LoggedBody {
  const content = { kind: "decoded", bytes: new TextEncoder().encode(text) } as const;
  return loggedBody({ content, contentType }, { redactor, bodyBytes, mayQuoteInput: false });
}

function expectNone(shown: unknown, needles: readonly string[]): void {
  const text = JSON.stringify(shown) ?? "";
  for (const needle of needles) expect(text).not.toContain(needle);
}

describe("a match of a pattern", () => {
  it("never shows in a body, at any place and in any notation", () => {
    fc.assert(
      fc.property(
        plantedBody,
        contentTypes,
        action,
        ({ secret: { planted, needles }, body }, contentType, patternAction) => {
          const redactor = aRedactor({ patternAction });
          const shown = bodyOf(body, contentType, redactor);
          expect(shown).toHaveProperty("text");
          expectNone(shown, [...needles, ...writtenForms(planted)]);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("never shows in a body of plain text, in names, features, headers and other texts", () => {
    fc.assert(
      fc.property(patternSecret, action, ({ planted, needles }, patternAction) => {
        const redactor = aRedactor({ patternAction });
        if (planted instanceof Literal) {
          expectNone(redactor.feature("a", Number(planted.text)), needles);
          return;
        }
        expectNone(bodyOf(planted, "text/plain", redactor), [...needles, ...writtenForms(planted)]);
        expectNone(bodyOf(`a,b\n1,${planted}\n`, "text/csv", redactor), needles);
        expectNone(
          [
            redactor.text(planted),
            redactor.text(planted),
            redactor.feature("a", planted),
            redactor.header("x", planted),
          ],
          [...needles, ...writtenForms(planted)],
        );
      }),
      { numRuns: 1500 },
    );
  });

  it("never shows in a part of a body, wherever the body is cut", () => {
    fc.assert(
      fc.property(plantedBody, action, ({ secret: { needles }, body }, patternAction) => {
        const redactor = aRedactor({ patternAction });
        for (let bodyBytes = 1; bodyBytes < 300; bodyBytes += 1 + (bodyBytes >> 4)) {
          const shown = bodyOf(body, "", redactor, bodyBytes);
          expectNone(shown, needles);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("never shows in a text that a reader cuts within it", () => {
    fc.assert(
      fc.property(secretText, fc.nat(60), fc.stringMatching(/^[a-z ]{256}$/), ({ text, secrets }, shift, filler) => {
        const whole = `${filler.slice(0, 255 - Math.min(shift, text.length))} ${text}`;
        const shown = aRedactor().feature("a", whole.slice(0, 256));
        expectNone(
          shown,
          secrets.map((secret) => secret.slice(0, 6)),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** The value of a feature `ssn` in the requests of each protocol. */
const shapes: readonly (readonly [Protocol, (value: unknown) => unknown])[] = [
  [
    "mlflow",
    (value) => ({
      dataframe_split: {
        columns: ["age", "ssn"],
        data: [
          [1, value],
          [2, value],
        ],
      },
    }),
  ],
  ["mlflow", (value) => ({ dataframe_records: [{ ssn: value, age: 1 }, { age: 2 }] })],
  ["mlflow", (value) => ({ inputs: { ssn: [value, value], age: [1, 2] } })],
  ["mlflow", (value) => ({ messages: [{ role: "user", content: "hi" }], params: { ssn: value } })],
  ["tensorflow-serving", (value) => ({ instances: [{ ssn: value }] })],
  ["tensorflow-serving", (value) => ({ inputs: { ssn: [value], x: [[1, 2]] } })],
  ["tensorflow-serving", (value) => ({ examples: [{ age: 1 }], context: { ssn: value } })],
  ["torchserve", (value) => ({ data: [{ person: { ssn: value } }] })],
  ["kserve-v1", (value) => ({ instances: [{ nested: [{ ssn: value }] }] })],
  ["kserve-v2", (value) => ({ inputs: [{ name: "ssn", shape: [1], datatype: "BYTES", data: [value] }] })],
  [
    "kserve-v2",
    (value) => ({
      inputs: [
        { name: "age", shape: [2, 1], datatype: "INT32", data: [1, 2] },
        { name: "ssn", shape: [2, 1], datatype: "BYTES", data: [[value], [value]], parameters: { first: value } },
      ],
    }),
  ],
  ["bentoml", (value) => ({ customer: { ssn: value, age: 1 } })],
  ["openai", (value) => ({ messages: [], tools: [{ arguments: JSON.stringify({ ssn: plainOf(value) }) }] })],
  ["generic", (value) => [{ ssn: value }, { ssn: [value, { a: value }] }]],
  ["generic", (value) => ({ columns: ["ssn"], data: [value] })],
];

describe("a value that a rule matches", () => {
  it("never shows in the features of any protocol", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        namedSecret,
        writingChoices,
        action,
        ([protocol, shape], { planted, needles }, choices, forName) => {
          const redactor = aRedactor({ [forName]: rules("feature:ssn") });
          const reader = createReader(protocol, { limits: testLimits });
          const text = writeJson(shape(planted), choices);
          const content = { kind: "decoded", bytes: new TextEncoder().encode(text) } as const;
          const shown = loggedBody(
            { content, contentType: "application/json" },
            {
              redactor,
              bodyBytes: 1e6,
              mayQuoteInput: false,
              isFeatureGone: (bytes) =>
                areFeaturesGone(reader.readRequest({ bytes, contentType: "application/json", target: "/" }), redactor),
            },
          );
          expect(shown).toHaveProperty("text");
          expectNone(shown, needles);
          expectNone(redactor.feature("ssn", plainOf(planted) as string), needles);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("never shows where pointers point", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 1, maxLength: 6 }),
        namedSecret,
        fc.tuple(harmlessJson, writingChoices),
        action,
        (steps, { planted, needles }, [other, choices], forPlace) => {
          let value: unknown = planted;
          let pointer = "";
          for (const [step, isAny] of steps) {
            const [holder, key] = [
              [[value, other], "0"] as const,
              [[other, value], "1"] as const,
              [{ a: other, "b/~": value }, "b~1~0"] as const,
            ][step] as readonly [unknown, string];
            value = holder;
            pointer = `/${isAny ? "*" : key}${pointer}`;
          }
          const redactor = aRedactor({ [forPlace]: rules(`pointer:${pointer}`), patterns: [] });
          const shown = bodyOf(writeJson(value, choices), "application/json", redactor);
          expect(shown).toHaveProperty("text");
          expectNone(shown, needles);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never shows in headers", () => {
    fc.assert(
      fc.property(namedSecret, action, ({ planted, needles }, forName) => {
        const redactor = aRedactor({ [forName]: rules("header:X-Secret"), patterns: [] });
        expectNone(redactor.header("x-secret", String(plainOf(planted))), needles);
      }),
    );
  });
});
