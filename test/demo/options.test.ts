import { describe, expect, it } from "vitest";

import { readHostAndPort, writeHostAndPort } from "../../demo/processes/addresses.ts";
import { readDemoOptions } from "../../demo/options.ts";

describe("the demonstration's command line", () => {
  it("asks for 150 requests per second to the documented ports when it is empty", () => {
    expect(readDemoOptions([])).toEqual({
      help: false,
      mlflow: false,
      json: false,
      protocol: "mlflow",
      requestsPerSecond: 150,
      durationSeconds: 0,
      driftAfterSeconds: 40,
      latencyMs: 8,
      seed: 1,
      listen: { host: "127.0.0.1", port: 18_080, isGiven: false },
      admin: { host: "127.0.0.1", port: 18_090, isGiven: false },
    });
  });

  it("sends fewer requests per second to a real MLflow server, and changes the unit later, by default", () => {
    expect(readDemoOptions(["--mlflow"])).toMatchObject({ requestsPerSecond: 50, driftAfterSeconds: 60 });
    const given = readDemoOptions(["--mlflow", "--rate", "80", "--drift-after", "0"]);
    expect(given).toMatchObject({ requestsPerSecond: 80, driftAfterSeconds: 0 });
  });

  it("takes addresses in every form", () => {
    expect(readDemoOptions(["--listen", "[::1]:0", "--admin", "9000"])).toMatchObject({
      listen: { host: "::1", port: 0, isGiven: true },
      admin: { host: "127.0.0.1", port: 9_000, isGiven: true },
    });
    expect(writeHostAndPort({ host: "::1", port: 80 })).toBe("[::1]:80");
    expect(readHostAndPort("localhost:1")).toEqual({ host: "localhost", port: 1 });
  });

  it.each([
    [["--rate", "fast"], "--rate fast: expected a number from 0.1 to 5000"],
    [["--rate", ""], "--rate : expected a number"],
    [["--duration", "-1"], "--duration"],
    [["--drift-after", "soon"], "--drift-after soon: expected a number from 0 to 86400"],
    [["--seed", "NaN"], "--seed NaN: expected a number"],
    [["--protocol", "grpc"], "--protocol grpc: expected one of mlflow, tensorflow-serving, kserve-v2"],
    [["--mlflow", "--protocol", "kserve-v2"], "a real MLflow server supports only mlflow"],
    [["--listen", "127.0.0.1:99999"], "--listen 127.0.0.1:99999: expected an address and a port"],
    [["--admin", "::1:80"], "--admin ::1:80: expected an address and a port"],
    [["--nothing"], "--nothing"],
    [["stray"], "stray"],
  ])("refuses %j and names the mistake", (args, words) => {
    expect(() => readDemoOptions(args)).toThrow(words);
  });
});
