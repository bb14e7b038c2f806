/** Routing decisions remembered by the bytes of method and target, so that the usual request makes no string. */
import type { RouteDecision } from "../../routing/route-decision.ts";
import type { RouteTable } from "../../routing/route-table.ts";

/** A target that was asked for, with what was decided about it. */
export interface KnownTarget {
  readonly method: string;
  readonly target: string;
  readonly decision: RouteDecision;
}

interface Slot extends KnownTarget {
  readonly bytes: Uint8Array;
}

const slots = 256;
/** Longer targets are decided anew each time. */
const maxKeptBytes = 512;

/** Direct-mapped: a new target takes the place of the one in its slot. Memory is bounded by 256 × 512 bytes. */
export class TargetMemo {
  readonly #slots: (Slot | undefined)[] = Array.from({ length: slots });

  clear(): void {
    this.#slots.fill(undefined);
  }

  /** The decision for the request line's first two words, which lie at [start, end) separated by a space. */
  decide(table: RouteTable, bytes: Buffer, start: number, end: number): KnownTarget {
    const index = slotOf(bytes, start, end);
    const slot = this.#slots[index];
    if (slot !== undefined && isSame(slot.bytes, bytes, start, end)) return slot;
    const text = bytes.toString("latin1", start, end);
    const space = text.indexOf(" ");
    const method = text.slice(0, space);
    const target = text.slice(space + 1);
    const made = {
      method,
      target,
      decision: table.decide(method, target),
      bytes: Buffer.from(bytes.subarray(start, end)),
    };
    if (end - start <= maxKeptBytes) this.#slots[index] = made;
    return made;
  }
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (slots - 1);
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
