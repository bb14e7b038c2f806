import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { afterEach, describe, expect, it } from "vitest";

import { startLabelDelivery } from "../../demo/label-delivery.ts";
import type { KnownAnswers } from "../../demo/tally.ts";
import { until } from "../support/until.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface AdminPort {
  readonly url: string;
  /** Method, path, content type and body of each request. */
  readonly asked: (readonly string[])[];
}

const startAdmin = async (status: number, answer: unknown): Promise<AdminPort> => {
  const asked: (readonly string[])[] = [];
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    asked.push([method, url, headers["content-type"] ?? "", await text(request)]);
    response.writeHead(status).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void reply(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

const batch: KnownAnswers = { requestId: "demo-1", labels: [1, 0, 1], rightRows: 2 };
const single: KnownAnswers = { requestId: "demo-2", labels: [0], rightRows: 1 };

describe("the delivery of labels", () => {
  it("tells the sidecar the right answers of each request by its identity, many at a time", async () => {
    const admin = await startAdmin(202, { taken: 4 });
    const delivery = startLabelDelivery(admin.url, 3_600_000);
    delivery.add(batch);
    delivery.add(single);
    expect(delivery.read()).toMatchObject({ rows: 0, rightRows: 0 });
    await delivery.stop();
    const labels = [
      { id: "demo-1", label: [1, 0, 1] },
      { id: "demo-2", label: [0] },
    ];
    expect(admin.asked).toEqual([["POST", "/labels", "application/json", JSON.stringify({ labels })]]);
    expect(delivery.read()).toEqual({ rows: 4, rightRows: 3, failures: 0, lastFailure: "" });
  });

  it("goes on delivering what comes, and asks nothing when nothing has come", async () => {
    const admin = await startAdmin(202, { taken: 1 });
    const delivery = startLabelDelivery(admin.url, 5);
    delivery.add(single);
    await until(() => delivery.read().rows === 1, "the first label is delivered");
    delivery.add(single);
    await until(() => delivery.read().rows === 2, "the second label is delivered");
    await delivery.stop();
    expect(admin.asked).toHaveLength(2);
  });

  it("counts what is not taken, whole or in part, and does not count its labels", async () => {
    const answers: readonly (readonly [number, unknown])[] = [
      [503, { error: "busy" }],
      [202, { taken: 2 }],
      [202, null],
    ];
    for (const [status, answer] of answers) {
      const admin = await startAdmin(status, answer);
      const delivery = startLabelDelivery(admin.url, 3_600_000);
      delivery.add(batch);
      await delivery.stop();
      const { rows, failures, lastFailure } = delivery.read();
      expect({ rows, failures }).toEqual({ rows: 0, failures: 1 });
      expect(lastFailure).toContain(`${status} `);
    }
  });

  it("says why when the sidecar does not answer at all", async () => {
    const delivery = startLabelDelivery("http://127.0.0.1:1", 3_600_000);
    delivery.add(single);
    await delivery.stop();
    expect(delivery.read()).toMatchObject({ rows: 0, failures: 1 });
    expect(delivery.read().lastFailure).not.toBe("");
  });
});
