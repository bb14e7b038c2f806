import { writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { dispatched } from "../support/recorded-context.ts";
import { startedServer } from "../support/started-server.ts";

interface Admin {
  readonly address: string;
  readonly calls: string[];
}

/** An admin port that answers as told and remembers what it was asked. */
async function startAdmin(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Admin> {
  const calls: string[] = [];
  const address = await startedServer((request, response) => {
    calls.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    answer(request, response);
  });
  return { address, calls };
}

const always =
  (status: number, body = "{}") =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status).end(body);
  };

describe("outrider drain", () => {
  it("begins the drain, waits, and says so", async () => {
    const admin = await startAdmin(always(200));
    const { exitCode, output, errors } = await dispatched(["drain", "--admin", admin.address, "--max", "2m"]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output).toMatch(/^Drained after \d+ ms\.\n$/);
    expect(admin.calls).toEqual(["POST /drain -", "GET /drain/wait?max=120000ms -"]);
  });

  it("takes the admin address from the environment, and replaces a wildcard address by loopback", async () => {
    const admin = await startAdmin(always(200));
    const environment = { OUTRIDER_ADMIN_LISTEN: admin.address.replace("127.0.0.1", "0.0.0.0") };
    expect((await dispatched(["drain"], { environment })).exitCode).toBe(0);
    expect(admin.calls).toHaveLength(2);
  });

  it("sends the token from its file", async () => {
    const admin = await startAdmin(always(200));
    const file = path.join(await temporaryDirectory(), "token");
    await writeFile(file, "s3cret\n");
    await dispatched(["drain", "--admin", admin.address, "--token-file", file]);
    expect(admin.calls).toEqual(["POST /drain Bearer s3cret", "GET /drain/wait?max=30000ms Bearer s3cret"]);
  });

  it("prints JSON", async () => {
    const admin = await startAdmin(always(200));
    const { output } = await dispatched(["drain", "--admin", admin.address, "--json"]);
    expect(JSON.parse(output)).toEqual({ drained: true, waited_ms: expect.any(Number) });
  });

  it("fails when requests were still in flight", async () => {
    const admin = await startAdmin((request, response) => {
      response.writeHead(request.method === "POST" ? 200 : 503).end("{}");
    });
    const { exitCode, output, errors } = await dispatched(["drain", "--admin", admin.address, "--json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ drained: false });
    expect(errors).toContain("(drain_incomplete)");
  });

  it("fails with the response when the sidecar refuses", async () => {
    const admin = await startAdmin(always(403, "a token is needed"));
    const { exitCode, errors } = await dispatched(["drain", "--admin", admin.address]);
    expect(exitCode).toBe(1);
    expect(errors).toContain("403: a token is needed (admin_refused)");
    expect(errors).toContain("--token-file");
    expect(admin.calls).toHaveLength(1);
  });

  it("fails when no sidecar answers", async () => {
    const { exitCode, errors } = await dispatched(["drain", "--admin", "127.0.0.1:1"]);
    expect(exitCode).toBe(1);
    expect(errors).toContain("127.0.0.1:1: connection refused (admin_unreachable)");
  });

  it.each([
    [["--admin", "nowhere"], "the port is missing"],
    [["--admin", "127.0.0.1:0"], "not 0"],
    [["--max", "soon"], "e.g. 30s"],
    [["--max", "25h"], "from 0s to 24h"],
    [["--token-file", "/nowhere/token"], "/nowhere/token"],
    [["--mx", "1s"], "did you mean --max?"],
  ])("refuses %j", async (words, hint) => {
    const { exitCode, errors } = await dispatched(["drain", ...words]);
    expect(exitCode).toBe(2);
    expect(errors).toContain(hint);
  });
});
