/** What all connections of one relay share, and the routing decisions it remembers. */
import type { Clock } from "../clock.ts";
import type { ChunkedLimits } from "../http1/chunked.ts";
import type { HeadLimits } from "../http1/header-section.ts";
import { RequestHead } from "../http1/request-head.ts";
import { ResponseHead } from "../http1/response-head.ts";
import { asciiBytes } from "../http1/bytes.ts";
import type { ErrorRenderer } from "../protocols/error-body.ts";
import type { ModelSource } from "../protocols/protocol.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { RouteDecision } from "../routing/route-decision.ts";
import type { RelayCounters } from "../metrics/requests/relay-counters.ts";
import { IdentitySource } from "./client/identity.ts";
import { HeadBuffer } from "./exchange/body-writer.ts";
import { TapBudget } from "./exchange/exchange-record.ts";
import type { RelayOptions } from "./options.ts";
import { UpstreamPool } from "./upstream/upstream-pool.ts";

/** How requests are routed and how errors are written; set once the serving protocol is known. */
export interface Routing {
  readonly table: RouteTable;
  readonly modelIn: ModelSource;
  readonly renderError: ErrorRenderer;
}

/** Parsers of heads are used again; this many spare ones of each kind are kept. */
const maxSpares = 256;
const readBytes = 64 * 1024;

/** Shared state of a relay: cheap to reach, changed only on its own thread. */
export class RelayContext {
  readonly options: RelayOptions;
  readonly counters: RelayCounters;
  readonly clock: Clock;
  /** Every head and every local reply is written here; see {@link HeadBuffer} for how long it is valid. */
  readonly headBuffer: HeadBuffer = new HeadBuffer();
  readonly identity: IdentitySource;
  readonly pool: UpstreamPool;
  readonly tapBudget: TapBudget;
  readonly viaName: Buffer;
  readonly headLimits: HeadLimits;
  readonly chunkedLimits: ChunkedLimits;
  /** Clients are read into this buffer while a head is expected; bytes that must be kept are copied. */
  readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(readBytes);
  /** Monotonic time of the last {@link tick}, milliseconds; good enough for deadlines and free to read. */
  coarseMs: number;
  /** What turns a monotonic time into a wall time. */
  wallOffsetMs = 0;
  /** A `Date` header line (RFC 9110 §6.6.1) with its CRLF, as of the last {@link sweep}; made anew once a second. */
  dateLine: Buffer = Buffer.alloc(0);
  #dateSecond = -1;
  isDraining = false;
  readonly #memo = new TargetMemo();
  #routing: Routing | undefined;
  readonly #spareRequestHeads: RequestHead[] = [];
  readonly #spareResponseHeads: ResponseHead[] = [];

  constructor(options: RelayOptions, counters: RelayCounters) {
    const { limits } = options;
    this.options = options;
    this.counters = counters;
    this.clock = options.clock;
    this.coarseMs = options.clock.monotonicMs();
    this.wallOffsetMs = options.clock.wallMs() - this.coarseMs;
    this.identity = new IdentitySource(options.random);
    this.#updateDateLine();
    this.pool = new UpstreamPool(options, counters);
    this.tapBudget = new TapBudget(options.tap, counters);
    this.identity.next();
    const instance = Buffer.from(this.identity.id.subarray(0, 12)).toString("latin1");
    this.viaName = asciiBytes(`outrider-${instance}`);
    this.headLimits = { headBytes: limits.headBytes, headerCount: limits.headerCount, targetBytes: limits.targetBytes };
    this.chunkedLimits = { trailerBytes: limits.trailerBytes, headerCount: limits.headerCount, extensionBytes: 1024 };
  }

  /** Reads the clock; the reading stays in {@link coarseMs}. */
  tick(): number {
    return (this.coarseMs = this.clock.monotonicMs());
  }

  /** Brings up to date what would cost too much to make for each request, and closes connections that were idle too long. */
  sweep(): void {
    this.wallOffsetMs = this.clock.wallMs() - this.tick();
    this.#updateDateLine();
    this.pool.sweep(this.coarseMs);
  }

  /** How requests are routed, or nothing while the protocol is unknown. */
  get routing(): Routing | undefined {
    return this.#routing;
  }

  set routing(routing: Routing | undefined) {
    this.#routing = routing;
    this.#memo.clear();
  }

  /** Decisions by method and target. */
  get memo(): TargetMemo {
    return this.#memo;
  }

  /** True when the first bytes of bodies are kept: for an observer, or because the model's name is in them. */
  get wantsBodies(): boolean {
    if (this.options.tap.bodyBytes === 0) return false;
    return (
      this.#routing?.modelIn === "body" || this.options.observers.some((observer) => observer.wantsBodies === true)
    );
  }

  takeRequestHead(): RequestHead {
    const head = this.#spareRequestHeads.pop() ?? new RequestHead(this.headLimits);
    head.reset();
    return head;
  }

  returnRequestHead(head: RequestHead): void {
    if (this.#spareRequestHeads.length < maxSpares) this.#spareRequestHeads.push(head);
  }

  takeResponseHead(): ResponseHead {
    const head = this.#spareResponseHeads.pop() ?? new ResponseHead(this.headLimits);
    head.reset();
    return head;
  }

  returnResponseHead(head: ResponseHead): void {
    if (this.#spareResponseHeads.length < maxSpares) this.#spareResponseHeads.push(head);
  }

  #updateDateLine(): void {
    const second = Math.floor(this.clock.wallMs() / 1000);
    if (second === this.#dateSecond) return;
    this.#dateSecond = second;
    this.dateLine = Buffer.from(`Date: ${new Date(second * 1000).toUTCString()}\r\n`, "latin1");
  }
}

/** A memoized routing decision. `decision` is shared, so it must not be changed. */
export interface KnownTarget {
  readonly method: string;
  readonly target: string;
  readonly decision: RouteDecision;
}

interface MemoSlot extends KnownTarget {
  readonly bytes: Uint8Array;
}

const memoSlots = 256;
/** Longer targets are decided anew each time. */
const maxKeptBytes = 512;

/**
 * Routing decisions by the bytes of method and target, so that the usual request makes no string. Direct-mapped: a new
 * target takes the place of the one in its slot. At most 256 × 512 bytes.
 */
export class TargetMemo {
  readonly #slots: (MemoSlot | undefined)[] = Array.from({ length: memoSlots });

  /** Forgets every decision: the routes have changed. */
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
  return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (memoSlots - 1);
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
