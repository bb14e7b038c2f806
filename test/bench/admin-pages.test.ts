import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { countSeries, fetchPage, sumOfSeries, timedMeanwhile } from "../../bench/host/admin-pages.ts";
import { until } from "../support/until.ts";

const page = `# HELP bodies_read_total Bodies.
# TYPE bodies_read_total counter
bodies_read_total{side="request"} 12
bodies_read_total{side="response"} 30
bodies_read_total_other 1000
ratio 0.25

`;

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe("what the bench reads from an admin port", () => {
  it("counts samples and no comments", () => {
    expect(countSeries(page)).toBe(4);
    expect(countSeries("")).toBe(0);
  });

  it("adds up the samples of one metric, all or those with a label, and of no other that begins alike", () => {
    expect(sumOfSeries(page, "bodies_read_total")).toBe(42);
    expect(sumOfSeries(page, "bodies_read_total", 'side="request"')).toBe(12);
    expect(sumOfSeries(page, "ratio")).toBe(0.25);
    expect(sumOfSeries(page, "rat")).toBe(0);
  });

  it("takes no other answer than 200 for a page", async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/metrics" ? 200 : 404;
      response.end(page);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await fetchPage(port, "/metrics")).toBe(page);
    await expect(fetchPage(port, "/nowhere")).rejects.toThrow(/nowhere was answered with 404/);
  });
});

describe("asking while something else goes on", () => {
  it("ends with the work, and tells of every call how long it took", async () => {
    let calls = 0;
    const call = async (): Promise<void> => {
      calls += 1;
    };
    const { result, tookMs } = await timedMeanwhile(1, call, async () => {
      await until(() => calls >= 3, "three calls");
      return "done";
    });
    expect(result).toBe("done");
    expect(tookMs).toHaveLength(calls);
  });

  it("fails when a call or the work does", async () => {
    let hasCalled = false;
    const failingCall = async (): Promise<void> => {
      hasCalled = true;
      throw new Error("no page");
    };
    const work = (): Promise<void> => until(() => hasCalled, "a call");
    await expect(timedMeanwhile(1, failingCall, work)).rejects.toThrow("no page");
    const failingWork = (): Promise<void> => Promise.reject(new Error("no load"));
    await expect(timedMeanwhile(1, async () => undefined, failingWork)).rejects.toThrow("no load");
  });
});
