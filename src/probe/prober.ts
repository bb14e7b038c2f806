import type { Clock } from "../clock.ts";
import { detectProtocol, detectionRequests } from "../protocols/detection.ts";
import type { Detection } from "../protocols/detection.ts";
import type { ProbeAnswer, ProbeRequest } from "../protocols/probe-answer.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { judgeReadiness, readinessRequests } from "../protocols/readiness.ts";
import { ask } from "./ask.ts";
import type { Address } from "../text/address.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** What a prober watches, and how. */
export interface ProberOptions {
  readonly upstream: Address;
  /** `auto` asks the server which protocol it speaks until it tells. */
  readonly protocol: Protocol | "auto";
  /** Empty when unknown. */
  readonly modelName: string;
  readonly modelVersion: string;
  /** A path to GET instead of the protocol's own; any 2xx means ready. */
  readonly path?: string;
  /** Between checks in the long run, milliseconds; the first checks come faster. */
  readonly intervalMs: number;
  /** For each question of a check, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called once, when `auto` has found the protocol; never for a protocol that was named. */
  onProtocol(this: void, protocol: Protocol): void;
  /** Called after every check that changed anything but its time. */
  onChange?(this: void, state: UpstreamState): void;
}

/** What is known of the model server. */
export interface UpstreamState {
  /** It answered at least one question of the last check. */
  readonly isLive: boolean;
  readonly isReady: boolean;
  /** For whoever is on call: what it said, or why there is no answer. */
  readonly reason: string;
  /** Undefined while `auto` has not found it. */
  readonly protocol: Protocol | undefined;
  /** Wall time of the end of the last check, milliseconds since the epoch; 0 before the first. */
  readonly checkedAtMs: number;
}

/** Watches one model server until it is stopped. */
export interface Prober {
  state(): UpstreamState;
  /** Checks now, or joins the check under way; resolves with its result, or with the last one after `stop`. */
  checkNow(): Promise<UpstreamState>;
  stop(): void;
}

/** Starts to watch a model server; the first check begins at once. Keeps no process alive by its timers. */
export function startProber(options: ProberOptions): Prober {
  const startedAtMs = options.clock.monotonicMs();
  const stopping = new AbortController();
  const askAll = (requests: readonly ProbeRequest[]): Promise<readonly ProbeAnswer[]> =>
    askInTurn(requests, options, stopping.signal);
  let protocol = options.protocol === "auto" ? undefined : options.protocol;
  let state: UpstreamState = { isLive: false, isReady: false, reason: notAskedYet, protocol, checkedAtMs: 0 };
  let underWay: Promise<UpstreamState> | undefined;
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
      options.onProtocol(protocol);
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
    underWay ??= check().finally(() => {
      underWay = undefined;
      if (!stopping.signal.aborted) scheduleNext();
    });
    return underWay;
  };

  const scheduleNext = (): void => {
    const ageMs = options.clock.monotonicMs() - startedAtMs;
    timer = setTimeout(() => void checkNow(), retryDelayMs({ ...state, ageMs, intervalMs: options.intervalMs }));
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

const notAskedYet = "the model server has not been asked yet";

interface Finding {
  readonly isLive: boolean;
  readonly isReady: boolean;
  readonly reason: string;
}

type AskAll = (requests: readonly ProbeRequest[]) => Promise<readonly ProbeAnswer[]>;

/** Asks one question after the other and stops at the first without an answer: the rest would wait as long again. */
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
  if (detection.kind === "detected") return { isLive, isReady: false, reason: notAskedYet, found: detection.protocol };
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
