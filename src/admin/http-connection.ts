/**
 * One connection to the admin port: strict parsing, one request after another, everything bounded.
 *
 * It uses the HTTP parser of the relay on node:net instead of node:http, which would add 12 MB of resident memory and
 * 40 ms of start-up to every sidecar (measured in the bundle, Node 26) and would accept what the relay refuses.
 */
import type { Socket } from "node:net";
import type { BodyFraming } from "../http1/framing.ts";
import { Progress, type HeadLimits } from "../http1/header-section.ts";
import { RequestHead } from "../http1/request-head.ts";
import { readAdminRequest, type AdminRequest } from "./admin-request.ts";
import { answerHead, faultAnswer, type AdminAnswer } from "./answer.ts";
import { IncomingBody, type BodyResult, type BodyMemory } from "./request-body.ts";

/** Maximum time of each phase of a connection, in milliseconds. */
export interface AdminTimeouts {
  /** From the first byte of a head to its end, and from connecting to the first byte. */
  readonly headerMs: number;
  /** From the call of {@link RequestClient.readBody} to the end of the body. */
  readonly bodyMs: number;
  /** Idle keep-alive connection. */
  readonly idleMs: number;
  /** Response that the client does not read. */
  readonly writeMs: number;
  /** After the response of a closing connection: waiting for the client to close too. */
  readonly lingerMs: number;
}

/** The client of one request, as a route handler sees it. */
export interface RequestClient {
  /** Aborts when the client has closed its sending side or the connection. */
  readonly signal: AbortSignal;
  /**
   * Reads the body, empty when there is none; sends `100 Continue` when the client waits for it. Call it at most once. A
   * body that is never read is not accepted: the connection closes after the response.
   */
  readBody(this: void): Promise<BodyResult>;
}

/** Options of {@link AdminConnection}. */
export interface AdminConnectionOptions {
  /** Computes the response to a request. Must not reject. */
  handle(request: AdminRequest, client: RequestClient): Promise<AdminAnswer>;
  readonly timeouts: AdminTimeouts;
  /** Memory for request bodies, shared by all connections. */
  readonly bodyMemory: BodyMemory;
  wallMs(): number;
}

/** Limits of a request head. The longest expected head has a bearer token. */
const headLimits: HeadLimits = { headBytes: 16_384, headerCount: 64, targetBytes: 2048 };

/** Serves one connection from accept to close. Owns the socket. */
export class AdminConnection {
  readonly #socket: Socket;
  readonly #options: AdminConnectionOptions;
  readonly #head = new RequestHead(headLimits);
  readonly #gone = new AbortController();
  #bytes: Buffer = Buffer.alloc(0);
  #state: "idle" | "reading" | "answering" | "body" | "closing" = "idle";
  #isLast = false;
  /** True while the request has a body, or a rest of it, that will not be read. */
  #hasUnreadBody = false;
  #body: IncomingBody | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: AdminConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.#takeEnd());
    socket.on("drain", () => this.#continue());
    // An error of a client connection needs no handling: `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(this.#timer);
      this.#gone.abort();
      this.#body?.end("body_incomplete");
    });
    this.#limit(options.timeouts.headerMs);
  }

  /** Closes the connection: at once when it is idle, else after the response in progress. */
  stop(): void {
    this.#isLast = true;
    if (this.#state === "idle" || this.#state === "reading") this.#close();
  }

  /** Closes the connection at once, even in the middle of a response. */
  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#state === "closing") return;
    if (this.#state === "body") {
      this.#takeBody(chunk);
      return;
    }
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (this.#state !== "answering") this.#read();
    else if (this.#bytes.length > headLimits.headBytes) this.#socket.pause();
  }

  #takeEnd(): void {
    this.#gone.abort();
    this.#isLast = true;
    if (this.#state === "body") this.#endBody("body_incomplete");
    else if (this.#state !== "answering") this.#close();
  }

  #read(): void {
    if (this.#bytes.length === 0) return;
    if (this.#state === "idle") {
      this.#state = "reading";
      this.#limit(this.#options.timeouts.headerMs);
    }
    const progress = this.#head.read(this.#bytes, 0, this.#bytes.length);
    if (progress === Progress.done) {
      void this.#answer();
    } else if (progress === Progress.faulty && this.#head.fault !== "") {
      this.#isLast = true;
      this.#write(faultAnswer(this.#head.fault), false);
    }
  }

  async #answer(): Promise<void> {
    const head = this.#head;
    const request = readAdminRequest(head, this.#bytes, this.#socket.remoteAddress ?? "");
    const { framing, minor } = head;
    const isAwaited = head.expectsContinue && minor > 0;
    this.#hasUnreadBody = framing.kind === "chunked" || framing.length > 0;
    this.#isLast ||= head.options.close || minor === 0;
    this.#bytes = this.#bytes.subarray(head.length);
    head.reset();
    this.#state = "answering";
    clearTimeout(this.#timer);
    const readBody = (): Promise<BodyResult> => this.#readBody(framing, isAwaited);
    const answer = await this.#options.handle(request, { signal: this.#gone.signal, readBody });
    this.#body?.release();
    this.#body = undefined;
    this.#write(answer, request.method === "HEAD");
  }

  #readBody(framing: BodyFraming, isAwaited: boolean): Promise<BodyResult> {
    const body = new IncomingBody(framing, this.#options.bodyMemory);
    this.#body = body;
    if (body.isOver) return body.result;
    this.#state = "body";
    this.#limit(this.#options.timeouts.bodyMs);
    if (isAwaited && this.#bytes.length === 0) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    this.#socket.resume();
    this.#takeBody(this.#bytes);
    // The client may have closed its side while the token was being checked.
    if (!body.isOver && this.#gone.signal.aborted) this.#endBody("body_incomplete");
    return body.result;
  }

  #takeBody(chunk: Buffer): void {
    const body = this.#body;
    if (body === undefined) return;
    this.#bytes = chunk.subarray(body.accept(chunk));
    if (!body.isOver) return;
    this.#hasUnreadBody = !body.isWhole;
    this.#state = "answering";
    clearTimeout(this.#timer);
    if (this.#bytes.length > headLimits.headBytes) this.#socket.pause();
  }

  #endBody(code: "body_incomplete" | "body_timeout"): void {
    this.#state = "answering";
    clearTimeout(this.#timer);
    this.#body?.end(code);
  }

  #write(answer: AdminAnswer, isHead: boolean): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#state = "answering";
    this.#limit(this.#options.timeouts.writeMs);
    socket.cork();
    const nowMs = this.#options.wallMs();
    // The rest of the body would be parsed as the next request.
    this.#isLast ||= this.#hasUnreadBody;
    let isTaken = socket.write(answerHead(answer, { isHead, isLast: this.#isLast, nowMs }), "latin1");
    if (!isHead) isTaken = socket.write(answer.body);
    socket.uncork();
    if (this.#isLast) this.#close();
    else if (isTaken) this.#continue();
  }

  /** After a response was written: waits for the next request, or parses one that is already here. */
  #continue(): void {
    if (this.#state !== "answering" || this.#socket.writableNeedDrain) return;
    this.#state = "idle";
    this.#limit(this.#options.timeouts.idleMs);
    this.#socket.resume();
    this.#read();
  }

  /** Closes the sending side, and discards what the client still sends: a reset could destroy the response on its way. */
  #close(): void {
    this.#state = "closing";
    this.#bytes = Buffer.alloc(0);
    this.#socket.end();
    this.#socket.resume();
    this.#limit(this.#options.timeouts.lingerMs);
  }

  #limit(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), ms).unref();
  }

  #expire(): void {
    if (this.#state === "body") {
      this.#endBody("body_timeout");
      return;
    }
    if (this.#state !== "reading") {
      this.#socket.destroy();
      return;
    }
    this.#isLast = true;
    this.#write(faultAnswer("header_timeout"), false);
  }
}
