import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scratch } from "../../src/relay/scratch.ts";
import { isPartOf, RecordedSocket } from "./recorded-socket.ts";

function compose(scratch: Scratch, text: string): void {
  scratch.writer.clear();
  scratch.writer.ascii(text);
}

describe("the scratch buffer", () => {
  it("shows what was composed, even after it had to grow", () => {
    const scratch = new Scratch();
    for (const length of [0, 1, 4095, 4096, 5, 300_000, 5, 4095]) {
      const text = String.fromCharCode(97 + (length % 26)).repeat(length);
      compose(scratch, text);
      expect(scratch.view.toString()).toBe(text);
      expect(isPartOf(scratch.view, scratch.writer.bytes)).toBe(true);
    }
  });

  it("is written without a copy to a socket that takes all, and used again", () => {
    const scratch = new Scratch();
    const peer = new RecordedSocket();
    const { bytes } = scratch.writer;
    compose(scratch, "hello");
    scratch.sendTo(peer.socket);
    expect(isPartOf(peer.pieces[0]!, bytes)).toBe(true);
    expect(scratch.writer.bytes).toBe(bytes);
    expect(scratch.view.toString()).toBe("hello");
  });

  it("is left to a socket that does not take all", () => {
    const scratch = new Scratch();
    const peer = new RecordedSocket();
    const { bytes } = scratch.writer;
    peer.isStuck = true;
    compose(scratch, "hello");
    scratch.sendTo(peer.socket);
    expect(scratch.writer.bytes).not.toBe(bytes);
    expect(scratch.writer.bytes.length).toBe(bytes.length);
    compose(scratch, "later");
    peer.unstick();
    expect(peer.arrived.toString()).toBe("hello");
  });

  it.each(["connecting", "isStuck"] as const)("is copied for a socket that is %s already", (state) => {
    const scratch = new Scratch();
    const peer = new RecordedSocket();
    peer[state] = true;
    peer.write(Buffer.from("before "));
    compose(scratch, "hello");
    const { bytes } = scratch.writer;
    scratch.sendTo(peer.socket);
    expect(scratch.writer.bytes).toBe(bytes);
    compose(scratch, "later");
    peer.unstick();
    expect(peer.arrived.toString()).toBe("before hello");
  });

  it("gives each of several sockets what was composed for it, whichever of them are stuck meanwhile", () => {
    const step = fc.record({
      peer: fc.nat(2),
      kind: fc.constantFrom("send" as const, "send" as const, "send" as const, "stick" as const, "unstick" as const),
      length: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(4095, 4096, 140_000)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const scratch = new Scratch();
        const peers = [new RecordedSocket(), new RecordedSocket(), new RecordedSocket()];
        const sent = ["", "", ""];
        for (const [i, { peer, kind, length }] of steps.entries()) {
          if (kind === "stick") peers[peer]!.isStuck = true;
          else if (kind === "unstick") peers[peer]!.unstick();
          else {
            const text = String.fromCharCode(97 + (i % 26)).repeat(length);
            compose(scratch, text);
            scratch.sendTo(peers[peer]!.socket);
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
