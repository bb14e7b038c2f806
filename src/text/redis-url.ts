import type { Address } from "./address.ts";

/** Place and login of a Redis server, from one URL. */
export interface RedisAddress {
  readonly place:
    | (Extract<Address, { readonly kind: "tcp" }> & { readonly isTls: boolean })
    | Extract<Address, { readonly kind: "unix" }>;
  readonly username: string;
  readonly password: string;
  readonly database: number;
}

const defaultPort = 6379;
const expected =
  "expected redis://[user:password@]host[:port][/database], rediss://… for TLS, or unix:///path/to/socket";

/**
 * Parses `redis://`, `rediss://` (TLS) and `unix:///path?db=n`. For anything else it returns a text that says what is
 * wrong; the text never contains the URL, which may hold a password.
 */
export function parseRedisUrl(text: string): RedisAddress | string {
  const url = URL.parse(text);
  if (url === null) return `not a URL; ${expected}`;
  const login = decodeLogin(url);
  if (login === undefined) return `the user or the password has an invalid % escape; ${expected}`;
  switch (url.protocol) {
    case "redis:":
    case "rediss:":
      return parseTcp(url, login);
    case "unix:":
      return parseUnix(url, login);
    default:
      return `the scheme is ${url.protocol}; ${expected}`;
  }
}

type Login = Pick<RedisAddress, "username" | "password">;

function parseTcp(url: URL, login: Login): RedisAddress | string {
  const database = readDatabase(url.pathname.replace(/^\//, ""));
  if (database === undefined) return `the database is not a number; ${expected}`;
  if (url.hostname === "") return `the host is missing; ${expected}`;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? defaultPort : Number(url.port);
  return { place: { kind: "tcp", host, port, isTls: url.protocol === "rediss:" }, ...login, database };
}

function parseUnix(url: URL, login: Login): RedisAddress | string {
  const database = readDatabase(url.searchParams.get("db") ?? "");
  if (database === undefined) return `db is not a number; ${expected}`;
  if (url.host !== "" || url.pathname.length < 2) return `the path is missing; ${expected}`;
  return { place: { kind: "unix", path: decodeURIComponent(url.pathname) }, ...login, database };
}

function readDatabase(text: string): number | undefined {
  return /^\d{0,4}$/.test(text) ? Number(text) : undefined;
}

function decodeLogin(url: URL): Login | undefined {
  try {
    // Also detects an invalid escape in the path.
    decodeURIComponent(url.pathname);
    return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch {
    return undefined;
  }
}
