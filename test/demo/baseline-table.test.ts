import { describe, expect, it } from "vitest";

import { baselineTable } from "../../demo/baseline-table.ts";
import { readLabelledRows } from "../../demo/labelled-rows.ts";
import { predictClass, probabilityOfClassOne, readModelFile } from "../../demo/model-server/classifier.ts";

const { parameters } = readModelFile();
const data = readLabelledRows();

describe("the table that the baseline is made of", () => {
  it("holds every row with what the model says of it and what is right", () => {
    const [header = "", ...lines] = baselineTable(data, parameters).trimEnd().split("\n");
    expect(header.split(",")).toEqual([...data.features, "prediction", "probability", "target"]);
    expect(lines).toHaveLength(data.rows.length);
    lines.forEach((line, index) => {
      const row = data.rows[index]!;
      const answers = [predictClass(parameters, row), probabilityOfClassOne(parameters, row), data.labels[index]];
      expect(line.split(",").map(Number)).toEqual([...row, ...answers]);
    });
  });
});
