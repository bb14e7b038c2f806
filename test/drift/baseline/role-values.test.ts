import { describe, expect, it } from "vitest";

import { RoleValues } from "../../../src/drift/baseline/role-values.ts";

describe("the values of columns with a role", () => {
  it("show whether the positive class is among them, as it is counted", () => {
    const values = new RoleValues("1");
    values.addClass("x".repeat(100));
    expect({ is: values.hasPositive, classes: values.classes }).toEqual({ is: false, classes: ["x".repeat(40)] });
    values.addClass(1);
    expect(values.hasPositive).toBe(true);
  });

  it("say nothing against a class when there is none to compare with", () => {
    const values = new RoleValues("1");
    for (const cell of [null, undefined, Number.NaN]) values.addClass(cell);
    expect(values.hasPositive).toBe(true);
    const none = new RoleValues("");
    none.addClass("a");
    expect(none.hasPositive).toBe(true);
  });

  it("are kept to ten, and it is known whether there were more", () => {
    const values = new RoleValues("yes");
    for (let index = 0; index < 10; index++) values.addClass(`c${index}`);
    values.addClass("c3");
    expect({ count: values.classes.length, more: values.hasMoreClasses }).toEqual({ count: 10, more: false });
    for (let index = 0; index < 100_000; index++) values.addClass(`d${index}`);
    expect({ count: values.classes.length, more: values.hasMoreClasses }).toEqual({ count: 10, more: true });
  });

  it("count the scores from 0 to 1 and keep the first that is none", () => {
    const values = new RoleValues("");
    for (const cell of [0, 1, 0.5, null, Number.NaN]) values.addScore(cell);
    expect({ scores: values.scores, wrong: values.wrongScore }).toEqual({ scores: 3, wrong: "" });
    for (const cell of [37.2, -1, "high", 2n ** 60n, true]) values.addScore(cell);
    expect({ scores: values.scores, wrong: values.wrongScore }).toEqual({ scores: 3, wrong: "37.2" });
  });
});
