/**
 * The shape of a conformance case: a row of bytes and expectations ({@link WireCase}), or a story for what takes more
 * than one exchange of bytes ({@link StoryCase}). Rows are also run cut at every byte.
 */
import type { WireErrorCode } from "../../../../src/errors/wire-errors.ts";
import type { Relay } from "../../../../src/relay/relay.ts";
import type { RelayOptions } from "../../../../src/relay/options.ts";
import type { RawClient } from "../../../support/raw-client.ts";
import type { ScriptedUpstream } from "../../../support/scripted-upstream.ts";
import type { RelayOverrides, SeenExchange } from "../../../support/start-relay.ts";
import type { Field } from "../../../support/strict/strict-message.ts";
import type { RuleId } from "./rules.ts";

/** Field values by lower-case name: one value, all values in order, or a pattern for the only value. */
export type FieldExpectation = Readonly<Record<string, string | readonly string[] | RegExp>>;

/** What a forwarded request must look like; what is left out is not looked at. */
export interface ExpectedRequest {
  readonly method?: string;
  readonly target?: string;
  readonly body?: string;
  readonly has?: FieldExpectation;
  /** Names that must not be there. */
  readonly lacks?: readonly string[];
  readonly trailers?: readonly Field[];
}

/** What a response must look like to the client. */
export interface ExpectedResponse {
  readonly status?: number;
  readonly reason?: string;
  readonly version?: string;
  readonly body?: string;
  readonly has?: FieldExpectation;
  readonly lacks?: readonly string[];
  readonly framing?: "none" | "length" | "chunked" | "close" | "tunnel";
  readonly trailers?: readonly Field[];
  /** False: the response must break off visibly. */
  readonly complete?: boolean;
}

/** What the upstream answers a complete request with, in raw bytes, and what it does then. */
export interface RawReply {
  readonly pieces: readonly string[];
  readonly then?: "keep" | "close" | "reset";
}

/** The outcome of a row. */
export type Expectation =
  | {
      /** The last request is refused: one of these codes, the connection closed, no complete request upstream. */
      readonly kind: "refused";
      readonly codes: readonly WireErrorCode[];
      /** How many requests before it were answered. */
      readonly after: number;
      /** True when the fault lies in the head, so that not one byte of it may reach the upstream. */
      readonly silent: boolean;
    }
  | {
      readonly kind: "passed";
      readonly requests: readonly ExpectedRequest[];
      /** Final responses; interim ones are looked at by stories. */
      readonly responses: readonly ExpectedResponse[];
      /** Whether the relay must (or must not) close the connection after the last response. */
      readonly closes?: boolean;
    };

/** One row. */
export interface WireCase {
  readonly kind: "wire";
  readonly rule: RuleId;
  readonly name: string;
  readonly send: string;
  /** Methods of the requests in `send`, where they are not all GET. */
  readonly methods: readonly string[];
  readonly reply: RawReply;
  readonly options: RelayOverrides;
  readonly expect: Expectation;
}

/** A running relay in front of a scripted upstream, for one case. */
export interface Stage {
  readonly relay: Relay;
  readonly options: RelayOptions;
  readonly upstream: ScriptedUpstream;
  /** Every finished exchange. */
  readonly seen: readonly SeenExchange[];
  /** A new client connection to the relay. */
  connect(): Promise<RawClient>;
}

/** A case in its own words. */
export interface StoryCase {
  readonly kind: "story";
  readonly rule: RuleId;
  readonly name: string;
  readonly options: RelayOverrides;
  readonly run: (stage: Stage) => Promise<void>;
}

/** A row or a story. */
export type ConformanceCase = WireCase | StoryCase;

/** A reply of status 200 with the body `ok`. */
export const okReply: RawReply = { pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"] };

/** Lines joined as a message head, with the empty line and then `body`. */
export function message(lines: readonly string[], body: string = ""): string {
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A GET of `/` with more header lines. */
export function get(...lines: readonly string[]): string {
  return message(["GET / HTTP/1.1", "Host: a", ...lines]);
}

/** A POST to `/p` with header lines and a body exactly as given. */
export function post(lines: readonly string[], body: string): string {
  return message(["POST /p HTTP/1.1", "Host: a", ...lines], body);
}

/** Knobs of a row that most rows leave alone. */
export interface RowOptions {
  readonly options?: RelayOverrides;
  readonly methods?: readonly string[];
  readonly reply?: RawReply | string;
}

const row = (rule: RuleId, name: string, send: string, extra: RowOptions): Omit<WireCase, "expect"> => ({
  kind: "wire",
  rule,
  name,
  send,
  methods: extra.methods ?? [/^(?:\r\n)?(\S*)/.exec(send)?.[1] ?? "GET"],
  reply: typeof extra.reply === "string" ? { pieces: [extra.reply] } : (extra.reply ?? okReply),
  options: extra.options ?? {},
});

/** A group of rows about one rule whose request head is refused without one byte going upstream. */
export function refused(
  rule: RuleId,
  codes: WireErrorCode | readonly WireErrorCode[],
  rows: Readonly<Record<string, string>>,
): WireCase[] {
  return Object.entries(rows).map(([name, send]) => refusal(rule, name, send, { codes, silent: true }));
}

/** A group of rows whose body is refused: its head may have gone upstream, but never a complete request. */
export function brokenOff(
  rule: RuleId,
  codes: WireErrorCode | readonly WireErrorCode[],
  rows: Readonly<Record<string, string>>,
): WireCase[] {
  return Object.entries(rows).map(([name, send]) => refusal(rule, name, send, { codes, silent: false }));
}

/** One refused row with its knobs. */
export function refusal(
  rule: RuleId,
  name: string,
  send: string,
  extra: RowOptions & {
    readonly codes: WireErrorCode | readonly WireErrorCode[];
    readonly silent?: boolean;
    readonly after?: number;
  },
): WireCase {
  const codes = typeof extra.codes === "string" ? [extra.codes] : extra.codes;
  return {
    ...row(rule, name, send, extra),
    expect: { kind: "refused", codes, after: extra.after ?? 0, silent: extra.silent ?? true },
  };
}

/** What {@link passes} expects: of the one request and the one response, or of several. */
export interface PassOptions extends RowOptions {
  readonly request?: ExpectedRequest;
  readonly response?: ExpectedResponse;
  readonly requests?: readonly ExpectedRequest[];
  readonly responses?: readonly ExpectedResponse[];
  readonly closes?: boolean;
}

/** A row that is forwarded and answered. */
export function passes(rule: RuleId, name: string, send: string, extra: PassOptions = {}): WireCase {
  const requests = extra.requests ?? [extra.request ?? {}];
  const responses = extra.responses ?? [{ status: 200, ...extra.response }];
  const closes = extra.closes === undefined ? {} : { closes: extra.closes };
  return { ...row(rule, name, send, extra), expect: { kind: "passed", requests, responses, ...closes } };
}

/** A row about the response: a plain GET, answered with `reply` as given. */
export function answers(
  rule: RuleId,
  name: string,
  reply: RawReply | string,
  expected: ExpectedResponse & { readonly closes?: boolean },
): WireCase {
  const { closes, ...response } = expected;
  return passes(rule, name, get(), { reply, response, ...(closes === undefined ? {} : { closes }) });
}

/** A story. */
export function story(
  rule: RuleId,
  name: string,
  run: (stage: Stage) => Promise<void>,
  options: RelayOverrides = {},
): StoryCase {
  return { kind: "story", rule, name, run, options };
}
