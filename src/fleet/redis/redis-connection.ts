/**
 * One connection to Redis. However it breaks, only its own calls fail.
 *
 * Nothing waits for Redis: without a connection a call fails at once, with one it fails after its timeout. A call that
 * timed out closes the connection: its late reply would be taken for the next one, and its bytes may still be buffered.
 * No command is ever sent twice; the caller decides what to repeat.
 */
import { readFile } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { Redis, type RedisOptions } from "ioredis";
import { backoffMs, type BackoffOptions } from "../../backoff.ts";
import type { RedisAddress } from "../../text/redis-url.ts";
import dataHandler from "ioredis/built/DataHandler.js";
import { redisFailure } from "./redis-failures.ts";
import type { RedisScript } from "./redis-scripts.ts";
import type { FailureReason, Outcome } from "../store.ts";

/** Options of {@link openRedis}. */
export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  /** File with the password, instead of the URL; read again before each new connection, so it can be rotated. */
  readonly passwordFile?: string;
  /** CA certificates (PEM) that verify the server. Default: Node's. */
  readonly caFile?: string;
  /** Shown by `CLIENT LIST`. No spaces. */
  readonly clientName: string;
  readonly connectTimeoutMs: number;
  /** Timeout of each command. */
  readonly commandTimeoutMs: number;
}

/** An argument of a Redis command; numbers are sent as decimal text. */
export type RedisArgument = string | number | Buffer;

/** Maximum number of commands in flight. */
const maxInFlight = 16;
/** Maximum bytes received since the last idle moment: the counts of a thousand replicas, far below the memory limit. */
const maxReplyBytes = 67_108_864;

/** Half of the wait is random, so that a fleet does not reconnect in one moment. */
const reconnectBackoff: BackoffOptions = { firstMs: 100, maxMs: 2_000, jitter: 0.5 };

/**
 * Begins to connect, and keeps trying until closed. Rejects when a file cannot be read or holds no certificate: retrying
 * would not help.
 */
export async function openRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const [password, secureContext] = await Promise.all([readPassword(options), readTrust(options)]);
  return new RedisConnection(options, clientOptions(options, password, secureContext));
}

/** See {@link openRedis}. */
export class RedisConnection {
  readonly #redis: Redis;
  readonly #options: RedisConnectionOptions;
  /** Why there is no connection, according to the last attempt. */
  #connectionFailure: FailureReason = "unreachable";
  #inFlight = 0;
  #replyBytes = 0;
  #isClosed = false;

  constructor(options: RedisConnectionOptions, clientOptions: ClientOptions) {
    guardReplies();
    this.#options = options;
    this.#redis = new Redis(clientOptions);
    this.#redis.on("error", (error: Error) => this.#noteFailure(error));
    this.#redis.on("connect", () => this.#limitReplies());
    this.#redis.on("close", () => void this.#renewPassword());
    this.#redis.connect().catch(() => undefined);
  }

  /** Runs a script by its digest, or by its text when Redis does not know it yet. Texts in the reply are buffers. */
  async run(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<Outcome<unknown>> {
    const rest = [keys.length, ...keys, ...args];
    const known = await this.#send("EVALSHA", [script.sha, ...rest]);
    if (known.kind === "answer" || !known.error.message.startsWith("NOSCRIPT")) return this.#outcome(known);
    return this.#outcome(await this.#send("EVAL", [script.lua, ...rest]));
  }

  /** Runs a command. Texts in the reply are buffers. */
  async call(command: string, args: readonly RedisArgument[]): Promise<Outcome<unknown>> {
    return this.#outcome(await this.#send(command, args));
  }

  /** Closes the connection after a reply that no Redis sends, and opens a new one. */
  reset(): void {
    const { stream }: { readonly stream?: Duplex } = this.#redis;
    stream?.destroy();
  }

  close(): void {
    this.#isClosed = true;
    this.#redis.disconnect();
    this.reset();
  }

  async #send(command: string, args: readonly RedisArgument[]): Promise<Reply> {
    if (this.#inFlight >= maxInFlight) return { kind: "error", error: new Backlog() };
    if (this.#inFlight === 0) this.#replyBytes = 0;
    this.#inFlight++;
    try {
      const answer = await this.#redis.callBuffer(command, [...args]);
      this.#connectionFailure = "unreachable";
      return { kind: "answer", answer };
    } catch (error) {
      return { kind: "error", error: error instanceof Error ? error : new Error("not an Error") };
    } finally {
      this.#inFlight--;
    }
  }

  #outcome(reply: Reply): Outcome<unknown> {
    if (reply.kind === "answer") return { kind: "done", value: reply.answer };
    if (this.#isClosed) return { kind: "failed", reason: "closed" };
    if (reply.error instanceof Backlog) return { kind: "failed", reason: "backlog" };
    const reason = redisFailure(reply.error);
    if (reason === "timeout" || reason === "garbage") this.reset();
    return { kind: "failed", reason: reason === "unreachable" ? this.#connectionFailure : reason };
  }

  #noteFailure(error: Error): void {
    this.#connectionFailure = redisFailure(error);
    if (this.#connectionFailure === "garbage") this.reset();
  }

  #limitReplies(): void {
    const { stream } = this.#redis;
    stream.on("data", (chunk: Buffer) => {
      this.#replyBytes += chunk.length;
      if (this.#replyBytes > maxReplyBytes) stream.destroy(new Error("Please report it: an endless reply"));
    });
  }

  async #renewPassword(): Promise<void> {
    // A file that is being replaced may be missing now; it is read again before the next attempt.
    const password = await readPassword(this.#options).catch(() => undefined);
    if (password !== undefined) this.#redis.options.password = password;
  }
}

type ClientOptions = Omit<RedisOptions, "replyMapping">;

type Reply = { readonly kind: "answer"; readonly answer: unknown } | { readonly kind: "error"; readonly error: Error };

class Backlog extends Error {}

async function readPassword({ passwordFile, address }: RedisConnectionOptions): Promise<string> {
  return passwordFile === undefined ? address.password : (await readFile(passwordFile, "utf8")).trim();
}

async function readTrust({ caFile, address }: RedisConnectionOptions): Promise<SecureContext | undefined> {
  if (address.place.kind !== "tcp" || !address.place.isTls || caFile === undefined) return undefined;
  const ca = await readFile(caFile, "utf8");
  // A secure context accepts a text without certificates, and then trusts no server.
  if (!isCertificate(ca)) throw new TypeError(`${caFile} holds no certificate in PEM`);
  return createSecureContext({ ca });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function clientOptions(
  options: RedisConnectionOptions,
  password: string,
  secureContext: SecureContext | undefined,
): ClientOptions {
  const { place, username, database } = options.address;
  return {
    ...(place.kind === "unix" ? { path: place.path } : { host: place.host, port: place.port }),
    ...(place.kind === "tcp" && place.isTls ? { tls: secureContext === undefined ? {} : { secureContext } } : {}),
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    db: database,
    connectionName: options.clientName,
    connectTimeout: options.connectTimeoutMs,
    commandTimeout: options.commandTimeoutMs,
    disconnectTimeout: options.commandTimeoutMs,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A Redis that is loading refuses each command with LOADING: reported unchanged.
    enableReadyCheck: false,
    // RESP2 has no unsolicited messages.
    protocol: 2,
    disableClientInfo: true,
    retryStrategy: (attempt) => backoffMs(attempt, reconnectBackoff, Math.random),
    // After a failover the name leads to another server.
    reconnectOnError: (error) => redisFailure(error) === "read_only",
  };
}

interface Dispatcher {
  dispatch(this: Dispatcher, handle: () => void): void;
  returnFatalError(error: unknown): void;
}

interface DispatcherClass {
  readonly prototype: Dispatcher;
}

/**
 * Keeps a malformed reply from ending the process. ioredis 6 rethrows errors of its own reply handling outside of any
 * call (an unsolicited null is enough): an uncaught exception. With this, ioredis treats such a reply as a protocol
 * error: commands fail, and the connection is closed and opened again.
 */
function guardReplies(): void {
  // A CommonJS module: depending on the loader, its default export is unwrapped or not.
  const loaded = dataHandler as unknown as DispatcherClass & { readonly default?: DispatcherClass };
  const { prototype } = loaded.default ?? loaded;
  prototype.dispatch = function dispatch(handle) {
    try {
      handle();
    } catch (error) {
      this.returnFatalError(error);
    }
  };
}
