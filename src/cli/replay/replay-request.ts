import { parseUpstream } from "../../config/upstream.ts";
import type { TcpAddress } from "../../text/address.ts";
import { parseTime } from "../../text/quantity.ts";
import { OutriderError } from "../../errors.ts";
import { flagText, type FlagSpec, type Invocation } from "../program/command.ts";
import { readCount } from "../predictions/predictions-request.ts";

/** Where requests are sent. */
export interface ReplayUpstream {
  /** As it was given, for people. */
  readonly name: string;
  readonly isTls: boolean;
  /** A host with its port, or a socket. */
  readonly address: TcpAddress | { readonly socketPath: string };
  /** Goes before the path of each request; without a slash at its end. */
  readonly pathPrefix: string;
}

/** How they are sent and compared. */
export interface ReplayRequest {
  readonly upstream: ReplayUpstream;
  readonly perSecond: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Most requests; undefined for all. */
  readonly limit: number | undefined;
  readonly tolerance: number;
  /** Differences that are told one by one. */
  readonly shown: number;
}

const maxRequests = 1_000_000_000;

/** Reads the flags of `outrider replay` that are its own; fails with `usage` at the first that makes no sense. */
export function replayRequest(invocation: Invocation): ReplayRequest {
  return {
    upstream: readUpstream(flagText(invocation, "--upstream")),
    perSecond: readNumber(invocation, "--rate", 50, { over: 0, most: 100_000 }),
    concurrency: readCount(invocation, "--concurrency", 1024) ?? 8,
    timeoutMs: readTimeout(flagText(invocation, "--timeout") ?? "30s"),
    limit: readCount(invocation, "--limit", maxRequests),
    tolerance: readNumber(invocation, "--tolerance", 1e-9, { over: -1, most: 1e300 }),
    shown: flagText(invocation, "--show") === "0" ? 0 : (readCount(invocation, "--show", 10_000) ?? 10),
  };
}

function readUpstream(text: string | undefined): ReplayUpstream {
  if (text === undefined) {
    throw usage("name the server to send to with --upstream, e.g. --upstream http://127.0.0.1:8080");
  }
  return text.startsWith("unix:") ? ofSocket(text) : ofUrl(text);
}

function ofUrl(text: string): ReplayUpstream {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw usage(`--upstream ${text}: a URL that begins with http://, https:// or unix: is expected`);
  }
  if ([url.username, url.password, url.search, url.hash].some((part) => part !== "")) {
    throw usage("--upstream: a user name, a query or a fragment has no place in it");
  }
  const isTls = url.protocol === "https:";
  const usualPort = isTls ? 443 : 80;
  return {
    name: text,
    isTls,
    address: {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? usualPort : Number(url.port),
    },
    pathPrefix: url.pathname.replace(/\/+$/, ""),
  };
}

function ofSocket(name: string): ReplayUpstream {
  const reading = parseUpstream(name);
  if (reading.kind === "wrong") throw usage(`--upstream ${name}: ${reading.problem}`);
  const { value } = reading;
  if (value.kind !== "unix") throw usage(`--upstream ${name}: the path of a socket is expected`);
  return { name, isTls: false, address: { socketPath: value.path }, pathPrefix: "" };
}

interface NumberBounds {
  readonly over: number;
  readonly most: number;
}

function readNumber(
  invocation: Invocation,
  flag: FlagSpec["name"],
  otherwise: number,
  { over, most }: NumberBounds,
): number {
  const text = flagText(invocation, flag);
  if (text === undefined) return otherwise;
  const number = Number(text);
  const isNumber = /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(text) && number > over && number <= most;
  if (!isNumber) throw usage(`${flag} ${text}: a number ${over < 0 ? "from" : "over"} 0 is expected`);
  return number;
}

function readTimeout(text: string): number {
  const timeoutMs = parseTime(text);
  if (timeoutMs >= 1 && timeoutMs <= 86_400_000) return timeoutMs;
  throw usage(`--timeout ${text}: a time from 1ms to 24h is expected, e.g. 30s`);
}

function usage(message: string): OutriderError {
  return new OutriderError("usage", message);
}
