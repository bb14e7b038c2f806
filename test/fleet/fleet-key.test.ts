import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFleetKey, fleetKey } from "../../src/fleet/fleet-key.ts";

const word = fc
  .string({ unit: fc.oneof(fc.constantFrom("/", "%", "%2F", "é"), fc.string({ maxLength: 1 })) })
  .filter(isWhole);

function isWhole(text: string): boolean {
  return text.isWellFormed();
}

describe("a key of the shared state", () => {
  it("is read back as what it was made of, whatever the names hold", () => {
    const labels = fc.record({ model: word, version: word, variant: word });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), labels, (parts, of) => {
        expect(parseFleetKey(fleetKey(parts, of))).toEqual({ parts, labels: of });
      }),
    );
  });

  it.each(["", "drift", "a/b/c", "drift/%/model/1/stable"])("is not %j", (key) => {
    expect(parseFleetKey(key)).toBeUndefined();
  });
});
