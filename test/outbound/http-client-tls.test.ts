import { copyFile, writeFile } from "node:fs/promises";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { startLokiStandIn, type LokiStandIn, type LokiStandInPlan } from "../support/loki/loki-stand-in.ts";
import { makeTestCertificates, type TestCertificates } from "./test-certificates.ts";
import { httpParts } from "./started-client.ts";

describe("calls over TLS", () => {
  const { client, folder, fileOf } = httpParts();
  let certificates: TestCertificates;
  const open: LokiStandIn[] = [];

  beforeAll(() => {
    certificates = makeTestCertificates(folder);
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });

  const start = async (tls: LokiStandInPlan["tls"] = {}): Promise<string> => {
    const { cert, key } = certificates.server;
    const server = await startLokiStandIn({ tls: { cert, key, ...tls } });
    open.push(server);
    return `${server.url}/ready`;
  };
  const mutual = (): Promise<string> => start({ ca: certificates.ca, requestCert: true, rejectUnauthorized: true });

  it("trust a server by the configured CA, and no other", async () => {
    const url = await start();
    const { caFile } = certificates;
    expect((await client({ caFile }).get(url, 100)).status).toBe(200);
    expect((await client({ caFile }).get(url.replace("127.0.0.1", "localhost"), 100)).status).toBe(200);
    await expect(client().get(url, 100)).rejects.toMatchObject({
      code: "connection",
      message: expect.stringMatching(/self-signed|unable to (get|verify)/) as string,
    });
    const { caFile: other } = makeTestCertificates(folder);
    await expect(client({ caFile: other }).get(url, 100)).rejects.toMatchObject({ code: "connection" });
  });

  it("send a client certificate to a server that requires one", async () => {
    const url = await mutual();
    const { caFile, client: own } = certificates;
    const { certFile, keyFile } = own;
    expect((await client({ caFile, certFile, keyFile }).get(url, 100)).status).toBe(200);
    expect((await client({ caFile, certFile, keyFile }).post(url, { body: Buffer.from("x") }, 100)).status).toBe(200);
    await expect(client({ caFile }).get(url, 100)).rejects.toMatchObject({ code: "connection" });
  });

  it("read the files again for a new connection", async () => {
    const { caFile: other } = makeTestCertificates(folder);
    const caFile = await fileOf("");
    await copyFile(other, caFile);
    const url = await start();
    const asking = client({ caFile });
    await expect(asking.get(url, 100)).rejects.toMatchObject({ code: "connection" });
    await copyFile(certificates.caFile, caFile);
    expect((await asking.get(url, 100)).status).toBe(200);
  });

  it("fail while files are missing, and work once they exist", async () => {
    const url = await mutual();
    const { caFile, client: own } = certificates;
    const certFile = await fileOf("no certificate");
    const asking = client({ caFile, certFile, keyFile: own.keyFile });
    await expect(asking.get(url, 100)).rejects.toMatchObject({ code: "connection" });
    await writeFile(certFile, own.cert);
    expect((await asking.get(url, 100)).status).toBe(200);
    await expect(client({ caFile: "/nowhere/ca.pem" }).get(url, 100)).rejects.toMatchObject({
      code: "credentials",
      message: expect.stringContaining("/nowhere/ca.pem") as string,
    });
  });
});
