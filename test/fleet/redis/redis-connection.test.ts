import { createServer, type Server, type Socket, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { createRedisStore } from "../../../src/fleet/redis/redis-store.ts";
import type { FailureReason, StateStore } from "../../../src/fleet/store.ts";
import { until, untilAsync } from "../../support/until.ts";
import { aWindow } from "../support/store-trial.ts";

const servers: Server[] = [];
const stores: StateStore[] = [];

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const server of servers.splice(0)) server.close();
});

/** A server that is not Redis, and a store connected to it. */
async function storeBefore(serve: (socket: Socket) => void): Promise<StateStore> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const store = await createRedisStore({
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fleet: "test",
    clientName: "test",
    connectTimeoutMs: 200,
    commandTimeoutMs: 200,
    clock: systemClock,
  });
  stores.push(store);
  return store;
}

const ask = async (store: StateStore): Promise<FailureReason | "done"> => {
  const outcome = await store.keys(aWindow);
  return outcome.kind === "failed" ? outcome.reason : "done";
};

/** Asks until the answer is one of these; on the way there it may be anything. */
const untilAnswering = (store: StateStore, expected: readonly (FailureReason | "done")[]): Promise<void> =>
  untilAsync(async () => expected.includes(await ask(store)), expected.join(" or "));

/** Answers each command that it can count by its first line with the same words. */
const answering = (answer: string) => (socket: Socket) => {
  socket.on("data", (chunk: Buffer) => {
    const commands = chunk.toString("latin1").match(/(?:^|\r\n)\*\d+\r\n/g)?.length ?? 0;
    socket.write(answer.repeat(commands));
  });
};

describe("a store whose server is not Redis", () => {
  it.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["another type", ":5\r\n"],
    ["a text", "+OK\r\n"],
    ["a null", "$-1\r\n"],
    ["a list of nulls", "*2\r\n$-1\r\n$-1\r\n"],
    ["a map", "%1\r\n+a\r\n:5\r\n"],
    ["an unsolicited message of nothing", ">1\r\n_\r\n"],
    ["a message about nothing", ">3\r\n+subscribe\r\n_\r\n_\r\n"],
    ["a length below zero", "$-5\r\n"],
    ["a length that is not a number", "*x\r\n"],
    ["bytes", "\u0000\u0001\u00ff\r\n"],
    ["lists in lists", "*1\r\n".repeat(20_000)],
  ])("survives %s as a reply", async (_name, answer) => {
    const store = await storeBefore(answering(answer));
    await untilAnswering(store, ["garbage", "timeout", "other"]);
    await ask(store);
  });

  it.each([
    ["nulls", "_\r\n$-1\r\n"],
    ["messages", ">1\r\n_\r\n"],
    ["errors", "-ERR who are you\r\n"],
    ["bytes", "\u0000\u00ff".repeat(1000)],
  ])("survives unsolicited %s", async (_name, words) => {
    let connections = 0;
    const store = await storeBefore((socket) => {
      connections++;
      socket.write(words);
      answering(words)(socket);
    });
    await until(() => connections > 1, "the connection to be made anew");
    expect(await ask(store)).not.toBe("done");
  });

  it("gives up on an endless reply before it fills the memory", async () => {
    const chunk = Buffer.alloc(1_048_576, "x");
    let sent = 0;
    const store = await storeBefore((socket) => {
      socket.once("data", () => {
        socket.write("$2000000000\r\n");
        const more = (): void => {
          while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
          sent += chunk.length;
          if (!socket.destroyed) socket.once("drain", more);
        };
        more();
      });
    });
    await untilAnswering(store, ["timeout", "garbage"]);
    await ask(store);
    expect(sent).toBeGreaterThan(0);
  });

  it("fails as timeout when the server accepts connections and never replies", async () => {
    const store = await storeBefore(() => undefined);
    await untilAnswering(store, ["timeout"]);
  });

  it("fails as unreachable when the server closes connections at once", async () => {
    const store = await storeBefore((socket) => socket.destroy());
    await untilAnswering(store, ["unreachable"]);
  });

  it("has a bound on calls in flight, and fails the rest as backlog", async () => {
    const store = await storeBefore((socket) => {
      // Answers to what a client says of itself; never to a question.
      socket.once("data", () => socket.write("+OK\r\n"));
    });
    await untilAnswering(store, ["timeout"]);
    let outcomes: readonly string[] = [];
    await untilAsync(async () => {
      outcomes = await Promise.all(Array.from({ length: 100 }, () => ask(store)));
      return outcomes.includes("backlog");
    }, "a connection that calls may wait on");
    expect(outcomes.filter((outcome) => outcome !== "backlog").length).toBeLessThanOrEqual(16);
  });
});
