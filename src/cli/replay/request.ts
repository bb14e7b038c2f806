import type { TcpAddress } from "../../text/address.ts";
import { parseUpstream } from "../../config/upstream.ts";
import { flagText, type Invocation } from "../program/command.ts";
import { countFlag, numberFlag, timeFlag, usageError } from "../program/flag-values.ts";

/** The server that receives the replayed requests: TCP, TLS or a Unix socket. */
export interface ReplayUpstream {
  /** As given on the command line, for messages. */
  readonly name: string;
  readonly isTls: boolean;
  /** Host and port, or the path of a Unix socket. */
  readonly address: TcpAddress | { readonly socketPath: string };
  /** Put before the path of each request; has no trailing slash. */
  readonly pathPrefix: string;
}

/** The command line of `outrider replay`, checked, without the filter. */
export interface ReplayRequest {
  readonly upstream: ReplayUpstream;
  readonly perSecond: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Maximum requests to send; `undefined` for all. */
  readonly limit: number | undefined;
  readonly tolerance: number;
  /** Maximum differences, and failures, to print in detail. */
  readonly shown: number;
}

const maxRequests = 1_000_000_000;

/** Reads the flags. Fails with `usage` at the first mistake. */
export function replayRequest(invocation: Invocation): ReplayRequest {
  return {
    upstream: readUpstream(flagText(invocation, "--upstream")),
    perSecond: numberFlag(invocation, "--rate", { default: 50, max: 100_000 }),
    concurrency: countFlag(invocation, "--concurrency", 1024) ?? 8,
    timeoutMs: timeFlag(invocation, "--timeout", { default: "30s", min: "1ms", max: "24h" }),
    limit: countFlag(invocation, "--limit", maxRequests),
    tolerance: numberFlag(invocation, "--tolerance", { default: 1e-9, isZeroAllowed: true }),
    shown: flagText(invocation, "--show") === "0" ? 0 : (countFlag(invocation, "--show", 10_000) ?? 10),
  };
}

function readUpstream(text: string | undefined): ReplayUpstream {
  if (text === undefined) {
    throw usageError("--upstream is needed, e.g. --upstream http://127.0.0.1:8080");
  }
  return text.startsWith("unix:") ? ofSocket(text) : ofUrl(text);
}

function ofUrl(text: string): ReplayUpstream {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw usageError(`--upstream ${text}: a URL that begins with http://, https:// or unix: is expected`);
  }
  if ([url.username, url.password, url.search, url.hash].some((part) => part !== "")) {
    throw usageError("--upstream must not have a user name, a query or a fragment");
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
  const parsed = parseUpstream(name);
  if (parsed.kind === "wrong") throw usageError(`--upstream ${name}: ${parsed.problem}`);
  const { value } = parsed;
  if (value.kind !== "unix") throw usageError(`--upstream ${name}: the path of a socket is expected`);
  return { name, isTls: false, address: { socketPath: value.path }, pathPrefix: "" };
}
