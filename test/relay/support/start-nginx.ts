import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectRaw } from "../../support/raw-client.ts";
import { patienceMs } from "../../support/until.ts";
import { setTimeout as delay } from "node:timers/promises";

/** A running nginx in front of an upstream. */
export interface NginxPeer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

const nginxPath = "/usr/sbin/nginx";

/** True where nginx is installed. */
export function hasNginx(): boolean {
  return existsSync(nginxPath);
}

/** Starts nginx as a plain, unbuffered reverse proxy with kept-alive upstream connections on a free loopback port. */
export async function startNginx(upstream: { readonly host: string; readonly port: number }): Promise<NginxPeer> {
  const folder = mkdtempSync(join(tmpdir(), "nginx-peer-"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration(folder, port, upstream));
  const child = spawn(nginxPath, ["-p", folder, "-c", file, "-e", join(folder, "error.log")], { stdio: "ignore" });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      (await connectRaw({ host: "127.0.0.1", port })).close();
      break;
    } catch (error) {
      if (performance.now() > deadline || child.exitCode !== null) throw error;
      await delay(20);
    }
  }
  return {
    host: "127.0.0.1",
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function configuration(
  folder: string,
  port: number,
  upstream: { readonly host: string; readonly port: number },
): string {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 100m;
  large_client_header_buffers 4 16k;
  upstream server { server ${upstream.host}:${upstream.port}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://server;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      proxy_buffering off;
    }
  }
}
`;
}
