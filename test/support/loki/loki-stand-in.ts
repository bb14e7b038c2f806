/** A small server that answers as Loki 3.7 was seen to: pushes, query_range, readiness. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { emptyStore, ingest, type LokiTenantStore } from "./loki-ingest.ts";
import { usualLokiLimits, type LokiLimits } from "./loki-limits.ts";
import { queryStore } from "./loki-logql.ts";
import { parsePush, PushRefusal } from "./loki-request.ts";

/** What happens to a push instead of, or before, the usual. */
export type PushScript =
  /** Never answered. */
  | { readonly kind: "hang" }
  /** The connection breaks before the body is looked at. */
  | { readonly kind: "reset" }
  /** The push is carried out, and the answer lost. */
  | { readonly kind: "lose_answer" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** How it is started. */
export interface LokiStandInPlan {
  /** Limits of all tenants, and those of single ones on top. */
  readonly limits?: LokiLimits;
  readonly tenants?: Readonly<Record<string, LokiLimits>>;
  /** `ingester.max_chunk_age`; 10 minutes when left out. */
  readonly maxChunkAgeMs?: number;
  /** The only value of `Authorization` that is let in; anybody is when it is left out. */
  readonly authorization?: string;
  /** Makes it a server of HTTPS. */
  readonly tls?: ServerOptions;
  /** Wall time, milliseconds. */
  readonly now?: () => number;
}

/** A push that came in. */
export interface SeenPush {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was when decompressed; empty when the script looked away. */
  readonly body: string;
  /** 0 when it was not answered. */
  readonly status: number;
}

/** See {@link startLokiStandIn}. */
export interface LokiStandIn {
  readonly url: string;
  readonly pushes: readonly SeenPush[];
  /** Connections that were made. */
  readonly connections: number;
  /** What happens to the next pushes, one after the other; then the usual again. */
  script(...scripts: readonly PushScript[]): void;
  /** Lines of a tenant, oldest first. */
  linesOf(tenant: string): readonly string[];
  /** Makes room for other streams, as idle ones do in time; what they held is gone as well. */
  forgetStreams(tenant: string): void;
  close(): Promise<void>;
}

/** Starts it on a port of its own. It asks for a tenant, as Loki does with `auth_enabled`. */
export async function startLokiStandIn(plan: LokiStandInPlan = {}): Promise<LokiStandIn> {
  const state: StandInState = { plan, stores: new Map(), pushes: [], scripts: [] };
  const answer = (request: IncomingMessage, response: ServerResponse): void => void onRequest(state, request, response);
  const server = plan.tls === undefined ? createServer(answer) : createTlsServer(plan.tls, answer);
  let connections = 0;
  server.on(plan.tls === undefined ? "connection" : "secureConnection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${plan.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    pushes: state.pushes,
    get connections() {
      return connections;
    },
    script: (...more) => void state.scripts.push(...more),
    linesOf: (tenant) => linesOf(storeOf(state, tenant)),
    forgetStreams: (tenant) => storeOf(state, tenant).streams.clear(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface StandInState {
  readonly plan: LokiStandInPlan;
  readonly stores: Map<string, LokiTenantStore>;
  readonly pushes: SeenPush[];
  readonly scripts: PushScript[];
}

const nowOf = ({ plan }: StandInState): number => (plan.now ?? Date.now)();

function storeOf({ plan, stores }: StandInState, tenant: string): LokiTenantStore {
  const known = stores.get(tenant);
  if (known !== undefined) return known;
  const store = emptyStore({ ...usualLokiLimits, ...plan.limits, ...plan.tenants?.[tenant] });
  stores.set(tenant, store);
  return store;
}

async function onRequest(state: StandInState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://stand-in");
  const tenant = String(request.headers["x-scope-orgid"] ?? "");
  const { authorization } = state.plan;
  if (authorization !== undefined && request.headers.authorization !== authorization) {
    answerText(response, 401, "unauthorized");
  } else if (url.pathname === "/ready") answerText(response, 200, "ready");
  else if (tenant === "") answerText(response, 401, "no org id");
  else if (url.pathname === "/loki/api/v1/push") await onPush(state, { request, response, tenant });
  else if (url.pathname === "/loki/api/v1/query_range") onQuery(state, url, { response, tenant });
  else answerText(response, 404, "404 page not found");
}

interface PushCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly tenant: string;
}

async function onPush(state: StandInState, { request, response, tenant }: PushCall): Promise<void> {
  const script = state.scripts.shift();
  const { headers } = request;
  const see = (body: string, status: number): void => void state.pushes.push({ headers, body, status });
  if (script?.kind === "hang" || script?.kind === "reset") {
    see("", 0);
    if (script.kind === "reset") request.socket.resetAndDestroy();
    return;
  }
  const bytes = await bytesOf(request);
  const body = String(headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes);
  if (script?.kind === "answer") {
    see(body, script.status);
    response.writeHead(script.status, { "content-type": "text/plain", ...script.headers }).end(script.text ?? "");
    return;
  }
  const [status, text] = carryOut(state, tenant, body);
  see(body, script === undefined ? status : 0);
  if (script === undefined) answerText(response, status, text);
  else request.socket.resetAndDestroy();
}

function carryOut(state: StandInState, tenant: string, body: string): readonly [status: number, text: string] {
  const { maxChunkAgeMs = 600_000 } = state.plan;
  try {
    ingest(parsePush(body), { tenant, store: storeOf(state, tenant), nowMs: nowOf(state), maxChunkAgeMs });
    return [204, ""];
  } catch (error) {
    if (!(error instanceof PushRefusal)) throw error;
    return [error.status, error.message];
  }
}

function onQuery(state: StandInState, url: URL, { response, tenant }: Omit<PushCall, "request">): void {
  const asked = Object.fromEntries(url.searchParams);
  const { query = "", start = "0", end = String(BigInt(nowOf(state)) * 1_000_000n), direction = "backward" } = asked;
  const limit = Number(asked["limit"] ?? 100);
  const store = storeOf(state, tenant);
  const most = store.limits.max_entries_limit_per_query;
  if (limit > most) {
    const bound = `max_entries_limit_per_query (${limit} > ${most})`;
    answerText(response, 400, `max entries limit per query exceeded, limit > ${bound}`);
    return;
  }
  try {
    const result = queryStore(store, { query, startNs: BigInt(start), endNs: BigInt(end), limit, direction });
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "success", data: { resultType: "streams", result, stats: {} } }));
  } catch (error) {
    answerText(response, 400, (error as Error).message);
  }
}

function linesOf(store: LokiTenantStore): readonly string[] {
  const all = { query: "{service_name=~`.+`}", startNs: 0n, endNs: 2n ** 63n, limit: Infinity, direction: "forward" };
  return queryStore(store, all)
    .flatMap(({ values }) => values)
    .toSorted(([left], [right]) => Number(BigInt(left) - BigInt(right)))
    .map(([, line]) => line);
}

const answerText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text === "" ? "" : `${text}\n`);
};

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
