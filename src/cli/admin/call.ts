/** HTTP client of the admin port of a running sidecar. */
import { request } from "node:http";

import { OutriderError } from "../../errors/outrider-error.ts";
import { formatAddress, type TcpAddress } from "../../text/address.ts";

/** Options of {@link adminCall}. */
export interface AdminCall {
  readonly admin: TcpAddress;
  /** Admin token; `undefined` sends none. */
  readonly token: string | undefined;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly timeoutMs: number;
  /** Maximum response length, in UTF-16 code units; the rest is cut off. Default 65,536. */
  readonly maxBodyLength?: number;
}

/** Response of the sidecar; the body may be cut off. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends the call. Returns the response whatever its status; fails with `admin_unreachable` when none arrives in time. */
export async function adminCall(call: AdminCall): Promise<AdminAnswer> {
  try {
    return await send(call);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ECONNREFUSED" ? "connection refused" : message;
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
