import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { connectRaw } from "../../support/raw-client.ts";
import { recordExchanges, relayOptions, startTestRelay } from "../../support/start-relay.ts";
import { until } from "../../support/until.ts";

/** A server that sends the first half of a response and then waits for its end. */
const program = (head: string): string => `
  require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write(${JSON.stringify(head)}));
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

describe("a model server that is killed in the middle of a response", () => {
  for (const [name, head] of [
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ] as const) {
    it(`leaves the client with a visibly broken response (${name})`, async () => {
      const server = spawn(process.execPath, ["-e", program(head)], { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = (await once(server.stdout, "data")) as [Buffer];
      const { seen, observer } = recordExchanges();
      const upstream = { kind: "tcp", host: "127.0.0.1", port: Number(String(line)) } as const;
      const relay = await startTestRelay(relayOptions(upstream, { observers: [observer] }));
      const client = await connectRaw(relay.address);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.received("half");
      server.kill("SIGKILL");
      await client.left();
      const { responses, error } = client.reading();
      expect(error).toBe("");
      expect(responses.map(({ status, complete }) => ({ status, complete }))).toEqual([
        { status: 200, complete: false },
      ]);
      expect(client.bytes().subarray(-4).toString()).not.toBe("\r\n\r\n");
      await until(() => seen.length === 1, "the exchange to be recorded");
      expect(seen[0]?.outcome).toBe("upstream_reset");
      expect(relay.counters.responsesBrokenTotal).toBe(1);

      const after = await connectRaw(relay.address);
      after.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await after.response()).status).toBe(502);
      after.close();
      await relay.stop();
    });
  }
});
