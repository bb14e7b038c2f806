/** Interprets the response of Loki to a push. */
import type { EntryDropReason, RetryReason } from "../../prediction-log/destination.ts";
import { plainText, type LokiHttpAnswer } from "../loki-http.ts";
import { readRefusals, isStreamRateLimit, withoutStreamLabels, type Refusals } from "./refusal-text.ts";

/**
 * Result of a push of one stream. `detail` is a clause for the log: it holds no logged line and no credentials, and at most
 * 200 characters.
 */
export type PushOutcome =
  /** All entries but `refused` are stored. */
  | { readonly kind: "settled"; readonly refused: Refusals; readonly detail: string }
  /** Over the rate limit of the tenant or of this stream; some entries may be stored. `bytesPerSecond` is 0 if unknown. */
  | (Wait & { readonly kind: "rate_limited"; readonly scope: "tenant" | "stream"; readonly bytesPerSecond: number })
  /** The stream is new and over the limit of streams: nothing is stored. */
  | (Wait & { readonly kind: "stream_limit" })
  /** The push is too large: nothing is stored. */
  | { readonly kind: "too_large"; readonly detail: string }
  | (Wait & { readonly kind: "later"; readonly reason: RetryReason });

interface Wait {
  readonly detail: string;
  readonly afterMs?: number;
}

/** Facts about a push that its response is interpreted with. */
export interface PushFacts {
  readonly entries: number;
  /** Wall time, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Interprets a response of any status. Never throws. */
export function readPushAnswer(answer: LokiHttpAnswer, facts: PushFacts): PushOutcome {
  const { status } = answer;
  const text = new TextDecoder().decode(answer.body).trim();
  const words = withoutStreamLabels(text);
  const detail = detailOf(status, text);
  const wait: Wait = { detail, ...waitOf(answer.retryAfter, facts.nowMs) };
  if (isTooLarge(status, words)) return { kind: "too_large", detail };
  if (isPage(status, words)) return { kind: "later", reason: pageReasons[status] ?? "not_found", ...wait };
  if (status < 300) return settled(isBlocked(words) ? allOf(facts, "refused") : new Map(), detail);
  if (status === 429 || isStreamRateLimit(words)) return readLimit(words, wait);
  if (status === 400 && !tenantPattern.test(words)) return settled(readRefusals(words, facts.entries), detail);
  if (status === 422) return settled(allOf(facts, "refused"), detail);
  return { kind: "later", reason: laterReason(status), ...wait };
}

/** HTML pages come from proxies and from servers other than Loki: they say nothing about the entries. */
const isPage = (status: number, text: string): boolean => text.startsWith("<") && status < 500;

/** While ingestion is blocked for a tenant, Loki responds with 260 or another configured status and discards entries. */
const isBlocked = (text: string): boolean => text.startsWith("ingestion blocked");

const isTooLarge = (status: number, text: string): boolean =>
  status === 413 || (status >= 400 && tooLargePattern.test(text));

const allOf = ({ entries }: PushFacts, reason: EntryDropReason): Refusals => new Map([[reason, entries]]);

const settled = (refused: Refusals, detail: string): PushOutcome => ({ kind: "settled", refused, detail });

/** A 400 because of the tenant id is a configuration mistake, like a wrong password. */
const tenantPattern = /^(?:tenant ID |no org id|multiple org IDs)/;

/**
 * Loki bounds its internal messages (`grpc: received message larger than max (5242946 vs. 4194304)`, 500). Of a body longer
 * than `distributor.max_recv_msg_size` or `max_decompressed_size` it reads only the beginning (`unexpected EOF`, 400).
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

/** The error for an unreadable body quotes the body, which must not be logged. */
function detailOf(status: number, text: string): string {
  const [said = ""] = text.split(/,? error found in #/);
  return plainText(`${status} ${said}`, maxDetailLength);
}

/**
 * The wait of a `Retry-After`: whole seconds or a date (RFC 9110, 10.2.3). Empty for any other value, and for a time in the
 * past.
 */
function waitOf(retryAfter: string, nowMs: number): { readonly afterMs?: number } {
  const value = retryAfter.trim();
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? { afterMs: Math.ceil(ms) } : {};
}
