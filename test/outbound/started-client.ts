import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach } from "vitest";
import { createHttpClient, type HttpClient, type HttpClientOptions } from "../../src/outbound/http-client.ts";

/** For tests: makes clients and servers, and ends them after each test. */
export interface StartedParts {
  /** A fresh folder, deleted in the end. */
  readonly folder: string;
  /** A fresh file in it with this text. */
  fileOf(text: string): Promise<string>;
  client(options?: Partial<HttpClientOptions>): HttpClient;
  /** Serves on a port of its own; resolves to the address. */
  serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string>;
}

/** See {@link StartedParts}. */
export function httpParts(): StartedParts {
  const open: (() => Promise<void>)[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-outbound-"));
  let files = 0;
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
  });
  return {
    folder,
    fileOf: async (text) => {
      const file = path.join(folder, `file-${files++}`);
      await writeFile(file, text);
      return file;
    },
    client: (options = {}) => {
      const made = createHttpClient({ timeoutMs: 5000, tokenFile: "", ...options });
      open.push(() => made.close());
      return made;
    },
    serve: async (answer) => {
      const server = createServer(answer);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      open.push(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  };
}
