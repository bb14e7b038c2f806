/** Calls the admin port of a running sidecar. */
import { request } from "node:http";

import { formatAddress, type TcpAddress } from "../../text/address.ts";
import { OutriderError } from "../../errors.ts";

/** One call. */
export interface AdminCall {
  readonly admin: TcpAddress;
  /** Bearer token, if one is needed. */
  readonly token: string | undefined;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly timeoutMs: number;
  /** Longest answer that is read, in UTF-16 code units; the rest is left out. Default 65,536. */
  readonly maxBodyLength?: number;
}

/** What the sidecar answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends the call and returns the answer whatever its status; `admin_unreachable` when there is none in time. */
export async function adminCall(call: AdminCall): Promise<AdminAnswer> {
  try {
    return await send(call);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ECONNREFUSED" ? "nothing listens there" : message;
    throw new OutriderError("admin_unreachable", `${formatAddress(call.admin)}: ${reason}`, { cause: error });
  }
}

async function send(call: AdminCall): Promise<AdminAnswer> {
  const { admin, token, method, path, timeoutMs, maxBodyLength = 65_536 } = call;
  const { promise, resolve, reject } = Promise.withResolvers<AdminAnswer>();
  const outgoing = request({
    host: admin.host,
    port: admin.port,
    method,
    path,
    agent: false,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  outgoing.on("error", reject);
  outgoing.on("response", (incoming) => {
    let body = "";
    incoming.setEncoding("utf8");
    incoming.on("data", (part: string) => {
      body = (body + part).slice(0, maxBodyLength);
    });
    incoming.on("error", reject);
    incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body }));
  });
  outgoing.end();
  return promise;
}
