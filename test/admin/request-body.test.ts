import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyMemory, IncomingBody, maxBodyBytes } from "../../src/admin/request-body.ts";
import { chunkedBody, noBody, type BodyFraming } from "../../src/http1/framing.ts";

const lengthOf = (length: number): BodyFraming => ({ kind: "length", length });
const inChunks = (parts: readonly string[]): string =>
  `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`;

describe("a body that comes in", () => {
  it("is the same however it is cut, and leaves what follows it", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "0"), minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.array(fc.nat(200), { maxLength: 6 }),
        async (parts, isChunked, cuts) => {
          const body = parts.join("");
          const bytes = Buffer.from(`${isChunked ? inChunks(parts) : body}NEXT`);
          const incoming = new IncomingBody(
            isChunked ? chunkedBody : lengthOf(body.length),
            new BodyMemory(maxBodyBytes),
          );
          const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          let at = 0;
          for (const end of ends) at += incoming.accept(bytes.subarray(at, end));
          expect(incoming.isWhole).toBe(true);
          const reading = await incoming.result;
          expect(reading.kind === "read" && Buffer.from(reading.bytes).toString()).toBe(body);
          expect(bytes.toString("latin1", at)).toBe("NEXT");
        },
      ),
    );
  });

  it("is whole at once when there is none", async () => {
    for (const framing of [noBody, lengthOf(0)]) {
      const incoming = new IncomingBody(framing, new BodyMemory(0));
      expect(incoming.isWhole).toBe(true);
      expect(await incoming.result).toEqual({ kind: "read", bytes: new Uint8Array(0) });
    }
  });

  it("may be as long as the bound, and not a byte longer, announced or not", async () => {
    const megabyte = Buffer.alloc(1_048_576, "x");
    const longest = new IncomingBody(lengthOf(maxBodyBytes), new BodyMemory(maxBodyBytes));
    for (let i = 0; i < 8; i++) longest.accept(megabyte);
    expect(longest.isWhole).toBe(true);
    const announced = new IncomingBody(lengthOf(maxBodyBytes + 1), new BodyMemory(maxBodyBytes));
    expect(await announced.result).toEqual({ kind: "refused", code: "body_too_large" });
    const chunked = new IncomingBody(chunkedBody, new BodyMemory(maxBodyBytes));
    for (let i = 0; i < 8; i++) {
      chunked.accept(Buffer.from("100000\r\n"));
      chunked.accept(megabyte);
      chunked.accept(Buffer.from("\r\n"));
    }
    expect(chunked.isOver).toBe(false);
    chunked.accept(Buffer.from("1\r\nx"));
    expect(await chunked.result).toEqual({ kind: "refused", code: "body_too_large" });
  });

  it("takes memory for bytes that arrived, not for Content-Length, and returns it", async () => {
    const bodyMemory = new BodyMemory(100_000);
    const first = new IncomingBody(lengthOf(maxBodyBytes), bodyMemory);
    first.accept(Buffer.from("x"));
    const second = new IncomingBody(lengthOf(10), bodyMemory);
    second.accept(Buffer.from("x"));
    expect(await second.result).toEqual({ kind: "refused", code: "bodies_too_many" });
    first.release();
    const third = new IncomingBody(lengthOf(1), bodyMemory);
    third.accept(Buffer.from("x"));
    expect(third.isWhole).toBe(true);
    third.release();
    expect(bodyMemory.reserve(100_000)).toBe(true);
  });

  it("is refused when its chunks are broken, and takes nothing more", async () => {
    const incoming = new IncomingBody(chunkedBody, new BodyMemory(maxBodyBytes));
    incoming.accept(Buffer.from("2\r\nabc"));
    expect(await incoming.result).toEqual({ kind: "faulty", fault: "chunk_malformed" });
    expect(incoming.accept(Buffer.from("2\r\nab\r\n0\r\n\r\n"))).toBe(0);
    expect(incoming.isWhole).toBe(false);
  });

  it("keeps its first end", async () => {
    const incoming = new IncomingBody(lengthOf(5), new BodyMemory(maxBodyBytes));
    incoming.end("body_timeout");
    incoming.end("body_incomplete");
    incoming.accept(Buffer.from("12345"));
    expect(await incoming.result).toEqual({ kind: "refused", code: "body_timeout" });
  });
});
