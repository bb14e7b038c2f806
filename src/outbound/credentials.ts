/** What a caller shows of itself, read from files each time because they may be replaced. */
import { readFile } from "node:fs/promises";
import { HttpFailure } from "./http-failure.ts";

/** Where credentials are. Empty texts stand for none. */
export interface CredentialFiles {
  /** File with a bearer token. It comes before basic authentication. */
  readonly tokenFile: string;
  /** Name for basic authentication, and the file with its password. */
  readonly username?: string;
  readonly passwordFile?: string;
  /** Certificates (PEM) that the server's is held against; those of Node when empty. */
  readonly caFile?: string;
  /** Certificate and key (PEM) that are shown to a server that asks. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** What TLS needs of them. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The value of `Authorization`; undefined for none. Rejects with an `HttpFailure` when a file cannot be read. */
export async function authorizationOf(files: CredentialFiles): Promise<string | undefined> {
  const { tokenFile, username = "", passwordFile = "" } = files;
  if (tokenFile !== "") return `Bearer ${(await readSecret(tokenFile)).trim()}`;
  if (username === "") return undefined;
  // Only the line end goes: blanks may be part of a password.
  const password = passwordFile === "" ? "" : (await readSecret(passwordFile)).replace(/\r?\n$/, "");
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** The contents of the files for TLS. Rejects with an `HttpFailure` when one cannot be read. */
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
