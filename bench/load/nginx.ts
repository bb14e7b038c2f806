/**
 * nginx: one worker, kept-alive connections to the upstream, no access log; bodies are streamed, never put on disk, and
 * go through buffers of 64 KiB: with its own of 4 and 16 KiB, large bodies cost it twice as much, and the yardstick
 * would be too easy.
 */
import { findProgram } from "../host/find-program.ts";
import { runProgram } from "../host/program.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** The yardstick: every ratio of the bench is to this one, measured in the same round. */
export const nginx: Peer = {
  name: "nginx",
  title: "nginx, 1 worker",
  isCostly: false,
  isOutrider: false,
  isAvailable: () => findProgram("nginx") !== undefined,
  remedy: "Install the system package `nginx`.",
  version: async () => {
    const described = await runProgram({
      command: "sh",
      args: ["-c", 'exec "$0" -v 2>&1', findProgram("nginx") ?? ""],
    });
    return /nginx\/(\S+)/.exec(described)?.[1] ?? "unknown";
  },
  start: (upstreamPort) =>
    startPeer("nginx", upstreamPort, {
      describe: ({ port, folder, writeFile }) => ({
        command: findProgram("nginx") ?? "nginx",
        args: ["-e", "stderr", "-p", folder, "-c", writeFile("nginx.conf", configuration(upstreamPort, port, folder))],
      }),
    }),
};

const configuration = (upstreamPort: number, port: number, folder: string): string => `
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_timeout 3600s;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_temp_path ${folder}/client_body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream model {
    server 127.0.0.1:${upstreamPort};
    keepalive 512;
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      client_body_buffer_size 64k;
      proxy_buffer_size 16k;
      proxy_buffers 8 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
      proxy_read_timeout 3600s;
    }
  }
}
`;
