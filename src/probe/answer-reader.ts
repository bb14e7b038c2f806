import { ChunkedDecoder, type ChunkedSink } from "../http1/chunked.ts";
import { Progress } from "../http1/header-section.ts";
import { ResponseHead } from "../http1/response-head.ts";
import type { HttpAnswer } from "../protocols/probe-answer.ts";

/** Bytes of an answer's body that are read; a longer one is cut here. */
export const maxAnswerBytes = 65_536;

const headLimits = { headBytes: 65_536, headerCount: 256, targetBytes: 0 };
const chunkedLimits = { trailerBytes: 16_384, headerCount: 64, extensionBytes: 4096 };

/** Progress of an answer. `malformed` is final: no answer can be read from this connection. */
export type AnswerProgress = "reading" | "done" | "malformed";

/**
 * Reads one answer of the model server, piece by piece and in bounded memory, with the relay's own grammar: node:http
 * would add 8 MB of resident memory to every sidecar (measured in the bundle, Node 26).
 */
export class AnswerReader {
  readonly #head = new ResponseHead(headLimits);
  readonly #decoder = new ChunkedDecoder(chunkedLimits);
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  /** Bytes of a head that is not complete yet; undefined once the final head is. */
  #headBytes: Buffer | undefined = Buffer.alloc(0);
  #contentType = "";

  /** Reads the next bytes. Not to be called after `done` or `malformed`. */
  take(bytes: Buffer): AnswerProgress {
    if (this.#headBytes === undefined) return this.#takeBody(bytes);
    this.#headBytes = Buffer.concat([this.#headBytes, bytes]);
    return this.#takeHead(this.#headBytes);
  }

  /** The answer so far; undefined before its head is complete. A broken answer is still of use. */
  answer(): HttpAnswer | undefined {
    if (this.#headBytes !== undefined) return undefined;
    const body = Buffer.concat(this.#body).subarray(0, maxAnswerBytes).toString("utf8");
    return { kind: "http", status: this.#head.status, contentType: this.#contentType, body };
  }

  #takeHead(bytes: Buffer): AnswerProgress {
    const head = this.#head;
    const progress = head.read(bytes, 0, bytes.length, false);
    if (progress === Progress.needsMore) return "reading";
    if (progress === Progress.faulty || head.status === 101) return "malformed";
    const rest = bytes.subarray(head.length);
    if (head.status < 200) {
      // Interim: the answer itself follows.
      head.reset();
      this.#headBytes = rest;
      return this.#takeHead(rest);
    }
    this.#contentType = valueOfLine(head, head.contentTypeLine, bytes).toLowerCase();
    this.#headBytes = undefined;
    return this.#takeBody(rest);
  }

  #takeBody(bytes: Buffer): AnswerProgress {
    const { kind, length } = this.#head.framing;
    if (kind === "chunked") {
      this.#decoder.read(bytes, 0, bytes.length, this.#sinkOf(bytes));
      if (this.#decoder.fault !== "") return "malformed";
    } else if (kind === "length") {
      this.#keep(bytes.subarray(0, length - this.#bodyBytes));
    } else if (kind === "close") {
      this.#keep(bytes);
    }
    const isWhole =
      kind === "none" ||
      (kind === "length" && this.#bodyBytes >= length) ||
      (kind === "chunked" && this.#decoder.isDone);
    return isWhole || this.#bodyBytes >= maxAnswerBytes ? "done" : "reading";
  }

  #sinkOf(bytes: Buffer): ChunkedSink {
    return {
      coding: () => {},
      held: () => {},
      data: (start, end) => this.#keep(bytes.subarray(start, end)),
    };
  }

  #keep(bytes: Buffer): void {
    this.#body.push(bytes);
    this.#bodyBytes += bytes.length;
  }
}

function valueOfLine({ headers }: ResponseHead, line: number, bytes: Buffer): string {
  if (line < 0) return "";
  return bytes.toString("latin1", headers.valueStart[line], headers.valueEnd[line]);
}
