/**
 * One connection to Redis that may break in any way without anybody noticing but those who ask it.
 *
 * Nothing waits for Redis: without a connection a call fails at once, with one it fails after its time. A call that
 * timed out takes the connection with it: its answer would come first in line, and its bytes may stand in a buffer.
 * No command is ever sent twice; whoever calls decides what to do again.
 */
import { readFile } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { Redis, type RedisOptions } from "ioredis";
import { backoffMs, type BackoffOptions } from "../../backoff.ts";
import { guardReplies } from "./guarded-replies.ts";
import type { RedisAddress } from "../../text/redis-url.ts";
import { redisFailure } from "./redis-failures.ts";
import type { RedisScript } from "./redis-scripts.ts";
import type { FailureReason, Outcome } from "../store.ts";

/** How to reach Redis. */
export interface RedisConnectionOptions {
  readonly address: RedisAddress;
  /** Holds the password instead of the URL; read again before each new connection, so it may be rotated. */
  readonly passwordFile?: string;
  /** Certificates (PEM) that a TLS server is trusted by, instead of the system's. */
  readonly caFile?: string;
  /** Shown by `CLIENT LIST`. No spaces. */
  readonly clientName: string;
  readonly connectTimeoutMs: number;
  /** For each command. */
  readonly commandTimeoutMs: number;
}

/** An argument of a command. */
export type RedisArgument = string | number | Buffer;

/** Commands on their way at one time. */
const maxInFlight = 16;
/** Bytes received since nothing was on its way: the counts of a thousand replicas, and far from what hurts. */
const maxAnswerBytes = 67_108_864;

/** Half of the wait is random, so that a fleet does not reconnect in one moment. */
const reconnectBackoff: BackoffOptions = { firstMs: 100, maxMs: 2_000, jitter: 0.5 };

/**
 * Begins to connect, and goes on trying until closed. Rejects when a file cannot be read or holds no certificates:
 * mistakes that no retry mends.
 */
export async function openRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const [password, secureContext] = await Promise.all([readPassword(options), readTrust(options)]);
  return new RedisConnection(options, clientOptions(options, password, secureContext));
}

/** See {@link openRedis}. */
export class RedisConnection {
  readonly #redis: Redis;
  readonly #options: RedisConnectionOptions;
  /** Why there is no connection, as far as the last attempt has told. */
  #connectionFailure: FailureReason = "unreachable";
  #underWay = 0;
  #answerBytes = 0;
  #isClosed = false;

  constructor(options: RedisConnectionOptions, clientOptions: ClientOptions) {
    guardReplies();
    this.#options = options;
    this.#redis = new Redis(clientOptions);
    this.#redis.on("error", (error: Error) => this.#note(error));
    this.#redis.on("connect", () => this.#limitAnswers());
    this.#redis.on("close", () => void this.#renewPassword());
    this.#redis.connect().catch(() => undefined);
  }

  /** Runs a script; Redis is given its text when it does not know it yet. Texts in the answer are buffers. */
  async run(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<Outcome<unknown>> {
    const rest = [keys.length, ...keys, ...args];
    const known = await this.#send("EVALSHA", [script.sha, ...rest]);
    if (known.kind === "answer" || !known.error.message.startsWith("NOSCRIPT")) return this.#outcome(known);
    return this.#outcome(await this.#send("EVAL", [script.lua, ...rest]));
  }

  /** Runs a command. Texts in the answer are buffers. */
  async call(command: string, args: readonly RedisArgument[]): Promise<Outcome<unknown>> {
    return this.#outcome(await this.#send(command, args));
  }

  /** Says that the other side is not what it should be: the connection is given up and made anew. */
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
    if (this.#underWay >= maxInFlight) return { kind: "error", error: new Backlog() };
    if (this.#underWay === 0) this.#answerBytes = 0;
    this.#underWay++;
    try {
      const answer = await this.#redis.callBuffer(command, [...args]);
      this.#connectionFailure = "unreachable";
      return { kind: "answer", answer };
    } catch (error) {
      return { kind: "error", error: error instanceof Error ? error : new Error("no error") };
    } finally {
      this.#underWay--;
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

  #note(error: Error): void {
    this.#connectionFailure = redisFailure(error);
    if (this.#connectionFailure === "garbage") this.reset();
  }

  #limitAnswers(): void {
    const { stream } = this.#redis;
    stream.on("data", (chunk: Buffer) => {
      this.#answerBytes += chunk.length;
      if (this.#answerBytes > maxAnswerBytes) stream.destroy(new Error("Please report it: an endless answer"));
    });
  }

  async #renewPassword(): Promise<void> {
    // A file that is just being replaced is read before the next attempt.
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
  // A secure context takes a text without certificates for trust in nobody.
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
    // While it loads, Redis says so to each command; that is told as it is.
    enableReadyCheck: false,
    // The older protocol has no messages that nobody asked for.
    protocol: 2,
    disableClientInfo: true,
    retryStrategy: (attempt) => backoffMs(attempt, reconnectBackoff, Math.random),
    // After a failover the name leads to another server.
    reconnectOnError: (error) => redisFailure(error) === "read_only",
  };
}
