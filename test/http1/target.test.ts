import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTargetForm, type TargetForm } from "../../src/http1/target.ts";
import { bytesOf } from "./support/cuts.ts";

/** The form of `target`, with its offsets turned into texts; whatever stands around it must not matter. */
function formOf(method: string, target: string): unknown {
  const text = `${method} ${target}`;
  const line = { methodStart: 0, methodEnd: method.length, targetStart: method.length + 1, targetEnd: text.length };
  const [form, other] = ["//x", " HT"].map((around): TargetForm | string =>
    readTargetForm(bytesOf(`${around}${text}${around}`), around.length, line),
  );
  expect(form).toEqual(other);
  if (form === undefined || typeof form === "string") return form;
  return [form.kind, text.slice(form.authorityStart, form.authorityEnd), text.slice(form.pathStart)];
}

describe("form of a request target (RFC 9112 §3.2)", () => {
  it.each([
    ["GET", "/", ["origin", "", "/"]],
    ["GET", "//a/b", ["origin", "", "//a/b"]],
    ["GET", "/http://a", ["origin", "", "/http://a"]],
    ["OPTIONS", "/*", ["origin", "", "/*"]],
    ["OPTIONS", "*", ["asterisk", "", "*"]],
    ["GET", "*", "target_malformed"],
    ["options", "*", "target_malformed"],
    ["OPTIONS", "**", "target_malformed"],
    ["GET", "http://a", ["absolute", "a", ""]],
    ["GET", "http://a:1/b?c", ["absolute", "a:1", "/b?c"]],
    ["GET", "https://a?b", ["absolute", "a", "?b"]],
    ["GET", "HtTpS://[::1]:8080/", ["absolute", "[::1]:8080", "/"]],
    ["GET", "http://a:/b", ["absolute", "a:", "/b"]],
    ["GET", "http:///b", "target_malformed"],
    ["GET", "http://", "target_malformed"],
    ["GET", "http:/a", "target_malformed"],
    ["GET", "http://a@b/", "target_malformed"],
    ["GET", "http://[::1/", "target_malformed"],
    ["GET", "http://a:99999/", "target_malformed"],
    ["GET", "ws://a/", "target_malformed"],
    ["GET", "a:443", "target_malformed"],
    ["GET", "?a", "target_malformed"],
    ["CONNECT", "a:443", "connect_refused"],
    ["Connect", "/a", "connect_refused"],
    ["CONNECTS", "/a", ["origin", "", "/a"]],
  ])("%s %s", (method, target, expected) => {
    expect(formOf(method, target)).toEqual(expected);
  });

  it("never reads past the target", () => {
    for (const target of ["http:/", "http:", "https:/", "http://"])
      expect(formOf("GET", target)).toBe("target_malformed");
  });

  it("splits an absolute target as a regular expression would", () => {
    const part = fc.constantFrom(
      "http://",
      "https://",
      "HTTP://",
      "a.b",
      ":80",
      ":x",
      "/",
      "?",
      "@",
      "[::1]",
      "p",
      "%41",
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("")),
        (target) => {
          fc.pre(!target.startsWith("/"));
          const match = /^https?:\/\/((?:\[[0-9a-f:.]+\]|[\w.%]+)(?::\d*)?)([/?].*)?$/i.exec(target);
          const isSound =
            match !== null && Number(/:(\d*)$/.exec(match[1]?.replace(/^\[.*\]/, "") ?? "")?.[1] ?? 0) <= 65_535;
          expect(formOf("GET", target)).toEqual(isSound ? ["absolute", match[1], match[2] ?? ""] : "target_malformed");
        },
      ),
      { numRuns: 1500 },
    );
  });
});
