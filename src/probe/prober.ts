import type { Clock } from "../clock.ts";
import { detectProtocol, detectionRequests } from "../protocols/detection.ts";
import type { Detection } from "../protocols/detection.ts";
import type { ProbeAnswer, ProbeRequest } from "../protocols/probe-answer.ts";
import type { Protocol } from "../protocols/list.ts";
import { judgeReadiness, readinessRequests } from "../protocols/readiness.ts";
import { ask } from "./ask.ts";
import type { Address } from "../text/address.ts";

/** Options of {@link startProber}. */
export interface ProberOptions {
  readonly upstream: Address;
  /** `auto` probes the server until its protocol is known. */
  readonly protocol: Protocol | "auto";
  /** Empty when unknown. */
  readonly modelName: string;
  readonly modelVersion: string;
  /** A path to GET instead of the protocol's own; any 2xx means ready. */
  readonly path?: string;
  /** Between checks, milliseconds; checks are more frequent in the first ten seconds until the server is ready. */
  readonly intervalMs: number;
  /** For each question of a check, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /**
   * Called once, when `auto` has found the protocol; never for a protocol that was named. The server counts as ready only
   * after its promise has resolved.
   */
  onProtocol(this: void, protocol: Protocol): void | Promise<void>;
  /** Called after every check that changed anything but its time. */
  onChange?(this: void, state: UpstreamState): void;
}

/** State of the model server after the last check. */
export interface UpstreamState {
  /** The server answered at least one question of the last check. */
  readonly isLive: boolean;
  readonly isReady: boolean;
  /** One line for the operator: the server's answer, or why there is none. */
  readonly reason: string;
  /** Undefined until `auto` has detected it. */
  readonly protocol: Protocol | undefined;
  /** Wall time of the end of the last check, milliseconds since the epoch; 0 before the first. */
  readonly checkedAtMs: number;
}

/** A running prober of one model server. */
export interface Prober {
  state(): UpstreamState;
  /** Checks now, or joins the running check; resolves with its result, or with the last one after `stop`. */
  checkNow(): Promise<UpstreamState>;
  stop(): void;
}

/** Starts to watch a model server; the first check begins at once. Its timers do not keep the process alive. */
export function startProber(options: ProberOptions): Prober {
  const startedAtMs = options.clock.monotonicMs();
  const stopping = new AbortController();
  const askAll = (requests: readonly ProbeRequest[]): Promise<readonly ProbeAnswer[]> =>
    askInTurn(requests, options, stopping.signal);
  let protocol = options.protocol === "auto" ? undefined : options.protocol;
  let state: UpstreamState = { isLive: false, isReady: false, reason: notCheckedYet, protocol, checkedAtMs: 0 };
  let running: Promise<UpstreamState> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const publish = (next: UpstreamState): void => {
    const isChanged = !isSameState(state, next);
    state = next;
    if (isChanged) options.onChange?.(next);
  };

  const check = async (): Promise<UpstreamState> => {
    const detection = protocol === undefined ? await detect(askAll) : undefined;
    if (stopping.signal.aborted) return state;
    if (detection?.found !== undefined) {
      protocol = detection.found;
      await options.onProtocol(protocol);
    }
    const finding = protocol === undefined ? detection : await checkReadiness(protocol, options, askAll);
    if (stopping.signal.aborted || finding === undefined) return state;
    const { isLive, isReady, reason } = finding;
    publish({ isLive, isReady, reason, protocol, checkedAtMs: options.clock.wallMs() });
    return state;
  };

  const checkNow = (): Promise<UpstreamState> => {
    if (stopping.signal.aborted) return Promise.resolve(state);
    clearTimeout(timer);
    running ??= check().finally(() => {
      running = undefined;
      if (!stopping.signal.aborted) scheduleNext();
    });
    return running;
  };

  const scheduleNext = (): void => {
    const ageMs = options.clock.monotonicMs() - startedAtMs;
    timer = setTimeout(() => void checkNow(), checkDelayMs({ ...state, ageMs, intervalMs: options.intervalMs }));
    timer.unref();
  };

  void checkNow();
  return {
    state: () => state,
    checkNow,
    stop() {
      clearTimeout(timer);
      stopping.abort();
    },
  };
}

const notCheckedYet = "the model server has not been checked yet";

interface Finding {
  readonly isLive: boolean;
  readonly isReady: boolean;
  readonly reason: string;
}

type AskAll = (requests: readonly ProbeRequest[]) => Promise<readonly ProbeAnswer[]>;

/** Asks the questions in turn and stops at the first one without an answer: each of the rest could wait as long again. */
async function askInTurn(
  requests: readonly ProbeRequest[],
  options: ProberOptions,
  signal: AbortSignal,
): Promise<readonly ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  for (const request of requests) {
    const answer = await ask(request, { address: options.upstream, timeoutMs: options.timeoutMs, signal });
    answers.push(answer);
    if (answer.kind === "failed") break;
  }
  return answers;
}

async function detect(askAll: AskAll): Promise<Finding & { readonly found: Protocol | undefined }> {
  const answers = await askAll(detectionRequests);
  const detection: Detection = detectProtocol(answers);
  const isLive = hasAnswer(answers);
  if (detection.kind === "detected")
    return { isLive, isReady: false, reason: notCheckedYet, found: detection.protocol };
  return { isLive, isReady: false, reason: detection.reason, found: undefined };
}

async function checkReadiness(protocol: Protocol, options: ProberOptions, askAll: AskAll): Promise<Finding> {
  const { modelName, modelVersion, path = "" } = options;
  const subject = { protocol, modelName, modelVersion, path };
  const answers = await askAll(readinessRequests(subject));
  return { isLive: hasAnswer(answers), ...judgeReadiness(subject, answers) };
}

function hasAnswer(answers: readonly ProbeAnswer[]): boolean {
  return answers.some((answer) => answer.kind !== "failed");
}

function isSameState(one: UpstreamState, other: UpstreamState): boolean {
  return (
    one.isLive === other.isLive &&
    one.isReady === other.isReady &&
    one.reason === other.reason &&
    one.protocol === other.protocol
  );
}

/** What the delay between two checks depends on. */
export interface CheckTiming {
  readonly isLive: boolean;
  readonly isReady: boolean;
  /** Since the prober was started, milliseconds. */
  readonly ageMs: number;
  /** Between checks in the long run, milliseconds. */
  readonly intervalMs: number;
}

/**
 * The delay before the next check, milliseconds: shorter in the first ten seconds until the server is ready, because a
 * model server and its sidecar start together. Fixed delays on purpose, no back-off: one server is probed, and readiness
 * should be seen at once.
 */
export function checkDelayMs({ isLive, isReady, ageMs, intervalMs }: CheckTiming): number {
  if (isReady || ageMs >= startupMs) return intervalMs;
  return Math.min(intervalMs, isLive ? notReadyDelayMs : unreachableDelayMs);
}

const startupMs = 10_000;
const unreachableDelayMs = 100;
const notReadyDelayMs = 500;
