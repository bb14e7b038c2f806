import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readLabelledRows } from "../../../demo/traffic/labelled-rows.ts";
import { predictClass, readModelFile } from "../../../demo/model-server/classifier.ts";
import { answer } from "../../../demo/model-server/model-server.ts";
import { shapeNames } from "../../../demo/model-server/serving-shape.ts";
import { requestForms } from "../../../demo/traffic/request-forms.ts";

const model = readModelFile();
const data = readLabelledRows();
const forms = shapeNames.flatMap((protocol) => requestForms[protocol].map((form) => ({ protocol, form })));

describe("the request forms of all protocols", () => {
  it("give the same classes for the same rows, whatever the server is recognised as", () => {
    const someRows = fc.array(fc.nat(data.rows.length - 1), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(someRows, fc.constantFrom(...shapeNames, "all" as const), (indexes, recognisedAs) => {
        const rows = indexes.map((index) => data.rows[index]!);
        const expected = rows.map((row) => predictClass(model.parameters, row));
        for (const { form } of forms) {
          const { path, contentType } = form;
          const request = { method: "POST", path, contentType, body: form.write(rows, data.features) };
          const found = answer(request, model, recognisedAs);
          expect({ form: form.name, status: found.status }).toEqual({ form: form.name, status: 200 });
          expect({ form: form.name, classes: form.read(found.body) }).toEqual({ form: form.name, classes: expected });
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(forms)("of $protocol, $form.name, refuses rows that lack features with 400", ({ form }) => {
    const { path, contentType } = form;
    const body = form.write([[1, 2, 3]], data.features.slice(0, 3));
    expect(answer({ method: "POST", path, contentType, body }, model, "all").status).toBe(400);
  });

  it.each(forms)("of $protocol, $form.name, refuses a body that is cut off with 400", ({ form }) => {
    const { path, contentType } = form;
    const whole = form.write(data.rows.slice(0, 1), data.features);
    fc.assert(
      fc.property(fc.nat(whole.length - 40), (length) => {
        const body = whole.slice(0, length);
        expect(answer({ method: "POST", path, contentType, body }, model, "all").status).toBe(400);
      }),
      { numRuns: 30 },
    );
  });
});
