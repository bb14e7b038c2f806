/** Sending one request to the upstream: on a kept connection, a new one, or the next that is free; with one retry if that is safe. */
import type { BodyWriter } from "../exchange/body-writer.ts";
import type { RelayContext } from "../context.ts";
import type { ExchangeRecord } from "../exchange/exchange-record.ts";
import type { PoolWaiter, UpstreamConnection, UpstreamOwner } from "./upstream-pool.ts";

/** Hears what becomes of the connections it uses, and of its place in the pool's queue. */
export type AttemptOwner = UpstreamOwner & PoolWaiter;

/** Where a request went: to a connection, into the queue, or nowhere because the queue is full. */
export type AttemptResult = "sent" | "queued" | "refused";

/** The attempt of one request after another on a client connection. */
export class UpstreamAttempt {
  /** The connection that has the request. */
  upstream: UpstreamConnection | undefined;
  readonly #context: RelayContext;
  readonly #owner: AttemptOwner;
  readonly #record: ExchangeRecord;
  /** The whole request as it was written: while it is queued, or while it may be sent again. */
  #kept: Buffer | undefined;
  #isRepeatable = false;

  constructor(context: RelayContext, record: ExchangeRecord, owner: AttemptOwner) {
    this.#context = context;
    this.#record = record;
    this.#owner = owner;
  }

  /** Sends what `writer` holds, or queues it. `isRepeatable` when the request is whole and acting on it twice does no harm. */
  begin(writer: BodyWriter, isRepeatable: boolean): AttemptResult {
    const { pool } = this.#context;
    const upstream = pool.acquire();
    this.#kept = undefined;
    this.#isRepeatable = isRepeatable;
    if (upstream === undefined) {
      this.#kept = writer.copy();
      this.#record.queuedAtMs = this.#context.coarseMs;
      return pool.enqueue(this.#owner) ? "queued" : "refused";
    }
    this.#take(upstream);
    // Only a connection that has served before can have been closed by the server for lack of use.
    if (isRepeatable && upstream.uses > 1) this.#kept = writer.copy();
    writer.send(upstream.socket);
    // The write itself found the connection dead: no byte was sent, so any method may be retried on another connection.
    if (upstream.hasFailedWrite && upstream.uses > 1) {
      this.drop();
      this.#countRetry();
      writer.send(this.#take(pool.connect()).socket);
    }
    return "sent";
  }

  /** Sends the queued request on the connection that the pool gave its owner. */
  beginOn(connection: UpstreamConnection): void {
    const record = this.#record;
    record.queueMs = this.#context.tick() - record.queuedAtMs;
    this.#take(connection).socket.write(this.#kept!);
    if (!this.#isRepeatable || connection.uses === 1) this.#kept = undefined;
  }

  /** More of the request has been sent than was kept: it cannot be sent again. */
  forbidRetry(): void {
    this.#kept = undefined;
  }

  /** Retries the request on a new connection; false when that is not allowed. */
  retry(): boolean {
    const kept = this.#kept;
    this.drop();
    if (kept === undefined) return false;
    this.#kept = undefined;
    this.#countRetry();
    this.#take(this.#context.pool.connect()).socket.write(kept);
    return true;
  }

  /** Gives up the connection, or the place in the queue. */
  drop(): void {
    this.upstream?.destroy();
    this.upstream = undefined;
    this.#context.pool.dequeue(this.#owner);
  }

  /** Gives the connection back to the pool after a response. */
  release(isReusable: boolean): void {
    const { upstream } = this;
    this.upstream = undefined;
    this.#kept = undefined;
    if (upstream !== undefined) this.#context.pool.release(upstream, isReusable, this.#context.coarseMs);
  }

  #take(upstream: UpstreamConnection): UpstreamConnection {
    this.upstream = upstream;
    upstream.owner = this.#owner;
    if (upstream.uses++ > 0) this.#context.counters.upstreamReusesTotal++;
    this.#record.variant = this.#context.options.variant;
    this.#record.upstreamStartedMs = this.#context.tick();
    return upstream;
  }

  #countRetry(): void {
    this.#record.retries++;
    this.#context.counters.retriesTotal++;
  }
}
