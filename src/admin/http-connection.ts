/**
 * One connection to the admin port: strict heads, one request after the other, everything bounded.
 *
 * It is made of the relay's own HTTP grammar on node:net instead of node:http, which would add 12 MB of resident memory
 * and 40 ms of start-up to every sidecar (measured in the bundle, Node 26) and accept what the relay refuses.
 */
import type { Socket } from "node:net";
import type { BodyFraming } from "../http1/framing.ts";
import { Progress, type HeadLimits } from "../http1/header-section.ts";
import { RequestHead } from "../http1/request-head.ts";
import { readAdminRequest, type AdminRequest } from "./admin-request.ts";
import { answerHead, faultAnswer, type AdminAnswer } from "./answer.ts";
import { IncomingBody, type BodyReading, type BodyRoom } from "./request-body.ts";

/** How long each phase may last, milliseconds. */
export interface AdminTimeouts {
  /** First byte of a head to its end; also connecting to the first byte. */
  readonly headerMs: number;
  /** From the moment a body is wanted to its end. */
  readonly bodyMs: number;
  /** A kept connection without a request. */
  readonly idleMs: number;
  /** An answer that the client does not read. */
  readonly writeMs: number;
  /** Our end of a closing connection to the client's. */
  readonly lingerMs: number;
}

/** The client of one request, for those who answer it. */
export interface RequestSide {
  /** Fires when the client has closed its side. */
  readonly signal: AbortSignal;
  /**
   * Takes in the body; empty when there is none. Called at most once, and only when the request may come in: a client
   * that waits for it is told to go on. A body that nobody asked for is not read and ends the connection.
   */
  readBody(this: void): Promise<BodyReading>;
}

/** What a connection needs. */
export interface AdminConnectionOptions {
  /** Answers a request; never rejects. */
  handle(request: AdminRequest, client: RequestSide): Promise<AdminAnswer>;
  readonly timeouts: AdminTimeouts;
  /** Memory for bodies, shared by all connections. */
  readonly room: BodyRoom;
  wallMs(): number;
}

/** Bounds of a head: the longest that is sent here carries a bearer token. */
const headLimits: HeadLimits = { headBytes: 16_384, headerCount: 64, targetBytes: 2048 };

/** See the top of the file. */
export class AdminConnection {
  readonly #socket: Socket;
  readonly #options: AdminConnectionOptions;
  readonly #head = new RequestHead(headLimits);
  readonly #gone = new AbortController();
  #bytes: Buffer = Buffer.alloc(0);
  #state: "idle" | "reading" | "answering" | "body" | "closing" = "idle";
  #isLast = false;
  /** True while bytes of the request's body may still come that nobody will take. */
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
    // What went wrong with a client's connection is nobody's concern here; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(this.#timer);
      this.#gone.abort();
      this.#body?.end("body_incomplete");
    });
    this.#limit(options.timeouts.headerMs);
  }

  /** Ends the connection: at once when nothing is being answered, else after the answer. */
  stop(): void {
    this.#isLast = true;
    if (this.#state === "idle" || this.#state === "reading") this.#close();
  }

  /** Ends the connection whatever it is doing. */
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
    const readBody = (): Promise<BodyReading> => this.#readBody(framing, isAwaited);
    const answer = await this.#options.handle(request, { signal: this.#gone.signal, readBody });
    this.#body?.release();
    this.#body = undefined;
    this.#write(answer, request.method === "HEAD");
  }

  #readBody(framing: BodyFraming, isAwaited: boolean): Promise<BodyReading> {
    const body = new IncomingBody(framing, this.#options.room);
    this.#body = body;
    if (body.isOver) return body.reading;
    this.#state = "body";
    this.#limit(this.#options.timeouts.bodyMs);
    if (isAwaited && this.#bytes.length === 0) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    this.#socket.resume();
    this.#takeBody(this.#bytes);
    // The client's end may have come while its token was looked at.
    if (!body.isOver && this.#gone.signal.aborted) this.#endBody("body_incomplete");
    return body.reading;
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
    // What follows would be read as a request.
    this.#isLast ||= this.#hasUnreadBody;
    let isTaken = socket.write(answerHead(answer, { isHead, isLast: this.#isLast, nowMs }), "latin1");
    if (!isHead) isTaken = socket.write(answer.body);
    socket.uncork();
    if (this.#isLast) this.#close();
    else if (isTaken) this.#continue();
  }

  /** After an answer has left: the next request, which may have come already. */
  #continue(): void {
    if (this.#state !== "answering" || this.#socket.writableNeedDrain) return;
    this.#state = "idle";
    this.#limit(this.#options.timeouts.idleMs);
    this.#socket.resume();
    this.#read();
  }

  /** Says that nothing more comes and takes what the client still sends, so that it can read the answer undisturbed. */
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
