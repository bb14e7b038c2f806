/** What all connections of one relay share. */
import type { Clock } from "../clock.ts";
import type { ChunkedLimits } from "../http1/chunked.ts";
import type { HeadLimits } from "../http1/header-section.ts";
import { RequestHead } from "../http1/request-head.ts";
import { ResponseHead } from "../http1/response-head.ts";
import { asciiBytes } from "../http1/bytes.ts";
import type { ErrorRenderer } from "../protocols/error-body.ts";
import type { ModelSource } from "../protocols/protocol.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { RelayCounters } from "../metrics/requests/relay-counters.ts";
import { DateLine } from "./date-line.ts";
import { IdentitySource } from "./client/identity.ts";
import type { RelayOptions } from "./options.ts";
import { Scratch } from "./scratch.ts";
import { TapBudget } from "./tap.ts";
import { TargetMemo } from "./client/target-memo.ts";
import { UpstreamPool } from "./upstream/upstream-pool.ts";

/** How requests are routed and in whose shape errors are answered; set once the serving protocol is known. */
export interface Routing {
  readonly table: RouteTable;
  readonly modelIn: ModelSource;
  readonly renderError: ErrorRenderer;
}

/** Heads that ended in more than one piece keep their parser; this many spare ones are kept for the next. */
const maxSpares = 256;
const readBytes = 64 * 1024;

/** Shared state of a relay: cheap to reach, changed only on its own thread. */
export class RelayContext {
  readonly options: RelayOptions;
  readonly counters: RelayCounters;
  readonly clock: Clock;
  readonly scratch: Scratch = new Scratch();
  readonly identity: IdentitySource;
  readonly dateLine: DateLine;
  readonly pool: UpstreamPool;
  readonly tapBudget: TapBudget;
  readonly viaName: Buffer;
  readonly headLimits: HeadLimits;
  readonly chunkedLimits: ChunkedLimits;
  /** Clients are read into this buffer as long as nobody has to keep what is in it. */
  readonly readBuffer: Buffer = Buffer.allocUnsafeSlow(readBytes);
  /** Monotonic time of the last {@link tick}, milliseconds; good enough for deadlines and free to read. */
  coarseMs: number;
  /** What turns a monotonic time into a wall time. */
  wallOffsetMs = 0;
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
    this.dateLine = new DateLine(options.clock);
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

  /** What is kept up to date between requests instead of for each. */
  sweep(): void {
    this.wallOffsetMs = this.clock.wallMs() - this.tick();
    this.dateLine.update();
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

  /** True when bodies are to be kept for somebody. */
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
}
