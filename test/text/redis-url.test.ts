import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRedisUrl } from "../../src/text/redis-url.ts";

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
  ])("says what is wrong with %j and what is expected", (text, problem) => {
    const found = parseRedisUrl(text);
    expect(found).toMatch(problem);
    expect(found).toMatch(/expected redis:\/\//);
  });

  it("is not repeated in what is wrong with it, for there may be a password in it", () => {
    expect(parseRedisUrl("http://user:secret@host/path")).not.toMatch(/secret/);
    expect(parseRedisUrl("redis://user:secret@host/path")).not.toMatch(/secret/);
    expect(parseRedisUrl("redis://user:secret%ff@host")).not.toMatch(/secret/);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.webUrl(), fc.string(), (url, text) => void [parseRedisUrl(url), parseRedisUrl(text)]));
  });
});
