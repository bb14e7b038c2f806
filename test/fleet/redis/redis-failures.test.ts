import { describe, expect, it } from "vitest";
import { redisFailure } from "../../../src/fleet/redis/redis-failures.ts";

describe("the reason of a failure", () => {
  const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", "out_of_memory"],
    ["READONLY You can't write against a read only replica.", "read_only"],
    ["ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write", "read_only"],
    ["LOADING Redis is loading the dataset in memory", "loading"],
    ["BUSY Redis is busy running a script. You can only call SCRIPT KILL", "busy"],
    ["NOAUTH Authentication required.", "denied"],
    ["WRONGPASS invalid username-password pair or user is disabled.", "denied"],
    ["NOPERM User x has no permissions to run the 'evalsha' command", "denied"],
    ["MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", "unavailable"],
    ["MASTERDOWN Link with MASTER is down", "unavailable"],
    ["ERR max number of clients reached", "unavailable"],
    ["MOVED 3999 127.0.0.1:6381", "moved"],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", "garbage"],
    ["Command timed out", "timeout"],
    ["connect ETIMEDOUT", "timeout"],
    ["Stream isn't writeable and enableOfflineQueue options is false", "unreachable"],
    ["Connection is closed.", "unreachable"],
    ["ERR unknown command", "other"],
  ])("of %j is %s", (message, reason) => {
    expect(redisFailure(new Error(message))).toBe(reason);
  });

  it("of an error of the system is that nobody could be reached", () => {
    expect(redisFailure(coded("connect ECONNREFUSED 127.0.0.1:6379", "ECONNREFUSED"))).toBe("unreachable");
    expect(redisFailure(coded("getaddrinfo ENOTFOUND nowhere", "ENOTFOUND"))).toBe("unreachable");
    expect(redisFailure("no error at all")).toBe("other");
  });
});
