/**
 * What the bench knows about a proxy. One file in this folder a proxy, all of the same shape: to add one, copy a file
 * and add it to peers.ts.
 */

/** A proxy that the bench can put between its client and its upstream. */
export interface Peer {
  /** Short name, for `--only` and in the results. */
  readonly name: string;
  /** Name in the tables. */
  readonly title: string;
  /** True for peers that take minutes to build and are measured only with `--all` or when `--only` names them. */
  readonly isCostly: boolean;
  /** True for Outrider itself, whose start, admin port and main thread are measured too. */
  readonly isOutrider: boolean;
  /** True when it can be started on this machine. */
  readonly isAvailable: () => boolean;
  /** What to do when it is not available: one line. */
  readonly remedy: string;
  /** Version as the program itself or its package says it. Call only when it is available. */
  readonly version: () => Promise<string>;
  /** Starts it in front of an upstream on loopback; resolves once it has answered a request with 200. */
  readonly start: (upstreamPort: number) => Promise<RunningPeer>;
}

/** A running proxy: its port, and its processes to measure and to end. */
export interface RunningPeer {
  /** Where it listens on loopback. */
  readonly port: number;
  /** Milliseconds from its start to the first request that it answered with 200. */
  readonly firstAnswerMs: number;
  /** Only Outrider has these: its admin port, and milliseconds from its start to the first 200 of `/readyz`. */
  readonly admin?: { readonly port: number; readonly readyMs: number };
  /** All its processes that live now, the first one being the one that was started. */
  readonly pids: () => readonly number[];
  /** True while the process that was started lives. */
  readonly isRunning: () => boolean;
  /** The last lines it wrote, for error messages. */
  readonly lastLines: () => string;
  readonly stop: () => Promise<void>;
}
