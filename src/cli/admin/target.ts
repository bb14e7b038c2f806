/** Address and token of the admin port, from flags and the environment. */
import { readFile } from "node:fs/promises";

import { OutriderError } from "../../errors/outrider-error.ts";
import type { AdminAnswer } from "./call.ts";
import type { TcpAddress } from "../../text/address.ts";
import { parseAddress } from "../../config/address.ts";
import { flagText, type CommandContext, type Invocation } from "../program/command.ts";

/** Where the admin port is, and the token to send. */
export interface AdminTarget {
  readonly admin: TcpAddress;
  readonly token: string | undefined;
}

/** Reads `adminFlags`, or the environment when a flag is not given. Fails with `usage` or `file_unreadable`. */
export async function adminTarget(invocation: Invocation, context: CommandContext): Promise<AdminTarget> {
  const admin = adminAddress(flagText(invocation, "--admin") ?? context.environment["OUTRIDER_ADMIN_LISTEN"]);
  return { admin, token: await readToken(flagText(invocation, "--token-file")) };
}

/** Fails with `admin_refused` and the response, unless the response has one of these statuses. */
export function refuseUnless(answer: AdminAnswer, statuses: readonly number[]): void {
  if (!statuses.includes(answer.status)) {
    const detail = answer.body.trim().slice(0, 200);
    throw new OutriderError(
      "admin_refused",
      `the sidecar answered ${answer.status}${detail === "" ? "" : `: ${detail}`}`,
    );
  }
}

/** The address may be one to listen on: `0.0.0.0` and `[::]` are replaced by loopback to connect. */
function adminAddress(text: string | undefined): TcpAddress {
  const parsed = parseAddress(text ?? "127.0.0.1:18090");
  if (parsed.kind === "wrong") {
    throw new OutriderError("usage", `--admin ${text ?? ""}: ${parsed.problem}, e.g. 127.0.0.1:18090`);
  }
  const { host, port } = parsed.value;
  if (port === 0) {
    throw new OutriderError("usage", "--admin needs a port, not 0: the sidecar logs the actual port at start");
  }
  const local: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return { host: local[host] ?? host, port };
}

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) {
    return undefined;
  }
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new OutriderError("file_unreadable", `${file}: ${(error as Error).message}`, { cause: error });
  }
}
