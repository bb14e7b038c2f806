import { existsSync } from "node:fs";
import path from "node:path";
import { Redis } from "ioredis";
import { freePorts, type ServerProcess, startServer } from "./server-process.ts";

/** A real Redis on a port of the loopback address. */
export interface RedisServer extends ServerProcess {
  readonly port: number;
  readonly url: string;
  /** Sends a command past everything that is tested. */
  command(name: string, ...args: readonly (string | number)[]): Promise<unknown>;
  /** The same with another password than it was started with. */
  commandAs(password: string, name: string, ...args: readonly (string | number)[]): Promise<unknown>;
}

/** How to start it. */
export interface RedisServerOptions {
  /** Its log and its files go there. */
  readonly folder: string;
  /** A port to start again on; left out, a free one. */
  readonly port?: number;
  /** Options as on the command line, for instance `--appendonly`, `yes`. */
  readonly args?: readonly string[];
  readonly password?: string;
}

/** The program, or undefined where it is not installed. */
export function findRedis(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => path.join(folder, "redis-server")).find((file) => existsSync(file));
}

/** Starts a Redis that saves nothing by default, and waits until it answers. */
export async function startRedis(program: string, options: RedisServerOptions): Promise<RedisServer> {
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  const { folder, password } = options;
  const commandAs = (
    login: string | undefined,
    name: string,
    ...args: readonly (string | number)[]
  ): Promise<unknown> => withClient(port, login, (client) => client.call(name, [...args]));
  const command = (name: string, ...args: readonly (string | number)[]): Promise<unknown> =>
    commandAs(password, name, ...args);
  const server = await startServer({
    name: `redis-${port}`,
    command: program,
    args: [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--dir",
      folder,
      "--enable-debug-command",
      "local",
      ...(password === undefined ? [] : ["--requirepass", password]),
      ...(options.args ?? []),
    ],
    folder,
    isReady: async () => (await command("PING")) === "PONG",
  });
  return { ...server, port, url: `redis://127.0.0.1:${port}`, command, commandAs };
}

async function withClient<T>(
  port: number,
  password: string | undefined,
  action: (client: Redis) => Promise<T>,
): Promise<T> {
  const client = new Redis(port, "127.0.0.1", {
    lazyConnect: true,
    // CLIENT PAUSE and DEBUG SLEEP keep answers back for as long as a test says.
    commandTimeout: 30_000,
    retryStrategy: null,
    // A Redis that is busy or loading answers no questions about itself, but some commands.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    maxRetriesPerRequest: 0,
    ...(password === undefined ? {} : { password }),
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await action(client);
  } finally {
    client.disconnect();
  }
}
