import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeadBuffer } from "../../../src/relay/exchange/body-writer.ts";
import { isPartOf, RecordedSocket } from "../support/recorded-socket.ts";

function write(head: HeadBuffer, text: string): void {
  head.start().writer.ascii(text);
}

describe("the buffer of heads", () => {
  it("shows what was written, even after it had to grow", () => {
    const head = new HeadBuffer();
    for (const length of [0, 1, 4095, 4096, 5, 300_000, 5, 4095]) {
      const text = String.fromCharCode(97 + (length % 26)).repeat(length);
      write(head, text);
      expect(head.view.toString()).toBe(text);
      expect(isPartOf(head.view, head.writer.bytes)).toBe(true);
    }
  });

  it("is written without a copy to a socket that takes all, and used again", () => {
    const head = new HeadBuffer();
    const peer = new RecordedSocket();
    const { bytes } = head.writer;
    write(head, "hello");
    head.sendTo(peer.socket);
    expect(isPartOf(peer.pieces[0]!, bytes)).toBe(true);
    expect(head.writer.bytes).toBe(bytes);
    expect(head.view.toString()).toBe("hello");
  });

  it("is left to a socket that does not take all", () => {
    const head = new HeadBuffer();
    const peer = new RecordedSocket();
    const { bytes } = head.writer;
    peer.isStuck = true;
    write(head, "hello");
    head.sendTo(peer.socket);
    expect(head.writer.bytes).not.toBe(bytes);
    expect(head.writer.bytes.length).toBe(bytes.length);
    write(head, "later");
    peer.unstick();
    expect(peer.arrived.toString()).toBe("hello");
  });

  it.each(["connecting", "isStuck"] as const)("is copied for a socket that is %s already", (state) => {
    const head = new HeadBuffer();
    const peer = new RecordedSocket();
    peer[state] = true;
    peer.write(Buffer.from("before "));
    write(head, "hello");
    const { bytes } = head.writer;
    head.sendTo(peer.socket);
    expect(head.writer.bytes).toBe(bytes);
    write(head, "later");
    peer.unstick();
    expect(peer.arrived.toString()).toBe("before hello");
  });

  it("gives each of several sockets what was written for it, whichever of them are stuck meanwhile", () => {
    const step = fc.record({
      peer: fc.nat(2),
      kind: fc.constantFrom("send" as const, "send" as const, "send" as const, "stick" as const, "unstick" as const),
      length: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(4095, 4096, 140_000)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const head = new HeadBuffer();
        const peers = [new RecordedSocket(), new RecordedSocket(), new RecordedSocket()];
        const sent = ["", "", ""];
        for (const [i, { peer, kind, length }] of steps.entries()) {
          if (kind === "stick") peers[peer]!.isStuck = true;
          else if (kind === "unstick") peers[peer]!.unstick();
          else {
            const text = String.fromCharCode(97 + (i % 26)).repeat(length);
            write(head, text);
            head.sendTo(peers[peer]!.socket);
            sent[peer] += text;
          }
        }
        for (const [i, peer] of peers.entries()) {
          peer.unstick();
          expect(peer.arrived.toString() === sent[i]).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
