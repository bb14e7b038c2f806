/** Credentials of outgoing calls. Files are read for every use, because they may be rotated. */
import { readFile } from "node:fs/promises";
import { HttpFailure } from "./http-failure.ts";

/** Files and names of credentials. Empty strings mean none. */
export interface CredentialFiles {
  /** File with a bearer token. Takes precedence over basic authentication. */
  readonly tokenFile: string;
  /** User name for basic authentication, and the file with the password. */
  readonly username?: string;
  readonly passwordFile?: string;
  /** CA certificates that verify the server (PEM). Default: Node's. */
  readonly caFile?: string;
  /** Client certificate and its key (PEM), for servers that require one. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Contents of the TLS files (PEM), in the names of `node:tls`; absent where no file is configured. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The value of `Authorization`; undefined without credentials. Rejects with an `HttpFailure` when a file is unreadable. */
export async function authorizationOf(files: CredentialFiles): Promise<string | undefined> {
  const { tokenFile, username = "", passwordFile = "" } = files;
  if (tokenFile !== "") return `Bearer ${(await readSecret(tokenFile)).trim()}`;
  if (username === "") return undefined;
  // Only the line end is removed: spaces may be part of a password.
  const password = passwordFile === "" ? "" : (await readSecret(passwordFile)).replace(/\r?\n$/, "");
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Reads the files for TLS. Rejects with an `HttpFailure` when one is unreadable. */
export async function readTlsFiles(files: CredentialFiles): Promise<TlsFiles> {
  const [ca, cert, key] = await Promise.all([files.caFile, files.certFile, files.keyFile].map(readOptional));
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

const readOptional = (file: string | undefined): Promise<string | undefined> =>
  file === undefined || file === "" ? Promise.resolve(undefined) : readSecret(file);

async function readSecret(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new HttpFailure("credentials", (error as Error).message, error);
  }
}
