import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createNetServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";

import { systemClock } from "../../src/clock.ts";
import type { Protocol } from "../../src/protocols/list.ts";
import { startProber } from "../../src/probe/prober.ts";
import type { Prober, ProberOptions, UpstreamState } from "../../src/probe/prober.ts";
import { createModelServer, empty, modelServers } from "../support/model-server-answers.ts";
import type { ServerAnswers } from "../support/model-server-answers.ts";
import { until } from "../support/until.ts";

type Address = ProberOptions["upstream"];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: Server, address?: Address): Promise<Address> {
  await new Promise<void>((resolve) => {
    if (address?.kind === "unix") server.listen(address.path, resolve);
    else server.listen(address?.port ?? 0, "127.0.0.1", resolve);
  });
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return address ?? { kind: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

/** An address where nobody listens. */
async function freeAddress(): Promise<Address> {
  const server = createNetServer();
  const address = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  cleanups.pop();
  return address;
}

interface Watch {
  readonly prober: Prober;
  readonly found: Protocol[];
  readonly changes: UpstreamState[];
}

/** An interval of an hour: what happens after the first check happens because a test asks for it. */
function watch(upstream: Address, more: Partial<ProberOptions> = {}): Watch {
  const found: Protocol[] = [];
  const changes: UpstreamState[] = [];
  const prober = startProber({
    upstream,
    protocol: "auto",
    modelName: "",
    modelVersion: "",
    intervalMs: 3_600_000,
    timeoutMs: 5000,
    clock: systemClock,
    onProtocol: (protocol) => void found.push(protocol),
    onChange: (state) => changes.push(state),
    ...more,
  });
  cleanups.push(() => prober.stop());
  return { prober, found, changes };
}

describe("a prober that must find the protocol", () => {
  it.each([
    ["mlflow", "mlflow", ""],
    ["tensorflowServing", "tensorflow-serving", "half_plus_two"],
    ["torchserve", "torchserve", "m"],
    ["torchserveWithOpenInference", "torchserve", ""],
    ["kserve", "kserve-v1", "iris"],
    ["mlserver", "kserve-v2", "iris"],
    ["triton", "kserve-v2", "add"],
    ["bentoml", "bentoml", ""],
    ["vllm", "openai", ""],
    ["vllmWithKey", "openai", ""],
  ] as const)("finds %s over a real connection and calls it ready", async (name, protocol, modelName) => {
    const upstream = await listen(createModelServer(() => modelServers[name]));
    const { prober, found } = watch(upstream, { modelName });
    const state = await prober.checkNow();
    expect(state).toMatchObject({ isLive: true, isReady: true, protocol });
    expect(state.checkedAtMs).toBeGreaterThan(0);
    await prober.checkNow();
    expect(found).toEqual([protocol]);
  });

  it("keeps asking until the server listens, soon after the start", async () => {
    const upstream = await freeAddress();
    const { prober, found, changes } = watch(upstream);
    expect(prober.state()).toMatchObject({ isLive: false, isReady: false, protocol: undefined, checkedAtMs: 0 });
    expect(await prober.checkNow()).toMatchObject({ isLive: false, isReady: false, protocol: undefined });
    expect(prober.state().reason).toMatch(/^connection refused at 127\.0\.0\.1:\d+: is the model server running/);
    await listen(
      createModelServer(() => modelServers.mlflow),
      upstream,
    );
    await until(() => prober.state().isReady, "the prober finds the server by itself");
    expect(found).toEqual(["mlflow"]);
    expect(changes.at(-1)).toEqual(prober.state());
  });

  it("stays not ready with advice while the server is like none, and keeps asking", async () => {
    let current: ServerAnswers = { answers: {}, fallback: () => empty(404) };
    const { prober, found } = watch(await listen(createModelServer(() => current)));
    const state = await prober.checkNow();
    expect(state).toMatchObject({ isLive: true, isReady: false, protocol: undefined });
    expect(state.reason).toContain("--protocol generic");
    current = modelServers.triton;
    await until(() => prober.state().isReady, "the prober recognises the server later");
    expect(found).toEqual(["kserve-v2"]);
  });

  it("asks one question only of a server that accepts connections but says nothing", async () => {
    let questions = 0;
    const server = createNetServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => questions++);
    });
    const { prober } = watch(await listen(server), { timeoutMs: 100, intervalMs: 3_600_000 });
    expect(await prober.checkNow()).toMatchObject({ isLive: false, isReady: false });
    prober.stop();
    expect(questions).toBe(1);
  });

  it("asks for readiness only once the protocol is found", async () => {
    const lines: string[] = [];
    const upstream = await listen(
      createModelServer(
        () => modelServers.mlflow,
        (line) => lines.push(line),
      ),
    );
    const { prober } = watch(upstream);
    await prober.checkNow();
    lines.length = 0;
    await prober.checkNow();
    expect(lines).toEqual(["GET /ping"]);
  });

  it("calls nothing ready before the protocol has been taken up", async () => {
    const upstream = await listen(createModelServer(() => modelServers.mlflow));
    const { promise: isTakenUp, resolve: takeUp } = Promise.withResolvers<void>();
    const { promise: isFound, resolve: find } = Promise.withResolvers<void>();
    const { prober } = watch(upstream, {
      onProtocol: async () => {
        find();
        await isTakenUp;
      },
    });
    const checked = prober.checkNow();
    await isFound;
    expect(prober.state()).toMatchObject({ isReady: false });
    takeUp();
    expect(await checked).toMatchObject({ isReady: true });
  });
});

describe("a prober with a configured protocol", () => {
  it("follows a server that loses and regains its readiness, and tells of changes only", async () => {
    let current: ServerAnswers = modelServers.mlserver;
    const upstream = await listen(createModelServer(() => current));
    const { prober, found, changes } = watch(upstream, { protocol: "kserve-v2" });
    expect(prober.state().protocol).toBe("kserve-v2");
    expect(await prober.checkNow()).toMatchObject({ isLive: true, isReady: true });
    current = { answers: {}, fallback: () => empty(400) };
    expect(await prober.checkNow()).toMatchObject({ isLive: true, isReady: false });
    await prober.checkNow();
    current = modelServers.mlserver;
    expect(await prober.checkNow()).toMatchObject({ isReady: true });
    expect(changes.map((state) => state.isReady)).toEqual([true, false, true]);
    expect(found).toEqual([]);
  });

  it("asks a configured path instead of the protocol's own", async () => {
    const lines: string[] = [];
    const upstream = await listen(
      createModelServer(
        () => modelServers.bentoml,
        (line) => lines.push(line),
      ),
    );
    const { prober } = watch(upstream, { protocol: "generic", path: "/readyz" });
    expect(await prober.checkNow()).toMatchObject({ isReady: true, reason: "/readyz answers 200" });
    expect(lines).toEqual(["GET /readyz"]);
  });

  it("only opens a connection to a generic server, and sends nothing", async () => {
    let received = 0;
    let connections = 0;
    const server = createNetServer((socket) => {
      connections++;
      socket.on("data", (bytes) => (received += bytes.length));
      socket.on("error", () => undefined);
    });
    const { prober } = watch(await listen(server), { protocol: "generic" });
    expect(await prober.checkNow()).toMatchObject({ isLive: true, isReady: true });
    expect({ connections, received }).toEqual({ connections: 1, received: 0 });
  });

  it("reaches a server on a Unix socket, and names a missing one", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "prober-"));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const upstream: Address = { kind: "unix", path: path.join(folder, "model.sock") };
    const { prober } = watch(upstream, { protocol: "mlflow" });
    expect((await prober.checkNow()).reason).toBe(
      `there is no socket at unix:${upstream.path}: has the model server been started?`,
    );
    await listen(
      createModelServer(() => modelServers.mlflow),
      upstream,
    );
    await until(() => prober.state().isReady, "the server behind the socket is found");
  });

  it("shares one check between those who ask at the same time", async () => {
    const lines: string[] = [];
    const upstream = await listen(
      createModelServer(
        () => modelServers.mlflow,
        (line) => lines.push(line),
      ),
    );
    const { prober } = watch(upstream, { protocol: "mlflow" });
    await Promise.all([prober.checkNow(), prober.checkNow(), prober.checkNow()]);
    expect(lines).toEqual(["GET /ping"]);
  });

  it("asks nothing more once it is stopped, and still answers", async () => {
    const lines: string[] = [];
    const upstream = await listen(
      createModelServer(
        () => modelServers.mlflow,
        (line) => lines.push(line),
      ),
    );
    const { prober } = watch(upstream, { protocol: "mlflow", intervalMs: 5 });
    await until(() => lines.length > 3, "the interval passes a few times");
    prober.stop();
    const before = prober.state();
    const count = lines.length;
    expect(await prober.checkNow()).toBe(before);
    expect(lines.length).toBeLessThanOrEqual(count + 1);
  });

  it("ends the question that is under way when it is stopped", async () => {
    let isClosed = false;
    let isConnected = false;
    const server = createNetServer((socket) => {
      isConnected = true;
      socket.on("error", () => undefined);
      socket.on("close", () => (isClosed = true));
      socket.resume();
    });
    const { prober } = watch(await listen(server), { protocol: "mlflow", timeoutMs: 60_000 });
    const checked = prober.checkNow();
    await until(() => isConnected, "the question arrives");
    prober.stop();
    expect((await checked).isReady).toBe(false);
    await until(() => isClosed, "the connection is closed");
  });
});
