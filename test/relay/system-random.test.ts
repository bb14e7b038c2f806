import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom, systemRandom } from "../../src/relay/system-random.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "outrider-random-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const device = (bytes: Uint8Array): string => {
  const file = path.join(folder, "device");
  writeFileSync(file, bytes);
  return file;
};

/** True when no eight bytes in a row were left as they were, which chance alone does once in 10^17 cases. */
const isFilled = (bytes: Uint8Array): boolean =>
  Array.from({ length: bytes.length / 8 }, (_, i) => bytes.subarray(i * 8, i * 8 + 8)).every((word) =>
    word.some((byte) => byte !== 0),
  );

describe("the system's random bytes", () => {
  it("fill the whole target, which is given back, and differ each time", () => {
    const target = new Uint8Array(4096);
    expect(systemRandom.fill(target)).toBe(target);
    expect(isFilled(target)).toBe(true);
    expect(systemRandom.fill(new Uint8Array(16))).not.toEqual(systemRandom.fill(new Uint8Array(16)));
  });

  it("are those of the device", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
    expect(randomFrom(device(bytes)).fill(new Uint8Array(32))).toEqual(bytes);
  });

  it("come from elsewhere when there is no device, or it ends too early", () => {
    expect(isFilled(randomFrom(path.join(folder, "missing")).fill(new Uint8Array(64)))).toBe(true);
    const short = device(new Uint8Array(8).fill(7));
    const target = randomFrom(short).fill(new Uint8Array(64));
    expect(isFilled(target)).toBe(true);
    expect([...target.subarray(0, 8)]).not.toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
  });
});
