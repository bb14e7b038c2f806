/** The shared state of a fleet in Redis. Import it lazily: it loads the Redis client. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { decodeCounts } from "../counts/counts-encoding.ts";
import { CountsMerger } from "../counts/counts-merger.ts";
import { PublishBatches, type PublishBatch } from "../counts/publish-batches.ts";
import { parseRedisUrl } from "../../text/redis-url.ts";
import { openRedis, type RedisArgument, type RedisConnection } from "./redis-connection.ts";
import { FailureCounters } from "./redis-failures.ts";
import { readLabelEntries, readParts, readReplicas, readDocumentReply, textOf, textsOf } from "./redis-replies.ts";
import {
  acquireScript,
  appendLabelsScript,
  freezeScript,
  heartbeatScript,
  publishCodes,
  publishScript,
  readLabelsScript,
  type RedisScript,
  releaseScript,
  putDocumentScript,
} from "./redis-scripts.ts";
import {
  clockToleranceMs,
  countsLifetimeMs,
  type Heartbeat,
  isKey,
  isLabelItem,
  isWindow,
  type KnownReplica,
  type LabelItem,
  type LabelPage,
  type LabelStream,
  type LeaderToken,
  type Lease,
  type MergedCounts,
  type Outcome,
  type Publication,
  type PublishTally,
  type StateStore,
  stateLifetimes,
  stateLimits,
  type StoreHealth,
  type LeaderDocument,
  type Window,
} from "../store.ts";

/** Options of {@link createRedisStore}. */
export interface RedisStoreOptions {
  /** See {@link parseRedisUrl}. */
  readonly url: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  /** Name of the fleet: replicas with the same name share their state. Letters, digits, `.`, `_`, `:`, `-`. */
  readonly fleet: string;
  readonly clientName: string;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly clock: Clock;
}

/** Bytes of counts decoded before yielding to the event loop: about half a millisecond. */
const bytesPerTurn = 32_768;

/** Sequence of a replica that has left: newer than any heartbeat that it sent before. */
const lastSequence = Number.MAX_SAFE_INTEGER;

/**
 * Opens a store without waiting for the connection. Rejects for an invalid URL or fleet name and for files that cannot
 * be read: configuration errors.
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<StateStore> {
  const address = parseRedisUrl(options.url);
  if (typeof address === "string") throw new TypeError(`Redis URL: ${address}`);
  if (!/^[\w.:-]{1,128}$/.test(options.fleet))
    throw new TypeError("the fleet name may only contain letters, digits, `.`, `_`, `:` and `-`");
  const connection = await openRedis({ ...options, address });
  return new RedisStore(connection, options.fleet, options.clock);
}

class RedisStore implements StateStore {
  readonly #connection: RedisConnection;
  readonly #counters: FailureCounters;
  /** The name in braces is a hash tag: a cluster keeps all keys in one slot, so that scripts can use them together. */
  readonly #prefix: string;
  #documentNumber = 0;

  constructor(connection: RedisConnection, fleet: string, clock: Clock) {
    this.#connection = connection;
    this.#prefix = `outrider:{${fleet}}:`;
    this.#counters = new FailureCounters(clock);
  }

  async publish(publication: Publication): Promise<Outcome<PublishTally>> {
    const batches = new PublishBatches(publication.contributions);
    const tally = { stored: 0, older: 0, late: 0, full: 0 };
    for (const batch of batches) {
      const sent = await this.#sendBatch(publication, batch);
      if (sent.kind === "failed") return sent;
      for (const code of sent.value) {
        const name = codeNames[code];
        if (name === undefined) return this.#garbage();
        tally[name]++;
      }
    }
    return { kind: "done", value: { ...tally, refused: batches.refused } };
  }

  #sendBatch(publication: Publication, batch: PublishBatch): Promise<Outcome<readonly number[]>> {
    const { replicaId, sequence, writtenAtMs } = publication;
    const keys = [this.#name("frozen")];
    const args: RedisArgument[] = [
      replicaId,
      sequence,
      Math.floor(writtenAtMs),
      stateLimits.keysPerWindow,
      stateLimits.replicasPerKey,
    ];
    for (const { contribution, bytes } of batch) {
      const { key, windowMs, windowIndex } = contribution;
      keys.push(this.#countsName(key, contribution), this.#indexName(contribution));
      args.push(windowMs, windowIndex, countsLifetimeMs(windowMs), key, bytes);
    }
    return this.#run(publishScript, keys, args, (reply) =>
      Array.isArray(reply) && reply.length === batch.length ? reply.map(Number) : undefined,
    );
  }

  async read(key: string, window: Window): Promise<Outcome<MergedCounts>> {
    if (!isKey(key) || !isWindow(window)) return this.#counters.fail("too_large");
    const found = await this.#call("HGETALL", [this.#countsName(key, window)], readParts);
    if (found.kind === "failed") return found;
    const merger = new CountsMerger();
    let bytesThisTurn = 0;
    for (const { part, bytes } of found.value) {
      merger.add(part, decodeCounts(bytes));
      bytesThisTurn += bytes.length;
      if (bytesThisTurn < bytesPerTurn) continue;
      bytesThisTurn = 0;
      await nextTurn();
    }
    return { kind: "done", value: merger.result() };
  }

  async keys(window: Window): Promise<Outcome<readonly string[]>> {
    if (!isWindow(window)) return this.#counters.fail("too_large");
    return this.#call("SMEMBERS", [this.#indexName(window)], (reply) => textsOf(reply)?.toSorted());
  }

  async freeze({ replicaId, token }: LeaderToken, window: Window): Promise<Outcome<boolean>> {
    const { windowMs, windowIndex } = window;
    if (!isWindow(window)) return this.#counters.fail("too_large");
    const keys = [this.#name("leader"), this.#name("frozen")];
    const args = [replicaId, token, windowMs, windowIndex, stateLifetimes.documentsMs + windowMs, clockToleranceMs];
    return this.#run(freezeScript, keys, args, readBoolean);
  }

  async heartbeat(heartbeat: Heartbeat): Promise<Outcome<readonly KnownReplica[]>> {
    return this.#beat(heartbeat, heartbeat.sequence);
  }

  async leave(heartbeat: Heartbeat): Promise<Outcome<void>> {
    const outcome = await this.#beat(heartbeat, lastSequence);
    return outcome.kind === "failed" ? outcome : { kind: "done", value: undefined };
  }

  #beat(heartbeat: Heartbeat, sequence: number): Promise<Outcome<readonly KnownReplica[]>> {
    const { replicaId, seenAtMs, startedAtMs, flushMs } = heartbeat;
    const address = heartbeat.address.slice(0, stateLimits.addressChars);
    const seenAt = Math.floor(seenAtMs);
    const args = [
      replicaId,
      sequence,
      seenAt,
      JSON.stringify({ startedAtMs, address, flushMs }),
      seenAt - stateLifetimes.replicasMs,
      stateLimits.replicas,
      2 * stateLifetimes.replicasMs,
    ];
    return this.#run(heartbeatScript, [this.#name("replicas")], args, (reply) => readReplicas(reply, lastSequence));
  }

  async acquire(replicaId: string, ttlMs: number): Promise<Outcome<Lease>> {
    const keys = [this.#name("lease"), this.#name("leader")];
    return this.#run(acquireScript, keys, [replicaId, Math.ceil(ttlMs), stateLifetimes.documentsMs], readLease);
  }

  async release({ replicaId, token }: LeaderToken): Promise<Outcome<void>> {
    const keys = [this.#name("leader"), this.#name("lease")];
    const outcome = await this.#run(releaseScript, keys, [replicaId, token], readBoolean);
    return outcome.kind === "failed" ? outcome : { kind: "done", value: undefined };
  }

  async putDocument({ replicaId, token }: LeaderToken, key: string, json: string): Promise<Outcome<boolean>> {
    if (!isKey(key) || json.length > stateLimits.documentChars) return this.#counters.fail("too_large");
    const keys = [this.#name("leader"), this.#documentName(key)];
    const args = [replicaId, token, ++this.#documentNumber, json, stateLifetimes.documentsMs];
    return this.#run(putDocumentScript, keys, args, readBoolean);
  }

  async getDocument(key: string): Promise<Outcome<LeaderDocument | undefined>> {
    if (!isKey(key)) return this.#counters.fail("too_large");
    const found = await this.#call("GET", [this.#documentName(key)], readDocumentReply);
    return found.kind === "failed" ? found : { kind: "done", value: found.value.document };
  }

  async appendLabels(from: string, items: readonly LabelItem[]): Promise<Outcome<number>> {
    const taken = items.slice(0, stateLimits.labelsPerCall).filter(isLabelItem);
    if (taken.length === 0) return { kind: "done", value: 0 };
    const fields = taken.flatMap(({ id, label, row }) => [id, label, row ?? ""]);
    const args = [stateLimits.streamLabels, stateLifetimes.labelsMs, from, ...fields];
    return this.#run(appendLabelsScript, [this.#name("labels")], args, () => taken.length);
  }

  async readLabels(stream: LabelStream, afterId: string): Promise<Outcome<LabelPage>> {
    const name = stream.kind === "fleet" ? this.#name("labels") : stream.name;
    const maxEntries = stateLimits.labelsPerCall;
    return this.#run(readLabelsScript, [name], [afterId, maxEntries], (reply) =>
      readLabelEntries(reply, afterId, maxEntries),
    );
  }

  health(): StoreHealth {
    return this.#counters.health();
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  async #run<T>(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
    readReply: (reply: unknown) => T | undefined,
  ): Promise<Outcome<T>> {
    return this.#read(await this.#connection.run(script, keys, args), readReply);
  }

  async #call<T>(
    command: string,
    args: readonly RedisArgument[],
    readReply: (reply: unknown) => T | undefined,
  ): Promise<Outcome<T>> {
    return this.#read(await this.#connection.call(command, args), readReply);
  }

  #read<T>(outcome: Outcome<unknown>, readReply: (reply: unknown) => T | undefined): Outcome<T> {
    if (outcome.kind === "failed") return this.#counters.fail(outcome.reason);
    const value = readReply(outcome.value);
    if (value === undefined) return this.#garbage();
    this.#counters.succeed();
    return { kind: "done", value };
  }

  /** A reply that no Redis sends: the next ones on this connection cannot be trusted either. */
  #garbage(): Outcome<never> {
    this.#connection.reset();
    return this.#counters.fail("garbage");
  }

  #name(what: string): string {
    return this.#prefix + what;
  }

  #countsName(key: string, { windowMs, windowIndex }: Window): string {
    return this.#name(`counts:${windowMs}:${windowIndex}:${key}`);
  }

  #indexName({ windowMs, windowIndex }: Window): string {
    return this.#name(`keys:${windowMs}:${windowIndex}`);
  }

  /** The key keeps its older name: replicas of two versions share it during a rollout. */
  #documentName(key: string): string {
    return this.#name(`verdict:${key}`);
  }
}

const codeNames = Object.fromEntries(
  Object.entries(publishCodes).map(([name, code]) => [code, name as keyof typeof publishCodes]),
) as Readonly<Record<number, keyof typeof publishCodes | undefined>>;

function readBoolean(reply: unknown): boolean | undefined {
  return reply === 1 || reply === 0 ? reply === 1 : undefined;
}

function readLease(reply: unknown): Lease | undefined {
  if (!Array.isArray(reply)) return undefined;
  const isLeader = readBoolean(reply[0]);
  const token = Number(textOf(reply[1]) ?? Number.NaN);
  return isLeader !== undefined && Number.isSafeInteger(token) ? { isLeader, token } : undefined;
}
