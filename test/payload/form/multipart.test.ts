import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readForm } from "../../../src/payload/form/multipart.ts";
import { latin1 } from "../../support/latin1.ts";

const form = (body: string | Uint8Array, contentType = "multipart/form-data; boundary=b", maxParts = 10): unknown => {
  const read = readForm(typeof body === "string" ? latin1(body) : body, contentType, maxParts);
  if (read === undefined) return undefined;
  return read.parts.map(({ bytes, ...part }) => ({ ...part, text: Buffer.from(bytes).toString("latin1") }));
};

const part = (name: string, text: string, more = ""): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;

describe("readForm", () => {
  it("reads the form that curl sends", () => {
    const boundary = "------------------------d74496d66958873e";
    const body =
      `--${boundary}\r\nContent-Disposition: form-data; name="data"; filename="kitten.jpg"\r\n` +
      `Content-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--\xff\r\n--${boundary}\r\n` +
      `Content-Disposition: form-data; name="k"\r\n\r\n5\r\n--${boundary}--\r\n`;
    expect(form(body, `multipart/form-data; boundary=${boundary}`)).toEqual([
      { name: "data", isFile: true, contentType: "image/jpeg", text: "\xff\xd8\r\n--\xff" },
      { name: "k", isFile: false, contentType: "", text: "5" },
    ]);
  });

  it.each([
    ["a preamble", `not this\r\n${part("a", "1")}--b--`],
    ["space after a boundary", `${part("a", "1").replace("--b", "--b \t")}--b--`],
    ["an epilogue", `${part("a", "1")}--b--\r\nnor this\r\n--b\r\n`],
    ["header names in capitals", `${part("a", "1").replace("Content-Disposition", "CONTENT-DISPOSITION")}--b--`],
    ["a name without quotes", `${part("a", "1").replace('"a"', "a")}--b--`],
  ])("understands %s", (_, body) => {
    expect(form(body)).toEqual([{ name: "a", isFile: false, contentType: "", text: "1" }]);
  });

  it.each([
    ["an empty part", part("a", ""), [""]],
    ["a boundary within a line", part("a", "x--b\r\nx"), ["x--b\r\nx"]],
    ["a longer boundary", part("a", "x\r\n--bc\r\ny"), ["x\r\n--bc\r\ny"]],
    ["line breaks at the end", part("a", "x\r\n\r\n"), ["x\r\n\r\n"]],
    ["carriage returns", part("a", "\r\r\r\n-"), ["\r\r\r\n-"]],
    ["a form within the form", part("a", "--c\r\n\r\n1\r\n--c--"), ["--c\r\n\r\n1\r\n--c--"]],
    ["a part without a header", "--b\r\n\r\nx\r\n", ["x"]],
  ])("keeps %s", (_, body, texts) => {
    expect(form(`${body}--b--`)).toMatchObject(texts.map((text) => ({ text })));
  });

  it.each([
    ["no boundary in the content type", "multipart/form-data", ""],
    ["an empty boundary", "multipart/form-data; boundary=", ""],
    ["an empty boundary in quotes", 'multipart/form-data; boundary=""', ""],
    ["a boundary of 71 characters", `multipart/form-data; boundary=${"b".repeat(71)}`, ""],
    ["a boundary of 100,000 characters", `multipart/form-data; boundary=${"b".repeat(100_000)}`, ""],
  ])("is undefined for %s", (_, contentType) => {
    const boundary = contentType.split("boundary=")[1] ?? "";
    expect(form(`--${boundary}\r\n\r\nx\r\n--${boundary}--`, contentType)).toBeUndefined();
  });

  it.each([
    ["nothing", ""],
    ["another boundary", part("a", "1").replace("--b", "--c")],
    ["no end", part("a", "1")],
    ["a header that does not end", "--b\r\nContent-Disposition: form-data\r\n--b--"],
    ["a header of 9,000 bytes", part("a", "1", `; x="${"x".repeat(9000)}"`).concat("--b--")],
    ["line feeds alone", part("a", "1").concat("--b--").replaceAll("\r\n", "\n")],
  ])("is undefined with %s", (_, body) => {
    expect(form(body)).toBeUndefined();
  });

  it("reads a boundary in quotes and other parameters before it", () => {
    const body = latin1(part("a", "1").concat("--b--"));
    expect(form(body, 'Multipart/Form-Data; charset="a;boundary=x" ; Boundary="b"')).toHaveLength(1);
    expect(form(body, 'multipart/form-data; boundary="\\b"')).toHaveLength(1);
    expect(form(body, 'multipart/form-data; "boundary=b')).toBeUndefined();
  });

  it("finds names and files whatever they are called", () => {
    const named = (parameters: string): unknown =>
      form(`--b\r\nContent-Disposition: form-data${parameters}\r\n\r\n\r\n--b--`);
    expect(named('; name="a\\"b"')).toMatchObject([{ name: 'a"b', isFile: false }]);
    expect(named('; filename="; name=x"; name=y')).toMatchObject([{ name: "y", isFile: true }]);
    expect(named("; filename*=UTF-8''a; name=y")).toMatchObject([{ name: "y", isFile: true }]);
    expect(named("; name=__proto__")).toMatchObject([{ name: "__proto__" }]);
    expect(named("")).toMatchObject([{ name: "", isFile: false }]);
  });

  it("keeps the first parts and counts the others", () => {
    const body = latin1(`${part("a", "1").repeat(7)}--b--`);
    expect(readForm(body, "multipart/form-data; boundary=b", 3)).toMatchObject({
      droppedParts: 4,
      parts: { length: 3 },
    });
  });

  it("reads back every form that was written, and no beginning of one", () => {
    const bit = fc.constantFrom("\r\n", "\r", "\n", "--", "--b", "-", "b", "x", "\0", "\xff");
    const text = fc.array(bit, { maxLength: 8 }).map((bits) => bits.join(""));
    const texts = fc.array(
      text.filter((each) => !`\r\n${each}\r\n`.includes("\r\n--b")),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(texts, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (written, cut) => {
        const body = `${written.map((each, index) => part(`p${index}`, each)).join("")}--b--`;
        expect(form(body)).toMatchObject(written.map((each, index) => ({ name: `p${index}`, text: each })));
        expect(form(body.slice(0, Math.floor(cut * body.length)))).toBeUndefined();
      }),
    );
  });

  it("searches in linear time", () => {
    for (const text of ["\r\n--".repeat(500_000), `\r\n--${"b".repeat(69)}`.repeat(20_000), "\r".repeat(2_000_000)]) {
      expect(form(`--b\r\n\r\n${text}`, `multipart/form-data; boundary=${"b".repeat(70)}`)).toBeUndefined();
    }
    const spaces = `multipart/form-data;${" ".repeat(200_000)}x${" ".repeat(200_000)}`;
    expect(form("", spaces)).toBeUndefined();
    expect(form("", `multipart/form-data${"; ".repeat(200_000)}`)).toBeUndefined();
    expect(form("", `multipart/form-data; boundary="${"b".repeat(10_000_000)}"`)).toBeUndefined();
    expect(form(`--b\r\nContent-Disposition: ${";".repeat(8000)}\r\n\r\n1\r\n--b--`)).toHaveLength(1);
    expect(form(`${part("a", "").repeat(20_000)}--b--`)).toHaveLength(10);
  });
});
