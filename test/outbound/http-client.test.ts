import { createServer, type Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpClient, type HttpClient } from "../../src/outbound/http-client.ts";

describe("the client for other servers", () => {
  const open: (Server | HttpClient)[] = [];
  const client = (timeoutMs = 5000, tokenFile = ""): HttpClient => {
    const made = createHttpClient({ timeoutMs, tokenFile });
    open.push(made);
    return made;
  };
  const serve = async (answer: (url: string, authorization: string | undefined) => readonly [number, string]) => {
    const server = createServer((request, response) => {
      const [status, body] = answer(request.url ?? "", request.headers.authorization);
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(async () => {
    for (const part of open.splice(0)) {
      if ("closeAllConnections" in part) part.closeAllConnections();
      await part.close();
    }
  });

  it("returns status and body for any status", async () => {
    const url = await serve((path) => [path === "/there" ? 200 : 404, `asked for ${path}`]);
    const { status, body } = await client().get(`${url}/there`, 100);
    expect([status, Buffer.from(body).toString()]).toEqual([200, "asked for /there"]);
    expect((await client().get(`${url}/nowhere`, 100)).status).toBe(404);
  });

  it("reads no more than the bound", async () => {
    const url = await serve(() => [200, "x".repeat(1001)]);
    expect((await client().get(url, 1001)).body).toHaveLength(1001);
    await expect(client().get(url, 1000)).rejects.toThrow("longer than 1000 bytes");
  });

  it("sends the current token of the file, and follows no redirect with it", async () => {
    const seen: string[] = [];
    const url = await serve((path, authorization) => {
      seen.push(`${path} ${authorization ?? "none"}`);
      return [302, ""];
    });
    const tokenFile = path.join(await mkdtemp(path.join(tmpdir(), "outrider-token-")), "token");
    await writeFile(tokenFile, "first\n");
    const asking = client(5000, tokenFile);
    expect((await asking.get(`${url}/a`, 100)).status).toBe(302);
    await writeFile(tokenFile, "second\n");
    await asking.get(`${url}/b`, 100);
    expect(seen).toEqual(["/a Bearer first", "/b Bearer second"]);
  });

  it("times out on a silent server", async () => {
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    await expect(client(50).get(`http://127.0.0.1:${port}/`, 100)).rejects.toThrow(/timeout/i);
    silent.close();
  });
});
