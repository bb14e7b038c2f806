import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BodyFraming } from "../../../src/http1/framing.ts";
import { BodyWriter } from "../../../src/relay/exchange/body-writer.ts";
import { RequestBody } from "../../../src/relay/exchange/request-body.ts";
import type { RelayOverrides } from "../../support/start-relay.ts";
import { contextForTest, type TestContext } from "../support/context-for-test.ts";
import { RecordedSocket } from "../support/recorded-socket.ts";

interface Bench extends TestContext {
  readonly client: RecordedSocket;
  readonly body: RequestBody;
  /** Gives it a piece; what it passed on, and how many bytes it took. */
  readonly accept: (text: string) => { readonly passed: string; readonly taken: number };
}

function bench(overrides: RelayOverrides = {}): Bench {
  const test = contextForTest(overrides);
  const client = new RecordedSocket();
  const body = new RequestBody(test.context, client.socket);
  const writer = new BodyWriter();
  const accept = (text: string): { readonly passed: string; readonly taken: number } => {
    const source = Buffer.from(`xx${text}yy`, "latin1");
    writer.begin(test.context.headBuffer.start(), source, undefined, false);
    const stop = body.accept(source, 2, 2 + text.length, writer);
    return { passed: writer.copy().toString("latin1"), taken: stop - 2 };
  };
  return { ...test, client, body, accept };
}

const framed = (length: number): BodyFraming => ({ kind: "length", length });
const none: BodyFraming = { kind: "none", length: 0 };
const chunked: BodyFraming = { kind: "chunked", length: 0 };

describe("a request's body", () => {
  it.each([
    ["none", none],
    ["of length 0", framed(0)],
  ])("%s is complete at once and takes nothing", (_, framing) => {
    const { body, accept } = bench();
    body.begin(framing);
    expect([body.fault, body.isComplete, accept("next request")]).toEqual(["", true, { passed: "", taken: 0 }]);
  });

  it("of a given length is complete after so many bytes, however they come; the rest is the next request's", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(30), { maxLength: 12 }), (length, sizes) => {
        const { body, accept, counters } = bench();
        body.begin(framed(length));
        let due = length;
        for (const size of sizes) {
          const text = "z".repeat(size);
          const took = Math.min(due, size);
          expect(accept(text)).toEqual({ passed: text.slice(0, took), taken: took });
          due -= took;
          expect([body.isComplete, body.bytes, body.fault]).toEqual([due === 0, length - due, ""]);
        }
        expect(counters.requestBodyBytesTotal).toBe(length - due);
      }),
    );
  });

  it("in chunked coding is passed on as it came, and counted without the coding", () => {
    const { body, accept, counters } = bench();
    body.begin(chunked);
    expect(accept("5\r\nhel")).toEqual({ passed: "5\r\nhel", taken: 6 });
    expect([body.isComplete, body.bytes]).toEqual([false, 3]);
    expect(accept("lo\r\n0\r\n\r\nGET")).toEqual({ passed: "lo\r\n0\r\n\r\n", taken: 9 });
    expect([body.isComplete, body.bytes, counters.requestBodyBytesTotal]).toEqual([true, 5, 5]);
  });

  it("that breaks the coding says so, and the next is not held to it", () => {
    const { body, accept } = bench();
    body.begin(chunked);
    accept("5\r\nhello!!");
    expect(body.fault).toBe("chunk_malformed");
    body.begin(framed(3));
    expect([body.fault, body.bytes, body.isComplete]).toEqual(["", 0, false]);
    body.begin(chunked);
    expect(accept("0\r\n\r\n")).toEqual({ passed: "0\r\n\r\n", taken: 5 });
    expect([body.fault, body.isComplete]).toEqual(["", true]);
  });

  it("may be as long as the limit and not a byte longer, announced or not", () => {
    const { body, accept } = bench({ limits: { bodyBytes: 5 } });
    const announced = [5, 6].map((length) => {
      body.begin(framed(length));
      return body.fault;
    });
    expect(announced).toEqual(["", "body_too_large"]);
    body.begin(chunked);
    accept("5\r\nhello\r\n");
    expect(body.fault).toBe("");
    accept("1\r\n!\r\n");
    expect(body.fault).toBe("body_too_large");
  });

  it("may be of any length when the limit is 0", () => {
    const { body, accept } = bench({ limits: { bodyBytes: 0 } });
    body.begin(framed(Number.MAX_SAFE_INTEGER));
    expect(body.fault).toBe("");
    body.begin(chunked);
    accept("5\r\nhello\r\n");
    expect(body.fault).toBe("");
  });
});

describe("the rate of a request's body", () => {
  const limits = { minBodyBytesPerSecond: 100 };
  const timeouts = { bodyGraceMs: 2000 };

  function begun(overrides: RelayOverrides = { limits, timeouts }): Bench {
    const made = bench(overrides);
    made.body.begin(framed(10_000));
    return made;
  }

  it("is looked at once a window, and must then reach the minimum", () => {
    for (const [bytes, isTooSlow] of [
      [200, false],
      [199, true],
    ] as const) {
      const { body, accept, clock } = begun();
      accept("x".repeat(bytes));
      expect(body.isTooSlow(clock.nowMs + 1999)).toBe(false);
      expect(body.isTooSlow(clock.nowMs + 2000)).toBe(isTooSlow);
    }
  });

  it("does not carry over what an earlier window brought", () => {
    const { body, accept, clock } = begun();
    accept("x".repeat(1000));
    expect(body.isTooSlow(clock.nowMs + 2000)).toBe(false);
    expect(body.isTooSlow(clock.nowMs + 3999)).toBe(false);
    expect(body.isTooSlow(clock.nowMs + 4000)).toBe(true);
  });

  it("is measured anew after a pause that was not the client's", () => {
    const { body, context, clock } = begun();
    const upstream = new RecordedSocket();
    upstream.isStuck = true;
    upstream.write(Buffer.from("a"));
    body.waitFor(upstream.socket);
    clock.nowMs += 1999;
    context.tick();
    upstream.unstick();
    expect(body.isTooSlow(clock.nowMs + 1999)).toBe(false);
    expect(body.isTooSlow(clock.nowMs + 2000)).toBe(true);
  });

  it("does not matter once the body is complete, nor when there is no minimum", () => {
    const { body, accept, clock } = begun();
    body.begin(framed(1));
    accept("x");
    expect(body.isTooSlow(clock.nowMs + 60_000)).toBe(false);
    const free = begun({ limits: { minBodyBytesPerSecond: 0 }, timeouts });
    expect(free.body.isTooSlow(free.clock.nowMs + 60_000)).toBe(false);
  });
});

describe("a request's body whose upstream does not keep up", () => {
  const stuck = (): RecordedSocket => {
    const upstream = new RecordedSocket();
    upstream.isStuck = true;
    upstream.write(Buffer.from("a"));
    return upstream;
  };

  it("does not stop a client whose bytes the upstream takes", () => {
    const { body, client } = bench();
    body.waitFor(new RecordedSocket().socket);
    expect([body.isPaused, client.isPaused]).toEqual([false, false]);
  });

  it("stops the client until the upstream has taken all", () => {
    const { body, client } = bench();
    const upstream = stuck();
    body.waitFor(upstream.socket);
    expect([body.isPaused, client.isPaused]).toEqual([true, true]);
    upstream.unstick();
    expect([body.isPaused, client.isPaused]).toEqual([false, false]);
  });

  it("does not read the client on for an upstream that is gone", () => {
    const { body, client } = bench();
    const upstream = stuck();
    body.waitFor(upstream.socket);
    upstream.unstick(new Error("gone"));
    expect([body.isPaused, client.isPaused]).toEqual([true, true]);
  });

  it("resumes only what it has paused", () => {
    const { body, client } = bench();
    client.pause();
    body.resume();
    expect(client.isPaused).toBe(true);
    body.waitFor(stuck().socket);
    body.resume();
    expect(client.isPaused).toBe(false);
  });
});
