import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRedisUrl } from "../../../src/fleet/redis/redis-address.ts";
import { redisFailure } from "../../../src/fleet/redis/redis-failures.ts";

const tcp = (host: string, port: number, isTls = false) => ({ kind: "tcp", host, port, isTls });

describe("the URL of a Redis", () => {
  it.each([
    ["redis://localhost", tcp("localhost", 6379), "", "", 0],
    ["redis://10.0.0.7:7000/2", tcp("10.0.0.7", 7000), "", "", 2],
    ["redis://[::1]:7000/", tcp("::1", 7000), "", "", 0],
    ["rediss://cache.example:6380/1", tcp("cache.example", 6380, true), "", "", 1],
    ["redis://user:p%40ss%2Fword@host", tcp("host", 6379), "user", "p@ss/word", 0],
    ["redis://:secret@host", tcp("host", 6379), "", "secret", 0],
    ["unix:///run/redis/redis.sock", { kind: "unix", path: "/run/redis/redis.sock" }, "", "", 0],
    ["unix:///run/my%20redis.sock?db=5", { kind: "unix", path: "/run/my redis.sock" }, "", "", 5],
  ])("reads %s", (text, ...expected) => {
    const [place, username, password, database] = expected;
    expect(parseRedisUrl(text)).toEqual({ place, username, password, database });
  });

  it.each([
    ["", /not a URL/],
    ["localhost:6379", /scheme is localhost:/],
    ["http://host", /scheme is http:/],
    ["redis://host/one", /database is not a number/],
    ["redis://host/1/2", /database is not a number/],
    ["redis://host/99999", /database is not a number/],
    ["redis://host:x", /not a URL/],
    ["redis:///1", /host is missing/],
    ["unix://", /path is missing/],
    ["unix:///", /path is missing/],
    ["unix://run/redis.sock", /path is missing/],
    ["unix:///a?db=x", /db is not a number/],
    ["redis://user:%ff@host", /invalid % escape/],
    ["unix:///%ff", /invalid % escape/],
  ])("is rejected for %j, with the problem and the expected form", (text, problem) => {
    const found = parseRedisUrl(text);
    expect(found).toMatch(problem);
    expect(found).toMatch(/expected redis:\/\//);
  });

  it("is never part of the message, because it may hold a password", () => {
    expect(parseRedisUrl("http://user:secret@host/path")).not.toMatch(/secret/);
    expect(parseRedisUrl("redis://user:secret@host/path")).not.toMatch(/secret/);
    expect(parseRedisUrl("redis://user:secret%ff@host")).not.toMatch(/secret/);
  });

  it("never throws", () => {
    const scheme = fc.constantFrom("redis", "rediss", "unix", "http", "");
    const part = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom("", "[::1]", "host", "%ff", "%2F", "1/2", "6379"),
    );
    const url = fc
      .tuple(scheme, part, part, part, part, part)
      .map(([name, user, password, host, port, rest]) => `${name}://${user}:${password}@${host}:${port}/${rest}`);
    fc.assert(
      fc.property(fc.oneof(url, fc.string()), (text) => void parseRedisUrl(text)),
      { numRuns: 1000 },
    );
  });
});

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

  it("of a system error is unreachable", () => {
    expect(redisFailure(coded("connect ECONNREFUSED 127.0.0.1:6379", "ECONNREFUSED"))).toBe("unreachable");
    expect(redisFailure(coded("getaddrinfo ENOTFOUND nowhere", "ENOTFOUND"))).toBe("unreachable");
    expect(redisFailure("no error at all")).toBe("other");
  });
});
