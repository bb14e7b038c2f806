import { describe, expect, it } from "vitest";
import { namedCountsOf, seenNamesOf } from "../../../src/fleet/drift/name-counts.ts";
import { NameCollector, type SeenNames } from "../../../src/drift/window/seen-names.ts";
import { encodeCounts } from "../../../src/fleet/counts/counts-encoding.ts";

const names: SeenNames = {
  unknownColumns: [
    { name: "colour", rows: 7 },
    { name: "a/b %", rows: 1 },
  ],
  newValues: [{ name: "town", values: ["Ulm", ""] }],
  droppedColumns: 3,
  droppedValues: 2,
};

describe("names seen by replicas", () => {
  it("survive as counts", () => {
    expect(seenNamesOf(namedCountsOf(names))).toEqual(names);
    expect(namedCountsOf({ unknownColumns: [], newValues: [], droppedColumns: 0, droppedValues: 0 }).size).toBe(0);
  });

  it("add up: rows are summed, values are listed once", () => {
    const sum = new Map<string, number>();
    for (const counts of [namedCountsOf(names), namedCountsOf(names)]) {
      for (const [key, count] of counts) sum.set(key, (sum.get(key) ?? 0) + count);
    }
    expect(seenNamesOf(sum)).toEqual({
      ...names,
      unknownColumns: [
        { name: "colour", rows: 14 },
        { name: "a/b %", rows: 2 },
      ],
      droppedColumns: 6,
      droppedValues: 4,
    });
  });

  it("leave out names that the store refuses, and count them as dropped", () => {
    const collector = new NameCollector();
    // A cut between the two halves of a character, half a character, and more bytes than a name may have.
    collector.addColumn(`${"x".repeat(126)}\u{1f600}${"y".repeat(10)}`, 3);
    collector.addColumn("\ud800", 2);
    collector.addColumn("colour", 7);
    collector.addValue("\u6f22".repeat(300), "\u6f22".repeat(128));
    collector.addValue("town", "Ulm");
    const counts = namedCountsOf(collector.names());
    expect(encodeCounts(counts)).toBeDefined();
    expect(seenNamesOf(counts)).toEqual({
      unknownColumns: [{ name: "colour", rows: 7 }],
      newValues: [{ name: "town", values: ["Ulm"] }],
      droppedColumns: 2,
      droppedValues: 1,
    });
  });

  it("skip entries of an unknown form", () => {
    expect(
      seenNamesOf(
        new Map([
          ["colour", 1],
          ["other\u0000x", 1],
          ["value\u0000x", 1],
        ]),
      ),
    ).toEqual({
      unknownColumns: [],
      newValues: [],
      droppedColumns: 0,
      droppedValues: 0,
    });
  });
});
