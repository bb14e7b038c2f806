import { describe, expect, it } from "vitest";
import type { LabelMonitor } from "../../../src/accuracy/label-monitor.ts";
import { LabelPost, maxItems } from "../../../src/accuracy/labels/label-post.ts";
import { aMonitor, aRequest, noonMs, values } from "../a-label-monitor.ts";

function post(monitor: LabelMonitor, text: string): ReturnType<LabelPost["answer"]> {
  const one = new LabelPost(monitor, new TextEncoder().encode(text), "application/json");
  while (!one.step(noonMs, 7));
  return one.answer();
}

describe("a post of labels", () => {
  it("counts what became of each, and shows what was wrong", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ requestId: "a", predictions: values("x", "y") }));
    const text = '[{"id":"a","label":["x","x"]},{"id":"b","label":1},{"id":"a","label":"x"},{"id":7}]';
    expect(post(monitor, text)).toEqual({
      status: 202,
      body: {
        taken: 4,
        invalid: 1,
        results: { joined: 2, duplicate: 1, early: 1 },
        problems: [{ at: "item 3", reason: "label: expected a number, string, true or false" }],
      },
    });
    expect(monitor.join.results).toMatchObject({ joined: 2, duplicate: 1, early: 1, invalid: 1 });
  });

  it("is refused when it has no label", () => {
    expect(post(aMonitor(), "[]")).toEqual({ status: 400, body: { taken: 0, invalid: 0, results: {}, problems: [] } });
    expect(post(aMonitor(), "nonsense").status).toBe(400);
  });

  it("that is sent again changes nothing", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ requestId: "a" }));
    const text = '{"id":"a","label":"no"}';
    post(monitor, text);
    const before = monitor.report();
    for (let i = 0; i < 3; i++) expect(post(monitor, text).body.results).toEqual({ duplicate: 1 });
    expect(monitor.report()).toEqual(before);
  });

  it("is worked off in slices, also a list for many rows", () => {
    const monitor = aMonitor();
    monitor.predicted(aRequest({ requestId: "a", predictions: values(...Array.from({ length: 1000 }, () => 1)) }));
    const text = JSON.stringify({ id: "a", label: Array.from({ length: 1000 }, () => 1) });
    const one = new LabelPost(monitor, new TextEncoder().encode(text), "");
    const joined: number[] = [];
    while (!one.step(noonMs, 300)) joined.push(monitor.join.results.joined);
    expect(joined).toEqual([299, 599, 899]);
    expect(one.answer().body.taken).toBe(1000);
  });

  it("shows the first problems and takes a bounded number of items", () => {
    const answer = post(aMonitor(), `[${"1,".repeat(maxItems)}1]`);
    expect([answer.body.invalid, answer.body.problems.length]).toEqual([maxItems + 1, 20]);
    const many = post(aMonitor(), '{"id":"a","label":1}\n'.repeat(maxItems + 5));
    expect([many.status, many.body.taken, many.body.problems]).toEqual([
      202,
      maxItems,
      [{ at: "body", reason: `more than ${maxItems} items: send the rest in another body` }],
    ]);
  });
});
