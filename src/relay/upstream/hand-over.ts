/** Who gets a request: an idle connection, a new one, or a place in line; and whether it may be sent once more. */
import type { BodyPass } from "../exchange/body-pass.ts";
import type { RelayContext } from "../context.ts";
import type { ExchangeRecord } from "../exchange/exchange-record.ts";
import type { UpstreamConnection, UpstreamOwner } from "./upstream-connection.ts";
import type { PoolWaiter } from "./upstream-pool.ts";

/** Who is told when a request that stood in line has got its connection. */
export interface HandOverOwner extends UpstreamOwner {
  onHandedOver(): void;
}

/** Hands one request after another over to the upstream. */
export class HandOver implements PoolWaiter {
  /** The connection that has the request. */
  upstream: UpstreamConnection | undefined;
  isQueued = false;
  readonly #context: RelayContext;
  readonly #record: ExchangeRecord;
  readonly #owner: HandOverOwner;
  /** The whole request as it was composed: while it stands in line, or while it may be sent again. */
  #composed: Buffer | undefined;
  #isRepeatable = false;

  constructor(context: RelayContext, record: ExchangeRecord, owner: HandOverOwner) {
    this.#context = context;
    this.#record = record;
    this.#owner = owner;
  }

  /**
   * Sends what `pass` holds, or puts it in line; false when the line is full. `isRepeatable` when the request is whole
   * and acting on it twice does no harm.
   */
  dispatch(pass: BodyPass, isRepeatable: boolean): boolean {
    const { pool } = this.#context;
    const upstream = pool.acquire();
    this.#composed = undefined;
    this.#isRepeatable = isRepeatable;
    if (upstream === undefined) {
      this.#composed = pass.copy();
      this.#record.queuedAtMs = this.#context.coarseMs;
      this.isQueued = pool.enqueue(this);
      return this.isQueued;
    }
    this.#own(upstream);
    // Only a connection that has served before can have been closed by the server for lack of use.
    if (isRepeatable && upstream.uses > 1) this.#composed = pass.copy();
    pass.send(upstream.socket);
    // The write itself found the connection dead: not one byte has gone, so any method may take another connection.
    if (upstream.hasFailedWrite && upstream.uses > 1) {
      this.drop();
      this.#countRetry();
      pass.send(this.#own(pool.connect()).socket);
    }
    return true;
  }

  /** More of the request has been sent than was kept: it cannot be sent again. */
  forbidRetry(): void {
    this.#composed = undefined;
  }

  /** Sends the request once more on a new connection, if that is allowed. */
  retry(): boolean {
    const composed = this.#composed;
    this.drop();
    if (composed === undefined) return false;
    this.#composed = undefined;
    this.#countRetry();
    this.#own(this.#context.pool.connect()).socket.write(composed);
    return true;
  }

  /** Gives up the connection, or the place in line. */
  drop(): void {
    this.upstream?.destroy();
    this.upstream = undefined;
    if (this.isQueued) this.#context.pool.dequeue(this);
    this.isQueued = false;
  }

  /** Gives the connection back to the pool after a response. */
  release(isReusable: boolean): void {
    const { upstream } = this;
    this.upstream = undefined;
    this.#composed = undefined;
    if (upstream !== undefined) this.#context.pool.release(upstream, isReusable, this.#context.coarseMs);
  }

  onConnectionFree(connection: UpstreamConnection): void {
    const composed = this.#composed!;
    const record = this.#record;
    const nowMs = this.#context.tick();
    this.isQueued = false;
    record.queueMs = nowMs - record.queuedAtMs;
    this.#own(connection).socket.write(composed);
    if (!this.#isRepeatable || connection.uses === 1) this.#composed = undefined;
    this.#owner.onHandedOver();
  }

  #own(upstream: UpstreamConnection): UpstreamConnection {
    this.upstream = upstream;
    upstream.owner = this.#owner;
    if (upstream.uses++ > 0) this.#context.counters.upstreamReusesTotal++;
    this.#record.variant = this.#context.options.variant;
    this.#record.handedOverMs = this.#context.tick();
    return upstream;
  }

  #countRetry(): void {
    this.#record.retries++;
    this.#context.counters.retriesTotal++;
  }
}
