/** What Loki's answer to a push means for the entries that were pushed. */
import type { EntryDropReason, RetryReason } from "../../prediction-log/destination.ts";
import type { LokiHttpAnswer } from "../loki-http.ts";
import { plainText } from "./plain-text.ts";
import { readRefusals, saysStreamRate, withoutStreams, type Refusals } from "./refusal-text.ts";
import { waitOf } from "./retry-after.ts";

/** What became of a push of one stream. `detail` is a clause for the log: no line, no credentials, at most 200 characters. */
export type PushOutcome =
  /** It is over with: all but `refused` are stored. */
  | { readonly kind: "settled"; readonly refused: Refusals; readonly detail: string }
  /** Too much of late, for the tenant or for this stream: nothing is stored, or a part. `bytesPerSecond` is 0 when it is not said. */
  | (Wait & { readonly kind: "rate_limited"; readonly scope: "tenant" | "stream"; readonly bytesPerSecond: number })
  /** The stream does not exist and may not be made: nothing is stored. */
  | (Wait & { readonly kind: "stream_limit" })
  /** More than is taken in one piece: nothing is stored. */
  | { readonly kind: "too_large"; readonly detail: string }
  | (Wait & { readonly kind: "later"; readonly reason: RetryReason });

interface Wait {
  readonly detail: string;
  readonly afterMs?: number;
}

/** What was pushed, and when the answer came. */
export interface PushFacts {
  readonly entries: number;
  /** Wall time, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Reads an answer, whatever its status. */
export function readPushAnswer(answer: LokiHttpAnswer, facts: PushFacts): PushOutcome {
  const { status } = answer;
  const text = new TextDecoder().decode(answer.body).trim();
  const words = withoutStreams(text);
  const detail = detailOf(status, text);
  const wait: Wait = { detail, ...waitOf(answer.retryAfter, facts.nowMs) };
  if (isTooLarge(status, words)) return { kind: "too_large", detail };
  if (isPage(status, words)) return { kind: "later", reason: pageReasons[status] ?? "not_found", ...wait };
  if (status < 300) return settled(isBlocked(words) ? allOf(facts, "refused") : new Map(), detail);
  if (status === 429 || saysStreamRate(words)) return readLimit(words, wait);
  if (status === 400 && !tenantPattern.test(words)) return settled(readRefusals(words, facts.entries), detail);
  if (status === 422) return settled(allOf(facts, "refused"), detail);
  return { kind: "later", reason: laterReason(status), ...wait };
}

/** Pages are of proxies and of servers that are no Loki: they say nothing about entries. */
const isPage = (status: number, text: string): boolean => text.startsWith("<") && status < 500;

/** Loki answers 260, or another status that is configured, while it takes nothing from a tenant and does not want it again. */
const isBlocked = (text: string): boolean => text.startsWith("ingestion blocked");

const isTooLarge = (status: number, text: string): boolean =>
  status === 413 || (status >= 400 && tooLargePattern.test(text));

const allOf = ({ entries }: PushFacts, reason: EntryDropReason): Refusals => new Map([[reason, entries]]);

const settled = (refused: Refusals, detail: string): PushOutcome => ({ kind: "settled", refused, detail });

/** Of these 400s: a tenant that cannot be one is a mistake of the configuration, like a wrong password. */
const tenantPattern = /^(?:tenant ID |no org id|multiple org IDs)/;

/**
 * Messages between Loki's own parts are bounded (`grpc: received message larger than max (5242946 vs. 4194304)`, 500), and
 * of a longer body than `distributor.max_recv_msg_size` or `max_decompressed_size` only the beginning is read, which then
 * ends too early (`unexpected EOF`, 400).
 */
const tooLargePattern =
  /message larger than max|request body too large|compressed message size|unexpected (?:EOF|end of input)/;

const laterReasons: Readonly<Record<number, RetryReason>> = {
  400: "unauthorized",
  401: "unauthorized",
  403: "unauthorized",
  404: "not_found",
  405: "not_found",
  407: "unauthorized",
  408: "timeout",
  504: "timeout",
};

const pageReasons: Readonly<Record<number, RetryReason>> = {
  401: "unauthorized",
  403: "unauthorized",
  429: "rate_limited",
};

const laterReason = (status: number): RetryReason =>
  laterReasons[status] ?? (status < 400 ? "not_found" : "server_error");

function readLimit(words: string, wait: Wait): PushOutcome {
  if (words.includes("maximum active stream limit exceeded")) return { kind: "stream_limit", ...wait };
  const perStream = /Per stream rate limit exceeded \(limit: ([\d.]+)([KMGT]?)B\/sec\)/.exec(words);
  if (perStream !== null) {
    const bytesPerSecond = Number(perStream[1]) * 1024 ** " KMGT".indexOf(perStream[2] || " ");
    return { kind: "rate_limited", scope: "stream", bytesPerSecond, ...wait };
  }
  const bytesPerSecond = Number(/\(limit: (\d+) bytes\/sec\)/.exec(words)?.[1] ?? 0);
  return { kind: "rate_limited", scope: "tenant", bytesPerSecond, ...wait };
}

const maxDetailLength = 200;

/** What Loki says of a body that it cannot read quotes the body, which is not for the log. */
function detailOf(status: number, text: string): string {
  const [said = ""] = text.split(/,? error found in #/);
  return plainText(`${status} ${said}`, maxDetailLength);
}
