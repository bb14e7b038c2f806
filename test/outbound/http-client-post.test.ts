import { writeFile } from "node:fs/promises";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "../../src/outbound/http-client.ts";
import { until } from "../support/until.ts";
import { httpParts } from "./started-client.ts";

const body = Buffer.from("what is sent");
const textOf = ({ body: bytes }: HttpAnswer): string => Buffer.from(bytes).toString();

describe("a post to another server", () => {
  const { client, serve, fileOf } = httpParts();

  it("sends body and headers, and returns the response for any status", async () => {
    const url = await serve((request, response) => {
      const { "content-length": length, "x-kind": kind } = request.headers;
      response
        .writeHead(429, { "retry-after": "7" })
        .write(`${request.method} ${request.url} ${length} ${String(kind)} `);
      request.pipe(response);
    });
    const answer = await client().post(`${url}/push?a=1`, { body, headers: { "x-kind": "test" } }, 1000);
    expect([answer.status, answer.retryAfter, textOf(answer)]).toEqual([
      429,
      "7",
      "POST /push?a=1 12 test what is sent",
    ]);
  });

  it("keeps connections for the next posts, and follows no redirect", async () => {
    const paths: string[] = [];
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      paths.push(request.url ?? "");
      ports.add(request.socket.remotePort);
      request.resume().on("end", () => response.writeHead(307, { location: "/elsewhere" }).end());
    });
    const posting = client();
    const asked = Array.from({ length: 20 }, (_, index) => `/${index}`);
    for (const path of asked) {
      const { status, retryAfter } = await posting.post(url + path, { body }, 100);
      expect([status, retryAfter]).toEqual([307, ""]);
    }
    expect(paths).toEqual(asked);
    // A second one is opened when the next post begins before the end of the last has been noted.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it("reads the beginning of a long response and ignores the rest", async () => {
    const url = await serve((_request, response) => response.writeHead(400).end("0123456789".repeat(100_000)));
    const answer = await client().post(url, { body }, 15);
    expect([answer.status, textOf(answer)]).toEqual([400, "012345678901234"]);
    expect((await client().post(url, { body }, 1_000_000)).body).toHaveLength(1_000_000);
  });

  it("sends the current bearer token, or name and password, of the files", async () => {
    const url = await serve((request, response) => response.end(request.headers.authorization ?? "none"));
    const authorization = async (options: Parameters<typeof client>[0]): Promise<string> =>
      textOf(await client(options).post(url, { body }, 1000));
    const tokenFile = await fileOf("secret token\n");
    const passwordFile = await fileOf(" pass:wörd \n");
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
    expect(await authorization({})).toBe("none");
    expect(await authorization({ tokenFile })).toBe("Bearer secret token");
    expect(await authorization({ username: "me", passwordFile })).toBe(basic("me: pass:wörd "));
    expect(await authorization({ username: "me" })).toBe(basic("me:"));
    expect(await authorization({ tokenFile, username: "me", passwordFile })).toBe("Bearer secret token");
    const asking = client({ username: "me", passwordFile });
    await asking.get(url, 100);
    await writeFile(passwordFile, "other");
    expect(textOf(await asking.get(url, 100))).toBe(basic("me:other"));
  });
});

describe("a call that has no answer", () => {
  const { client, serve } = httpParts();
  const silent = async (onConnection: (socket: Socket) => void): Promise<string> => {
    const server = createTcpServer(onConnection);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it("is a connection that could not be made, or broke", async () => {
    const url = await serve((request) => request.socket.resetAndDestroy());
    await expect(client().post(url, { body }, 100)).rejects.toMatchObject({ name: "HttpFailure", code: "connection" });
    await expect(client().post("http://127.0.0.1:1", { body }, 100)).rejects.toMatchObject({
      code: "connection",
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
    const halfway = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.destroy());
    });
    await expect(client().post(halfway, { body }, 100)).rejects.toMatchObject({ code: "connection" });
    await expect(client().get(halfway, 100)).rejects.toMatchObject({ code: "connection" });
    await expect(client().get("nowhere", 100)).rejects.toMatchObject({ code: "connection" });
  });

  it("is a timeout: silence, a response that stops, and a server that does not read", async () => {
    const url = await silent((socket) => socket.on("error", () => undefined).resume());
    await expect(client({ timeoutMs: 50 }).post(url, { body }, 100)).rejects.toMatchObject({ code: "timeout" });
    const stopping = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
    });
    await expect(client({ timeoutMs: 50 }).post(stopping, { body }, 100)).rejects.toMatchObject({ code: "timeout" });
    const deaf = await silent((socket) => socket.on("error", () => undefined).pause());
    const large = Buffer.alloc(32 * 1024 * 1024);
    await expect(client({ timeoutMs: 50 }).post(deaf, { body: large }, 100)).rejects.toMatchObject({ code: "timeout" });
  });

  it("is a cancelled call", async () => {
    let arrived = 0;
    const url = await serve(() => void arrived++);
    const giveUp = new AbortController();
    const call = client().post(url, { body, signal: giveUp.signal }, 100);
    const other = client().get(url, 100, { signal: giveUp.signal });
    await until(() => arrived === 2, "both to arrive");
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted", message: "cancelled" });
    await expect(other).rejects.toMatchObject({ code: "aborted" });
    await expect(client().post(url, { body, signal: giveUp.signal }, 100)).rejects.toMatchObject({ code: "aborted" });
    const closing = client();
    const last = closing.post(url, { body }, 100);
    await until(() => arrived === 3, "the last to arrive");
    await closing.close();
    await expect(last).rejects.toMatchObject({ code: "connection" });
  });

  it("is a response that is too long, or unreadable credentials, and reveals none", async () => {
    const url = await serve((_request, response) => response.end("0123456789"));
    await expect(client().get(url, 9)).rejects.toMatchObject({ code: "too_long" });
    for (const options of [{ tokenFile: "/nowhere/token" }, { username: "me", passwordFile: "/nowhere/password" }]) {
      const failure = client(options).post(url, { body }, 100);
      await expect(failure).rejects.toMatchObject({
        code: "credentials",
        message: expect.stringContaining("/nowhere/") as string,
      });
    }
  });
});
