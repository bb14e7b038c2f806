import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { listen } from "../src/listen.ts";

describe("listening", () => {
  it("tells the port that the system chose", async () => {
    const server = createServer();
    const address = await listen(server, { host: "127.0.0.1", port: 0 }, "the data port");
    expect(address).toEqual({ host: "127.0.0.1", port: (server.address() as { port: number }).port });
    expect(address.port).toBeGreaterThan(0);
    server.close();
  });

  it("says which address is taken", async () => {
    const first = createServer();
    const { port } = await listen(first, { host: "127.0.0.1", port: 0 }, "the data port");
    await expect(listen(createServer(), { host: "127.0.0.1", port }, "the admin port")).rejects.toMatchObject({
      code: "port_in_use",
      message: expect.stringContaining(`the admin port cannot listen on 127.0.0.1:${port}`) as string,
    });
    first.close();
  });

  it("says which address is not this machine's", async () => {
    await expect(listen(createServer(), { host: "192.0.2.1", port: 0 }, "the data port")).rejects.toMatchObject({
      code: "address_unavailable",
      message: expect.stringContaining("192.0.2.1:0") as string,
    });
    await expect(listen(createServer(), { host: "2001:db8::1", port: 0 }, "the data port")).rejects.toMatchObject({
      message: expect.stringContaining("[2001:db8::1]:0") as string,
    });
  });
});
