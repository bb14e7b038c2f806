import { connect, type Socket } from "node:net";
import { latin1, printable } from "./latin1.ts";
import { readResponses, type ResponseContent, type StrictResponse } from "./strict/strict-responses.ts";
import { patienceMs, turnOfTheLoop, until } from "./until.ts";

/** Where a server under test listens. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** How the peer left: not yet, in order (FIN), or with a reset. */
export type PeerState = "open" | "ended" | "reset";

/**
 * A client that writes exactly the given bytes and keeps every byte that comes back. The methods of the
 * requests are needed to read responses (HEAD has no body): give them to {@link readings} where they are not all GET.
 */
export class RawClient {
  readonly socket: Socket;
  peer: PeerState = "open";
  #pieces: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (piece: Buffer) => this.#pieces.push(piece));
    socket.on("end", () => {
      if (this.peer === "open") this.peer = "ended";
    });
    socket.on("error", () => {
      if (this.peer === "open") this.peer = "reset";
    });
    socket.on("close", () => {
      if (this.peer === "open") this.peer = "reset";
    });
  }

  /** Everything received so far. */
  bytes(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }

  /** Writes in one go. Writing to a peer that has left is not an error here: what it answered still counts. */
  send(bytes: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(typeof bytes === "string" ? latin1(bytes) : bytes);
  }

  /** Writes piece after piece, each after the peer (in this process) could read the one before. */
  async sendPieces(pieces: readonly (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      this.send(piece);
      await turnOfTheLoop();
    }
  }

  /** Closes the sending side and goes on reading. */
  finish(): void {
    this.socket.end();
  }

  /** Leaves with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Leaves at once. */
  close(): void {
    this.socket.destroy();
  }

  /** All responses so far, 1xx included. */
  reading(methods: readonly string[] = []): ResponseContent {
    return readResponses(this.bytes(), methods, this.peer === "ended");
  }

  /** Waits for the `count`-th final response to be complete, and gives it. Fails when the peer leaves before. */
  async response(
    count: number = 1,
    methods: readonly string[] = [],
    limitMs: number = patienceMs,
  ): Promise<StrictResponse> {
    let found: StrictResponse | undefined;
    let seen = -1;
    await until(
      () => {
        const size = this.bytes().length;
        if (size === seen && this.peer === "open") return false;
        seen = size;
        const reading = this.reading(methods);
        if (reading.error !== "") throw new Error(`malformed response (${reading.error}): ${printable(this.bytes())}`);
        found = reading.responses.filter((response) => response.status >= 200 || response.status === 101)[count - 1];
        if (found?.complete === true) return true;
        if (this.peer !== "open")
          throw new Error(`the peer left (${this.peer}) before response ${count}: ${printable(this.bytes())}`);
        return false;
      },
      () => `response ${count}; received ${printable(this.bytes())}`,
      limitMs,
    );
    if (!found) throw new Error("unreachable");
    return found;
  }

  /** Waits until what was received holds `text`. */
  async received(text: string, limitMs: number = patienceMs): Promise<void> {
    await until(
      () => this.bytes().includes(latin1(text)),
      () => `${JSON.stringify(text)} among ${printable(this.bytes())}`,
      limitMs,
    );
  }

  /** Waits until the peer has left, and gives how. */
  async left(limitMs: number = patienceMs): Promise<PeerState> {
    await until(
      () => this.peer !== "open",
      () => `the peer to close; received ${printable(this.bytes())}`,
      limitMs,
    );
    return this.peer;
  }
}

/** Connects and gives the client once the connection stands. `allowHalfOpen` is on: only {@link RawClient.finish} sends FIN. */
export async function connectRaw(address: Address): Promise<RawClient> {
  const socket = connect({ ...address, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return new RawClient(socket);
}
