import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { RunningAdmin } from "../../src/admin/admin.ts";
import { call, json, open, raw, somePorts, start, stopAdmins } from "./support/admin-port.ts";
import { until } from "../support/until.ts";

afterEach(stopAdmins);

/** An admin port that keeps the bodies it was sent. */
async function startKeeping(over: Parameters<typeof start>[0] = {}) {
  const bodies: string[] = [];
  const types: string[] = [];
  const ports = somePorts({
    labels: async (body, contentType) => {
      bodies.push(Buffer.from(body).toString());
      types.push(contentType);
      return { status: body.length === 0 ? 400 : 202, body: { bytes: body.length } };
    },
  });
  return { ...(await start({ ports, ...over })), bodies, types };
}

async function post(
  admin: RunningAdmin,
  parts: readonly string[],
  options: { readonly headers?: Record<string, string>; readonly agent?: Agent } = {},
): Promise<{ readonly status: number; readonly body: string; readonly isKept: boolean }> {
  const { host, port } = admin.address;
  const { headers = {}, agent = false } = options;
  const outgoing = request({ host, port, path: "/labels", method: "POST", headers, agent });
  for (const part of parts) outgoing.write(part);
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  let body = "";
  for await (const part of incoming.setEncoding("utf8")) body += String(part);
  return { status: incoming.statusCode ?? 0, body, isKept: incoming.headers.connection !== "close" };
}

const head = (lines: string): string => `POST /labels HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines}\r\n\r\n`;
const livez = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const errorIn = (text: string): unknown =>
  (JSON.parse(text.slice(text.indexOf("{"))) as { error: { code: string } }).error.code;

describe("bodies on the admin port", () => {
  it("are refused in a content coding, with what to do", async () => {
    const admin = await startKeeping();
    const refused = await post(admin, ["ab"], { headers: { "content-encoding": "gzip" } });
    expect([refused.status, errorIn(refused.body)]).toEqual([415, "encoding_unsupported"]);
    expect((await post(admin, ["ab"], { headers: { "content-encoding": "identity" } })).status).toBe(202);
    expect(admin.bodies).toEqual(["ab"]);
  });

  it("are taken with a length and in chunks, one after the other on a kept connection", async () => {
    const admin = await startKeeping();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answer = await post(admin, ["ab"], { agent, headers: { "content-length": "2", "content-type": "text/x" } });
    expect([answer.status, json({ ...answer, headers: {} }), answer.isKept]).toEqual([202, { bytes: 2 }, true]);
    expect((await post(admin, ["a", "b", "c".repeat(200_000)], { agent })).isKept).toBe(true);
    expect((await post(admin, [], { agent })).status).toBe(400);
    agent.destroy();
    expect(admin.bodies.map((body) => body.length)).toEqual([2, 200_002, 0]);
    expect(admin.types).toEqual(["text/x", "", ""]);
  });

  it("leave the next request on the connection alone, whole or byte by byte", async () => {
    const admin = await startKeeping();
    const bytes = `${head("Content-Length: 3")}abc${head("Transfer-Encoding: chunked")}3\r\ndef\r\n0\r\n\r\n${livez}`;
    const together = await raw(admin, bytes);
    expect(together.match(/HTTP\/1\.1 20[02] /g)).toHaveLength(3);
    const socket = open(admin).setNoDelay(true);
    let text = "";
    socket.setEncoding("latin1").on("data", (part) => (text += String(part)));
    for (const byte of bytes) await new Promise((resolve) => socket.write(byte, resolve));
    await once(socket, "end");
    expect(text).toBe(together);
    expect(admin.bodies).toEqual(["abc", "def", "abc", "def"]);
  });

  it("get 100 Continue when the client waits for it, and only then", async () => {
    const admin = await startKeeping();
    const socket = open(admin);
    let text = "";
    socket.setEncoding("latin1").on("data", (part) => (text += String(part)));
    socket.write(head("Content-Length: 3\r\nExpect: 100-continue"));
    await until(() => text === "HTTP/1.1 100 Continue\r\n\r\n", "the client is told to go on");
    socket.write(`abc${livez}`);
    await once(socket, "end");
    expect(text.match(/HTTP\/1\.1 20[02] /g)).toHaveLength(2);
    const eager = await raw(admin, `${head("Content-Length: 3\r\nExpect: 100-continue")}abc${livez}`);
    expect(eager).not.toContain("100 Continue");
  });

  it("are not requested when the call is refused", async () => {
    const admin = await startKeeping();
    const refused = head("Origin: https://evil.example\r\nContent-Length: 3\r\nExpect: 100-continue");
    const text = await raw(admin, refused);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toContain("Connection: close");
    expect(admin.bodies).toEqual([]);
  });

  it.each([
    ["announced too long", head("Content-Length: 8388609"), 413, "body_too_large"],
    ["in broken chunks", `${head("Transfer-Encoding: chunked")}x\r\n`, 400, "chunk_malformed"],
  ])("that are %s are refused and end the connection", async (_, bytes, status, code) => {
    const admin = await startKeeping();
    const text = await raw(admin, bytes);
    expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(text).toContain("Connection: close");
    expect(errorIn(text)).toBe(code);
    expect(admin.bodies).toEqual([]);
    expect((await call(admin, "/livez")).status).toBe(200);
  });

  it("that grow past the bound are cut off while they come", async () => {
    const admin = await startKeeping();
    const answer = await post(
      admin,
      Array.from({ length: 9 }, () => "x".repeat(1_048_576)),
    );
    expect([answer.status, answer.isKept]).toEqual([413, false]);
  });

  it("must arrive in time", async () => {
    const admin = await startKeeping({ timeouts: { bodyMs: 50 } });
    const text = await raw(admin, `${head("Content-Length: 3")}a`);
    expect([text.slice(0, 12), errorIn(text)]).toEqual(["HTTP/1.1 408", "body_timeout"]);
  });

  it("that end too early are refused", async () => {
    const admin = await startKeeping();
    const text = await raw(admin, `${head("Content-Length: 3")}ab`, { end: true });
    expect([text.slice(0, 12), errorIn(text)]).toEqual(["HTTP/1.1 400", "body_incomplete"]);
    expect(await raw(admin, `${head("Content-Length: 2")}ab`, { end: true })).toMatch(/^HTTP\/1\.1 202 /);
    expect(admin.bodies).toEqual(["ab"]);
  });

  it("share a bounded memory, and give it back when their client goes", async () => {
    const admin = await startKeeping({ bodyMemoryBytes: 100_000 });
    const first = open(admin);
    first.write(`${head("Content-Length: 10")}a`);
    const untilAnswered = async (status: number): Promise<string> => {
      for (;;) {
        const answer = await post(admin, ["abc"]);
        if (answer.status === status) return answer.body;
      }
    };
    expect(errorIn(await untilAnswered(503))).toBe("bodies_too_many");
    first.destroy();
    await untilAnswered(202);
  });

  it("do not outlive the stop of the port", async () => {
    const admin = await startKeeping();
    const socket = open(admin);
    socket.write(`${head("Content-Length: 3")}a`);
    await once(socket, "connect");
    await admin.stop();
    expect(admin.errors).toEqual([]);
  });
});

describe("routes that show what was learned", () => {
  it("return the reports, for the requested model", async () => {
    const admin = await start({ ports: somePorts({ drift: (query) => query, fleet: async () => ({ leader: "a" }) }) });
    expect(json(await call(admin, "/drift"))).toEqual({});
    expect(json(await call(admin, "/drift?model=a%20b"))).toEqual({ model: "a b" });
    expect(json(await call(admin, "/fleet"))).toEqual({ leader: "a" });
    expect(json(await call(admin, "/accuracy"))).toEqual({ models: [] });
  });
});
