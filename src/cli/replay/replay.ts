import type { Config } from "../../config/table/table.ts";
import type { BodyReader } from "../../payload/body-content.ts";
import type { Protocol } from "../../protocols/list.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { mistakeReport } from "../config/mistake-report.ts";
import { RecordNotes } from "../predictions/notes.ts";
import { openRecords, readFilter, readPlace } from "../predictions/request.ts";
import type { LoggedRecord, RecordFilter, RecordSource } from "../predictions/source.ts";
import { candidateOf, type ReplayCandidate } from "./candidate.ts";
import { ReplayClient } from "./client.ts";
import { compareAnswers } from "./compare.ts";
import { replayExitCodes } from "./commands.ts";
import { answerReader, askedProtocol } from "./protocol.ts";
import { replayJson, replayText, type ReplayFindings } from "./report.ts";
import { replayRequest, type ReplayRequest } from "./request.ts";
import { atRate } from "./schedule.ts";
import { ReplayTally } from "./tally.ts";
import { StatusLine } from "../terminal/progress.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";

/** `outrider replay`: sends logged requests again and compares the responses. */
export async function replay(invocation: Invocation, context: CommandContext): Promise<number> {
  const request = replayRequest(invocation);
  const filter = readFilter(invocation, Date.now());
  const result = await readPlace(invocation, context);
  if (result.kind === "mistakes") {
    context.writeError(mistakeReport(result.mistakes));
    return 2;
  }
  const { config, place } = result;
  const notes = new RecordNotes();
  const source = await openRecords(place, notes);
  const signals = listenForStopSignals();
  const stopping = new AbortController();
  void signals.next().then(() => stopping.abort());
  const status = new StatusLine(context);
  try {
    const run = new Replay({ request, config, signal: stopping.signal, status });
    await run.work(source, filter);
    status.clear();
    context.writeError(notes.text());
    const findings = run.findings();
    context.write(
      isSwitchOn(invocation, "--json") ? `${JSON.stringify(replayJson(findings))}\n` : replayText(findings),
    );
    return findings.isStopped ? replayExitCodes.stopped : findings.tally.exitCode();
  } finally {
    status.clear();
    signals.close();
    await source.close();
  }
}

interface ReplayOptions {
  readonly request: ReplayRequest;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly status: StatusLine;
}

interface DueRequest {
  readonly logged: LoggedRecord;
  readonly candidate: ReplayCandidate;
}

/** One run over the log. */
class Replay {
  readonly #options: ReplayOptions;
  readonly #tally: ReplayTally;
  readonly #client: ReplayClient;
  #protocol: Protocol | undefined;
  #reader: BodyReader | undefined;

  constructor(options: ReplayOptions) {
    const { upstream, concurrency, timeoutMs, shown } = options.request;
    this.#options = options;
    this.#tally = new ReplayTally(shown);
    this.#client = new ReplayClient(upstream, concurrency, timeoutMs);
  }

  async work(source: RecordSource, filter: RecordFilter): Promise<void> {
    const { request, signal } = this.#options;
    try {
      const schedule = { perSecond: request.perSecond, concurrency: request.concurrency, signal };
      await atRate(this.#due(source, filter), schedule, (due, lateMs) => this.#send(due, lateMs));
    } finally {
      this.#client.close();
    }
  }

  findings(): ReplayFindings {
    const { request, signal } = this.#options;
    return {
      tally: this.#tally,
      upstream: request.upstream.name,
      protocol: this.#protocol,
      isStopped: signal.aborted,
    };
  }

  async *#due(source: RecordSource, filter: RecordFilter): AsyncGenerator<DueRequest> {
    const { limit = Infinity } = this.#options.request;
    let due = 0;
    for await (const logged of source.records(filter)) {
      if (this.#options.signal.aborted) return;
      const result = candidateOf(logged.record);
      if (result.kind === "skipped") {
        this.#tally.skip(result.reason);
        continue;
      }
      this.#reader ??= await this.#makeReader();
      yield { logged, candidate: result.candidate };
      due++;
      if (due >= limit) return;
    }
  }

  /** Created with the first request to send: without one, the upstream is not contacted. */
  async #makeReader(): Promise<BodyReader> {
    const { config, signal } = this.#options;
    const { protocol } = config;
    this.#protocol = protocol === "auto" ? await askedProtocol(this.#client, signal) : protocol;
    return answerReader(this.#protocol, config);
  }

  async #send({ logged: { record }, candidate }: DueRequest, lateMs: number): Promise<void> {
    const { signal, request, status } = this.#options;
    const { method, path, contentType, headers, body } = candidate;
    this.#tally.began(lateMs, candidate.isRedacted);
    const typed = contentType === "" ? headers : { ...headers, "content-type": contentType };
    const answer = await this.#client.send({ method, path, headers: typed, body }, signal);
    // A request that the signal cancelled says nothing about the server.
    if (signal.aborted || this.#reader === undefined) return;
    if (answer.kind === "failed") {
      this.#tally.unanswered(record, answer.problem);
    } else {
      const comparer = { reader: this.#reader, tolerance: request.tolerance };
      this.#tally.answered(record, compareAnswers(record, answer, comparer), answer.tookMs);
    }
    status.show(() => `${this.#tally.sent} sent, ${this.#tally.different} different, ${this.#tally.failed} failed`);
  }
}
